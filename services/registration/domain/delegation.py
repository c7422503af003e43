"""A delegation: someone acts for an organisation in a role, from a day to a day. Stream `delegation-<id>`.

As Vietnamese offices have it (Decree 30/2020/ND-CP, article 13.3): in writing, limited in time, and whoever
acts by delegation does not delegate on.
"""

from datetime import date
from types import MappingProxyType
from typing import Final

import msgspec

from shared.contracts.standing import DelegationEnded, DelegationGranted
from shared.contracts.values import Account, DelegationId, Line, OfficeRole, OrganizationId
from shared.domain.decider import Decider, Request
from shared.domain.refusal import Refusal
from shared.domain.time import Instant, legal_date

DelegationEvent = DelegationGranted | DelegationEnded


# --- state ------------------------------------------------------------------------------------


class Delegation(msgspec.Struct, frozen=True):
    """`granted` is None before the first event; `ends_on` where it was ended before its time."""

    granted: DelegationGranted | None = None
    ends_on: date | None = None


def stage(state: Delegation) -> str:
    """How far it has come."""
    if state.granted is None:
        return "unknown"
    return "granted" if state.ends_on is None else "ended"


def evolve(state: Delegation, event: DelegationEvent) -> Delegation:
    """What is known after `event`."""
    match event:
        case DelegationGranted():
            return msgspec.structs.replace(state, granted=event)
        case DelegationEnded():
            return msgspec.structs.replace(state, ends_on=event.ends_on)


# --- commands ---------------------------------------------------------------------------------


class GrantDelegationForm(Request, frozen=True, kw_only=True):
    """Who acts for which organisation in which role, from when until when, by which paper."""

    organization: OrganizationId
    role: OfficeRole
    delegate: Account
    valid_from: date
    valid_until: date
    document: Line


class GrantDelegation(GrantDelegationForm, frozen=True, kw_only=True):
    """Delegate. `by` grants it; `by_delegation` where `by` has the role in another's stead."""

    delegation_id: DelegationId
    by: Account
    by_delegation: bool
    at: Instant


class EndDelegationForm(Request, frozen=True, kw_only=True):
    """From which day on it holds no more, and why."""

    ends_on: date
    reason: Line


class EndDelegation(EndDelegationForm, frozen=True, kw_only=True):
    """End a delegation before its time."""

    at: Instant


DelegationCommand = GrantDelegation | EndDelegation

# --- rules ------------------------------------------------------------------------------------

DELEGATION_EXISTS: Final = Refusal(
    "delegation-exists",
    vi="Ủy quyền này đã có trong hệ thống.",
    en="This delegation already exists.",
)
DELEGATION_UNKNOWN: Final = Refusal(
    "delegation-unknown",
    vi="Chưa có ủy quyền này.",
    en="There is no such delegation.",
)
DELEGATED_ON: Final = Refusal(
    "delegation-delegated-on",
    vi="Người được ủy quyền không được ủy quyền lại cho người khác. Hãy đề nghị người giữ chức vụ.",
    en="Whoever acts by delegation does not delegate on. Ask the person who holds the office.",
)
DELEGATED_TO_ONESELF: Final = Refusal(
    "delegation-to-oneself",
    vi="Không thể tự ủy quyền cho chính mình. Hãy chọn người khác.",
    en="Nobody delegates to oneself. Choose another person.",
)
DELEGATION_ENDS_FIRST: Final = Refusal(
    "delegation-ends-before-it-begins",
    vi="Ngày kết thúc ủy quyền phải từ ngày bắt đầu trở đi.",
    en="A delegation ends on the day it begins or later.",
)
DELEGATION_IN_THE_PAST: Final = Refusal(
    "delegation-in-the-past",
    vi="Ủy quyền và việc chấm dứt ủy quyền chỉ có hiệu lực từ hôm nay ({today}) trở đi.",
    en="A delegation, or its end, takes effect today ({today}) or later.",
)


def decide(state: Delegation, command: DelegationCommand) -> tuple[DelegationEvent, ...]:
    """What follows from `command`. Raises RefusedError."""
    match command:
        case GrantDelegation():
            return _grant(state, command)
        case EndDelegation():
            return _end(state, command)


def _grant(state: Delegation, command: GrantDelegation) -> tuple[DelegationEvent, ...]:
    today = legal_date(command.at)
    if state.granted is not None:
        raise DELEGATION_EXISTS()
    if command.by_delegation:
        raise DELEGATED_ON()
    if command.delegate == command.by:
        raise DELEGATED_TO_ONESELF()
    if command.valid_until < command.valid_from:
        raise DELEGATION_ENDS_FIRST()
    if command.valid_from < today:
        raise DELEGATION_IN_THE_PAST(today=today.isoformat())
    return (
        DelegationGranted(
            delegation_id=command.delegation_id,
            organization=command.organization,
            role=command.role,
            delegate=command.delegate,
            valid_from=command.valid_from,
            valid_until=command.valid_until,
            document=command.document,
        ),
    )


def _end(state: Delegation, command: EndDelegation) -> tuple[DelegationEvent, ...]:
    if state.granted is None:
        raise DELEGATION_UNKNOWN()
    ended = state.ends_on is not None and state.ends_on <= command.ends_on
    if ended or command.ends_on > state.granted.valid_until:
        return ()
    today = legal_date(command.at)
    if command.ends_on < today:
        raise DELEGATION_IN_THE_PAST(today=today.isoformat())
    return (
        DelegationEnded(
            delegation_id=state.granted.delegation_id,
            ends_on=command.ends_on,
            reason=command.reason,
        ),
    )


DELEGATION: Final[Decider[Delegation, DelegationCommand, DelegationEvent]] = Decider(
    category="delegation",
    initial_state=Delegation(),
    decide=decide,
    evolve=evolve,
    stage=stage,
    commands=MappingProxyType({"GrantDelegation": GrantDelegation, "EndDelegation": EndDelegation}),
)
