"""Delegations and offices over HTTP: who acts for an organisation, from when until when."""

from datetime import date
from typing import Final
from uuid import UUID

import msgspec
from msgspec.structs import asdict
from sqlalchemy import Column, Table, or_, select

from services.registration.domain.delegation import (
    DELEGATION,
    EndDelegation,
    EndDelegationForm,
    GrantDelegation,
    GrantDelegationForm,
)
from services.registration.domain.office import OFFICE, HandOverOffice, HandOverOfficeForm
from services.registration.domain.organization import ORGANIZATION
from services.registration.readmodel import STANDING
from shared.contracts.values import DelegationId, OfficeId, OfficeRole, OrganizationId
from shared.host.cursor import Order, PageParameters, fetch_page
from shared.host.ids import derive_id
from shared.host.lists import Statement, into, where_equal
from shared.host.policy import Role
from shared.host.service import Api, Call, NotFoundError, Outcome, Page, Query

_TAG: Final = "standing"
_SEES_ALL: Final = frozenset({Role.ADMINISTRATOR, Role.AUDITOR, Role.OFFICE_CLERK})


async def grant_delegation(call: Call[GrantDelegationForm]) -> Outcome:
    """Delegate the own role in the own organisation to a person, from a day to a day.

    The delegate acts with the header `Dvk-Acting-For`: the organisation's id.
    """
    await _require_organization(call, call.body.organization)
    delegation = DelegationId(call.new_id)
    command = GrantDelegation(
        **asdict(call.body),
        delegation_id=delegation,
        by=call.actor.subject,
        by_delegation=call.body.role in call.actor.delegated,
        at=call.now,
    )
    return await call.execute(DELEGATION, delegation, command)


async def end_delegation(call: Call[EndDelegationForm]) -> Outcome:
    """End a delegation before its time."""
    command = EndDelegation(**asdict(call.body), at=call.now)
    return await call.execute(DELEGATION, call.path_id("delegation_id"), command)


async def hand_over_office(call: Call[HandOverOfficeForm]) -> Outcome:
    """Hand the own office over to a successor, from a day on.

    From that day the predecessor has it no more, whatever the token says, and the successor has it.
    An administrator records it where the predecessor cannot.
    """
    organization = call.body.organization
    await _require_organization(call, organization)
    office = OfficeId(derive_id(organization, "office", call.body.role))
    command = HandOverOffice(
        **asdict(call.body),
        office_id=office,
        by=call.actor.subject,
        by_delegation=call.body.role in call.actor.delegated,
        at=call.now,
    )
    return await call.execute(OFFICE, office, command)


async def _require_organization(
    call: Call[GrantDelegationForm] | Call[HandOverOfficeForm], organization: OrganizationId
) -> None:
    if (await call.load(ORGANIZATION, organization)).revision < 0:
        raise NotFoundError("organization")


# --- lists ------------------------------------------------------------------------------------


class ListStanding(PageParameters, frozen=True, kw_only=True):
    """Filters of the lists of delegations and handovers."""

    organization: UUID | None = None
    role: OfficeRole | None = None


class DelegationRow(msgspec.Struct, frozen=True, kw_only=True):
    """A delegation; `ends_on` where it was ended before its time."""

    delegation_id: UUID
    organization: UUID
    role: OfficeRole
    delegate: str
    valid_from: date
    valid_until: date
    ends_on: date | None


async def list_delegations(query: Query[ListStanding]) -> Page[DelegationRow]:
    """Delegations of the own organisation and those to oneself; all of them for the Office, auditors
    and administrators.
    """
    table = STANDING.delegations
    order = (Order(table.c.valid_until, descending=True), Order(table.c.delegation_id))
    statement = _seen(query, table, table.c.delegate)
    return await fetch_page(query.read, statement, order, query.parameters, into(DelegationRow))


class HandoverRow(msgspec.Struct, frozen=True, kw_only=True):
    """An office that changes hands on a day."""

    organization: UUID
    role: OfficeRole
    predecessor: str
    successor: str
    effective_on: date


async def list_handovers(query: Query[ListStanding]) -> Page[HandoverRow]:
    """Handovers in the own organisation and those one took part in; all of them for the Office, auditors
    and administrators.
    """
    table = STANDING.handovers
    order = (Order(table.c.effective_on, descending=True), Order(table.c.event_id))
    statement = _seen(query, table, table.c.predecessor, table.c.successor)
    return await fetch_page(query.read, statement, order, query.parameters, into(HandoverRow))


def _seen(query: Query[ListStanding], table: Table, *parties: Column[str]) -> Statement:
    """The rows asked for, as far as one may see them: of the own organisation, and those one is a party to."""
    wanted, actor = query.parameters, query.actor
    assert actor is not None
    statement = where_equal(
        select(table),
        (table.c.organization, wanted.organization),
        (table.c.role, wanted.role),
    )
    if not _SEES_ALL.isdisjoint(actor.roles):
        return statement
    own = table.c.organization == str(actor.organization)
    return statement.where(or_(own, *(party == actor.subject for party in parties)))


def standing_routes(api: Api) -> None:
    """What registration's `routes` adds for delegations and offices."""
    api.write(
        "/delegations",
        GrantDelegationForm,
        grant_delegation,
        command=GrantDelegation,
        tag=_TAG,
        creates=True,
    )
    api.write(
        "/delegations/{delegation_id}/end",
        EndDelegationForm,
        end_delegation,
        command=EndDelegation,
        tag=_TAG,
    )
    api.write(
        "/offices/handovers", HandOverOfficeForm, hand_over_office, command=HandOverOffice, tag=_TAG
    )
    api.read("/delegations", ListStanding, list_delegations, answer=Page[DelegationRow], tag=_TAG)
    api.read("/offices/handovers", ListStanding, list_handovers, answer=Page[HandoverRow], tag=_TAG)
