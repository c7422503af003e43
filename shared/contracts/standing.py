"""Events of registration that say who acts for an organisation: delegations, and offices handed over."""

from datetime import date

from shared.contracts.event import Event
from shared.contracts.values import (
    Account,
    DelegationId,
    Line,
    OfficeId,
    OfficeRole,
    OrganizationId,
)


class DelegationGranted(Event, frozen=True):
    """From `valid_from` to `valid_until`, both included, `delegate` acts for the organisation in a role,
    in the stead of whoever holds it there. `document` is the paper that says so.
    """

    delegation_id: DelegationId
    organization: OrganizationId
    role: OfficeRole
    delegate: Account
    valid_from: date
    valid_until: date
    document: Line


class DelegationEnded(Event, frozen=True):
    """The delegation was ended before its time: it holds no more from `ends_on` on."""

    delegation_id: DelegationId
    ends_on: date
    reason: Line


class OfficeHandedOver(Event, frozen=True):
    """From `effective_on` on, `successor` holds the predecessor's office: a role in an organisation.

    The predecessor has it no more, whatever a token still says. `document` is the decision behind it.
    """

    office_id: OfficeId
    organization: OrganizationId
    role: OfficeRole
    predecessor: Account
    successor: Account
    effective_on: date
    document: Line
