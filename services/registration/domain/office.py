"""An office: a role in an organisation, and from whom to whom it went. Stream `office-<id>`.

Several people may hold the same role in a body; a handover passes on the one person's seat.
"""

from datetime import date
from types import MappingProxyType
from typing import Final

import msgspec

from shared.contracts.standing import OfficeHandedOver
from shared.contracts.values import Account, Line, OfficeId, OfficeRole, OrganizationId
from shared.domain.decider import Decider, Request
from shared.domain.refusal import Refusal
from shared.domain.time import Instant, legal_date

# --- state ------------------------------------------------------------------------------------


class Office(msgspec.Struct, frozen=True):
    """Its handovers by the day they take effect, those of one day in the order they were recorded."""

    handovers: tuple[OfficeHandedOver, ...] = ()

    def has_left(self, account: Account, on: date) -> bool:
        """Whether what is recorded for that day or before says that the person has it no more."""
        concerning = [
            handover
            for handover in self.handovers
            if handover.effective_on <= on and account in (handover.predecessor, handover.successor)
        ]
        return bool(concerning) and concerning[-1].predecessor == account


def evolve(state: Office, event: OfficeHandedOver) -> Office:
    """What is known after `event`."""
    by_day = sorted((*state.handovers, event), key=lambda handover: handover.effective_on)
    return Office(tuple(by_day))


# --- commands ---------------------------------------------------------------------------------


class HandOverOfficeForm(Request, frozen=True, kw_only=True):
    """Which office goes from whom to whom, from which day on, by which decision."""

    organization: OrganizationId
    role: OfficeRole
    predecessor: Account
    successor: Account
    effective_on: date
    document: Line


class HandOverOffice(HandOverOfficeForm, frozen=True, kw_only=True):
    """Hand it over. `by` records it; `by_delegation` where `by` has the role in another's stead."""

    office_id: OfficeId
    by: Account
    by_delegation: bool
    at: Instant


# --- rules ------------------------------------------------------------------------------------

HANDED_OVER_BY_DELEGATE: Final = Refusal(
    "office-handed-over-by-delegate",
    vi="Người được ủy quyền không được bàn giao chức vụ. Hãy đề nghị người giữ chức vụ hoặc quản trị viên.",
    en="Whoever acts by delegation does not hand the office over. Ask its holder, or an administrator.",
)
HANDED_TO_ONESELF: Final = Refusal(
    "office-handed-to-oneself",
    vi="Người kế nhiệm phải khác người bàn giao.",
    en="The successor is another person than the predecessor.",
)
HANDED_OVER_IN_THE_PAST: Final = Refusal(
    "office-handed-over-in-the-past",
    vi="Việc bàn giao chỉ có hiệu lực từ hôm nay ({today}) trở đi.",
    en="A handover takes effect today ({today}) or later.",
)
OFFICE_NOT_HELD: Final = Refusal(
    "office-not-held",
    vi="Đến ngày đó, người bàn giao không còn giữ chức vụ này. Hãy kiểm tra các lần bàn giao trước.",
    en="By that day the predecessor holds this office no more. Look at the handovers before.",
)


def decide(state: Office, command: HandOverOffice) -> tuple[OfficeHandedOver, ...]:
    """What follows from `command`. Raises RefusedError."""
    today = legal_date(command.at)
    if command.by_delegation:
        raise HANDED_OVER_BY_DELEGATE()
    if command.predecessor == command.successor:
        raise HANDED_TO_ONESELF()
    handed_over = OfficeHandedOver(
        office_id=command.office_id,
        organization=command.organization,
        role=command.role,
        predecessor=command.predecessor,
        successor=command.successor,
        effective_on=command.effective_on,
        document=command.document,
    )
    if handed_over in state.handovers:
        return ()
    if command.effective_on < today:
        raise HANDED_OVER_IN_THE_PAST(today=today.isoformat())
    if state.has_left(command.predecessor, command.effective_on):
        raise OFFICE_NOT_HELD()
    return (handed_over,)


OFFICE: Final[Decider[Office, HandOverOffice, OfficeHandedOver]] = Decider(
    category="office",
    initial_state=Office(),
    decide=decide,
    evolve=evolve,
    commands=MappingProxyType({"HandOverOffice": HandOverOffice}),
)
