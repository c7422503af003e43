"""A council that votes: its body and its members, whose names stay outside the log. Stream `council-<id>`."""

from collections import Counter
from types import MappingProxyType
from typing import Annotated, Final

import msgspec

from shared.contracts.evaluation import CouncilFormed, CouncilMember, CouncilRole
from shared.contracts.values import CouncilId, Line, OrganizationId
from shared.domain.decider import Decider, Request
from shared.domain.refusal import Refusal
from shared.domain.time import Instant

CouncilEvent = CouncilFormed

VOTING_MEMBERS_MIN: Final = 3
MEMBERS_MAX: Final = 100
"""So that a ballot's electorate fits one log entry, event and command together."""

# --- state ------------------------------------------------------------------------------------


class Council(msgspec.Struct, frozen=True):
    """`formed` is None before the first event."""

    formed: CouncilFormed | None = None

    @property
    def voting_members(self) -> tuple[CouncilMember, ...]:
        """Chair and members. The secretary takes the minutes and does not vote."""
        if self.formed is None:
            return ()
        return tuple(member for member in self.formed.members if member.role != "secretary")


def evolve(_state: Council, event: CouncilEvent) -> Council:
    """What is known after `event`."""
    return Council(formed=event)


# --- commands ---------------------------------------------------------------------------------


class MemberForm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A member as one enters it. `account` is the subject of the member's token."""

    account: Line
    name: Line
    role: CouncilRole


class CouncilName(Request, frozen=True, kw_only=True):
    """What form and command have in common."""

    body: OrganizationId
    name: Line


class FormCouncilForm(CouncilName, frozen=True, kw_only=True):
    """A council as its body composes it. Accounts and names go to the vault, not into the log."""

    members: Annotated[tuple[MemberForm, ...], msgspec.Meta(max_length=MEMBERS_MAX)]


class FormCouncil(CouncilName, frozen=True, kw_only=True):
    """Form the council, its members' names already replaced by references."""

    council_id: CouncilId
    members: tuple[CouncilMember, ...]
    at: Instant


CouncilCommand = FormCouncil

# --- rules ------------------------------------------------------------------------------------

ALREADY_EXISTS: Final = Refusal(
    "council-exists",
    vi="Hội đồng này đã được thành lập.",
    en="This council has already been formed.",
)
TOO_SMALL: Final = Refusal(
    "council-too-small",
    vi="Hội đồng cần ít nhất {minimum} người có quyền bỏ phiếu (chủ trì và ủy viên, không tính thư ký); "
    "nay có {voting}.",
    en="A council needs at least {minimum} who vote (chair and members, not the secretary); it has {voting}.",
    practice="council",
)
ONE_CHAIR: Final = Refusal(
    "council-one-chair",
    vi="Hội đồng có đúng một người chủ trì; nay ghi {chairs}.",
    en="A council has exactly one chair; {chairs} are named.",
    practice="council",
)
ONE_SECRETARY: Final = Refusal(
    "council-one-secretary",
    vi="Hội đồng có đúng một thư ký ghi biên bản, không bỏ phiếu; nay ghi {secretaries}.",
    en="A council has exactly one secretary, who takes minutes and does not vote; {secretaries} are named.",
    practice="council",
)
ACCOUNT_TWICE: Final = Refusal(
    "council-account-twice",
    vi="Tài khoản «{account}» có tên hai lần. Mỗi người chỉ có một vị trí trong hội đồng.",
    en="The account “{account}” is named twice. A person has one place in a council.",
    practice="council",
)


def refuse_accounts_twice(form: FormCouncilForm) -> None:
    """Refuse a person named twice. Decided on the form: the log never learns the accounts."""
    for account, times in Counter(member.account for member in form.members).items():
        if times > 1:
            raise ACCOUNT_TWICE(account=account)


def decide(state: Council, command: CouncilCommand) -> tuple[CouncilEvent, ...]:
    """What follows from `command`. Raises RefusedError."""
    if state.formed is not None:
        raise ALREADY_EXISTS()
    roles = Counter(member.role for member in command.members)
    if roles["chair"] != 1:
        raise ONE_CHAIR(chairs=roles["chair"])
    if roles["secretary"] != 1:
        raise ONE_SECRETARY(secretaries=roles["secretary"])
    voting = roles["chair"] + roles["member"]
    if voting < VOTING_MEMBERS_MIN:
        raise TOO_SMALL(minimum=VOTING_MEMBERS_MIN, voting=voting)
    return (
        CouncilFormed(
            council_id=command.council_id,
            body=command.body,
            name=command.name,
            members=command.members,
        ),
    )


COUNCIL: Final[Decider[Council, CouncilCommand, CouncilEvent]] = Decider(
    category="council",
    initial_state=Council(),
    decide=decide,
    evolve=evolve,
    commands=MappingProxyType({"FormCouncil": FormCouncil}),
)
