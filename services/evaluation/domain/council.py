"""A council that votes: its body, its members, whose names stay outside the log, and its term. Stream `council-<id>`."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from types import MappingProxyType
from typing import Annotated, Final
from uuid import UUID

import msgspec

from services.evaluation.domain.makeup import check_makeup, sitting, voting
from shared.contracts.council import CouncilChanged, CouncilFormed, CouncilMember
from shared.contracts.evaluation import CouncilMakeup, RuleSetVersion
from shared.contracts.values import CouncilId, CouncilRole, Line, OrganizationId, Text
from shared.domain.decider import Decider, Request
from shared.domain.refusal import Refusal
from shared.domain.time import Instant

CouncilEvent = CouncilFormed | CouncilChanged

MEMBERS_MAX: Final = 100
"""So that a ballot's electorate fits one log entry, event and command together."""

# --- state ------------------------------------------------------------------------------------


class Council(msgspec.Struct, frozen=True):
    """`formed` is None before the first event; `members` and `term_until` are today's."""

    formed: CouncilFormed | None = None
    members: tuple[CouncilMember, ...] = ()
    term_until: date | None = None

    @property
    def voting_members(self) -> tuple[CouncilMember, ...]:
        """Chair and members that sit, substitutes in the place of those they substitute."""
        return voting(self.members)

    @property
    def sitting_members(self) -> tuple[CouncilMember, ...]:
        """All that sit: chair, members and secretary."""
        return sitting(self.members)

    @property
    def roles(self) -> tuple[CouncilRole, ...]:
        """The roles of all that sit."""
        return tuple(member.role for member in sitting(self.members))

    def in_term(self, on: date) -> bool:
        """Whether the council may open a ballot on a day."""
        if self.formed is None or on < self.formed.term_from:
            return False
        return self.term_until is None or on <= self.term_until


def evolve(state: Council, event: CouncilEvent) -> Council:
    """What is known after `event`."""
    match event:
        case CouncilFormed():
            return Council(formed=event, members=event.members, term_until=event.term_until)
        case CouncilChanged():
            return msgspec.structs.replace(
                state, members=event.members, term_until=event.term_until
            )


# --- commands ---------------------------------------------------------------------------------


class MemberForm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A member as one enters it. `account` is the subject of the member's token; one without an account votes in
    writing, where the rules allow it.
    """

    account: Line | None = None
    name: Line
    role: CouncilRole
    organization: OrganizationId
    """Where the member works."""


class JoiningForm(MemberForm, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who joins. `substitutes` is the member for whom a substitute sits, in that member's role."""

    substitutes: UUID | None = None


class CouncilName(Request, frozen=True, kw_only=True):
    """What form and command have in common. `rule_set` is the version whose make-up is followed."""

    body: OrganizationId
    name: Line
    rule_set: RuleSetVersion
    term_from: date
    term_until: date | None = None


class FormCouncilForm(CouncilName, frozen=True, kw_only=True):
    """A council as its body composes it. Accounts and names go to the vault, not into the log."""

    members: Annotated[tuple[MemberForm, ...], msgspec.Meta(max_length=MEMBERS_MAX)]


class FormCouncil(CouncilName, frozen=True, kw_only=True):
    """Form the council, its members' names already replaced by references."""

    council_id: CouncilId
    members: tuple[CouncilMember, ...]
    makeup: CouncilMakeup
    at: Instant


class CouncilChange(Request, frozen=True, kw_only=True):
    """What form and command have in common. `left` are ids of members; `term_until` is the last day of
    the term from now on, None without an end.
    """

    left: Annotated[tuple[UUID, ...], msgspec.Meta(max_length=MEMBERS_MAX)] = ()
    term_until: date | None
    reason: Text


class ChangeCouncilForm(CouncilChange, frozen=True, kw_only=True):
    """Who leaves and who joins, and until when the council votes."""

    joined: Annotated[tuple[JoiningForm, ...], msgspec.Meta(max_length=MEMBERS_MAX)] = ()


class ChangeCouncil(CouncilChange, frozen=True, kw_only=True):
    """Change the council, the names of those who join already replaced by references."""

    joined: tuple[CouncilMember, ...]
    makeup: CouncilMakeup
    at: Instant


CouncilCommand = FormCouncil | ChangeCouncil

# --- rules ------------------------------------------------------------------------------------

ALREADY_EXISTS: Final = Refusal(
    "council-exists",
    vi="Hội đồng này đã được thành lập.",
    en="This council has already been formed.",
)
UNKNOWN: Final = Refusal(
    "council-unknown",
    vi="Chưa có hội đồng này. Hãy thành lập hội đồng trước.",
    en="There is no such council. Form it first.",
)
ACCOUNT_TWICE: Final = Refusal(
    "council-account-twice",
    vi="Tài khoản «{account}» có tên hai lần. Mỗi người chỉ có một vị trí trong hội đồng.",
    en="The account “{account}” is named twice. A person has one place in a council.",
    practice="council",
)
TERM_REVERSED: Final = Refusal(
    "council-term-reversed",
    vi="Nhiệm kỳ kết thúc {until}, trước ngày bắt đầu {start}. Hãy sửa một trong hai ngày.",
    en="The term ends on {until}, before it begins on {start}. Correct one of the two.",
)
MEMBER_UNKNOWN: Final = Refusal(
    "council-member-unknown",
    vi="Mã «{member}» không phải thành viên hội đồng. Hãy lấy mã từ danh sách thành viên.",
    en="“{member}” is no member of the council. Take the ids from its list of members.",
)
SUBSTITUTE_ROLE: Final = Refusal(
    "council-substitute-role",
    vi="Người thay giữ đúng vai trò của người được thay.",
    en="A substitute has the role of the member it sits for.",
    practice="council",
)
SUBSTITUTED_ALREADY: Final = Refusal(
    "council-substituted-already",
    vi="Thành viên «{member}» đã có người thay, hoặc đang là người thay.",
    en="The member “{member}” has a substitute already, or is one.",
    practice="council",
)
TOO_LARGE: Final = Refusal(
    "council-too-large",
    vi="Hội đồng có nhiều nhất {maximum} thành viên.",
    en="A council has {maximum} members at most.",
)


def refuse_accounts_twice(accounts: Sequence[str | None]) -> None:
    """Refuse a person named twice. Decided before the command: the log never learns the accounts."""
    for account, times in Counter(one for one in accounts if one is not None).items():
        if times > 1:
            raise ACCOUNT_TWICE(account=account)


def decide(state: Council, command: CouncilCommand) -> tuple[CouncilEvent, ...]:
    """What follows from `command`. Raises RefusedError."""
    match command:
        case FormCouncil():
            return _form(state, command)
        case ChangeCouncil():
            return _change(state, command)


def _form(state: Council, command: FormCouncil) -> tuple[CouncilFormed, ...]:
    if state.formed is not None:
        raise ALREADY_EXISTS()
    _check_term(command.term_from, command.term_until)
    _check(command.makeup, command.members)
    return (
        CouncilFormed(
            council_id=command.council_id,
            body=command.body,
            name=command.name,
            members=command.members,
            rule_set=command.rule_set.rule_set,
            rule_set_version=command.rule_set.version,
            term_from=command.term_from,
            term_until=command.term_until,
        ),
    )


def _change(state: Council, command: ChangeCouncil) -> tuple[CouncilChanged, ...]:
    """Members leave, then others join. Whoever leaves takes the substitute along."""
    if state.formed is None:
        raise UNKNOWN()
    _check_term(state.formed.term_from, command.term_until)
    known = {member.member_id for member in state.members}
    for member in command.left:
        if member not in known:
            raise MEMBER_UNKNOWN(member=str(member))
    stay = tuple(
        member
        for member in state.members
        if member.member_id not in command.left and member.substitutes not in command.left
    )
    members = (*stay, *command.joined)
    _check_substitutes(stay, command.joined)
    if len(members) > MEMBERS_MAX:
        raise TOO_LARGE(maximum=MEMBERS_MAX)
    _check(command.makeup, members)
    if members == state.members and command.term_until == state.term_until:
        return ()
    return (
        CouncilChanged(
            council_id=state.formed.council_id,
            members=members,
            term_until=command.term_until,
            reason=command.reason,
        ),
    )


def _check_substitutes(stay: tuple[CouncilMember, ...], joined: tuple[CouncilMember, ...]) -> None:
    seats = {member.member_id: member for member in stay}
    taken = {member.substitutes for member in stay if member.substitutes is not None}
    for member in joined:
        if member.substitutes is None:
            continue
        seat = seats.get(member.substitutes)
        if seat is None:
            raise MEMBER_UNKNOWN(member=str(member.substitutes))
        if seat.substitutes is not None or seat.member_id in taken:
            raise SUBSTITUTED_ALREADY(member=str(seat.member_id))
        if seat.role != member.role:
            raise SUBSTITUTE_ROLE()
        taken.add(seat.member_id)


def _check(makeup: CouncilMakeup, members: tuple[CouncilMember, ...]) -> None:
    check_makeup(makeup, [member.role for member in sitting(members)], len(voting(members)))


def _check_term(start: date, until: date | None) -> None:
    if until is not None and until < start:
        raise TERM_REVERSED(start=start.isoformat(), until=until.isoformat())


COUNCIL: Final[Decider[Council, CouncilCommand, CouncilEvent]] = Decider(
    category="council",
    initial_state=Council(),
    decide=decide,
    evolve=evolve,
    commands=MappingProxyType({"FormCouncil": FormCouncil, "ChangeCouncil": ChangeCouncil}),
)
