"""Who appraises: the team a unit assigns, its change, and who of it steps back. Practice: Cửa Lò 2018."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Annotated, Final
from uuid import UUID

import msgspec

from services.evaluation.domain.appraisal_state import Appraisal, opened, unfinished
from services.evaluation.domain.conflict import REASONS, Tie
from shared.contracts.appraisal import Appraiser, AppraiserRecused, ConflictTie, TeamAssigned
from shared.contracts.values import Account, Line, OrganizationId, Text
from shared.domain.decider import Request
from shared.domain.refusal import Refusal
from shared.domain.time import Instant

APPRAISERS_MAX: Final = 15
"""Persons in one team."""

# --- commands ---------------------------------------------------------------------------------


class AppraiserForm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An appraiser as one enters him. `account` is the subject of his token; one without an account has
    none, and his paper sheets are entered for him.
    """

    name: Line
    account: Account | None = None
    organization: OrganizationId
    """Where he works: ties to the holder are found by it."""


class AssignTeamForm(Request, frozen=True, kw_only=True):
    """The whole team from now on; without members the unit's officers score. Changing a team asks for the
    `reason`.
    """

    members: Annotated[tuple[AppraiserForm, ...], msgspec.Meta(max_length=APPRAISERS_MAX)]
    reason: Text | None = None


class AssignTeam(Request, frozen=True, kw_only=True):
    """Assign the team, names already replaced by references. `ties` are those the system found among
    `members`. With `follows_field` the unit's team of the field is taken over by itself.
    """

    members: Annotated[tuple[Appraiser, ...], msgspec.Meta(max_length=APPRAISERS_MAX)]
    ties: tuple[Tie, ...] = ()
    follows_field: bool = False
    reason: Text | None = None
    at: Instant


class RecuseAppraiserForm(Request, frozen=True, kw_only=True):
    """Your own tie to the model you are to appraise."""

    tie: ConflictTie


class RecuseAppraiser(RecuseAppraiserForm, frozen=True, kw_only=True):
    """Step back from the team."""

    appraiser: UUID
    at: Instant


# --- rules ------------------------------------------------------------------------------------

APPRAISER_TWICE: Final = Refusal(
    "appraiser-twice",
    vi="«{account}» có tên hai lần trong tổ thẩm định. Mỗi người chấm một lần: hãy bỏ dòng trùng.",
    en="“{account}” is named twice in the team. Everyone scores once: remove one.",
)
APPRAISER_CONFLICT: Final = Refusal(
    "appraiser-conflict",
    vi="Người thứ {number} trong danh sách có lợi ích liên quan đến mô hình: «{reason}» Hãy cử người khác.",
    en="Number {number} on the list has a tie to the model: “{reason}” Assign somebody else.",
    practice="council",
)
APPRAISER_RECUSED: Final = Refusal(
    "appraiser-recused",
    vi="Người thứ {number} trong danh sách đã khai có lợi ích liên quan: «{reason}» Hãy cử người khác.",
    en="Number {number} on the list has declared a tie: “{reason}” Assign somebody else.",
    practice="council",
)
TEAM_CHANGE_UNEXPLAINED: Final = Refusal(
    "team-change-unexplained",
    vi="Đã có tổ thẩm định. Hãy ghi lý do thay đổi.",
    en="There is a team already. State why it changes.",
)
TEAM_AFTER_SCORES: Final = Refusal(
    "team-after-scores",
    vi="Điểm của tổ thẩm định đã đủ và đã công bố trong tổ, không thay người được nữa.",
    en="The team's scores are all in and open, so nobody leaves or joins any more.",
)
NOT_AN_APPRAISER: Final = Refusal(
    "not-an-appraiser",
    vi="Bạn không có tên trong tổ thẩm định hồ sơ này.",
    en="You are not in the team that appraises this dossier.",
)


def refuse_appraisers_twice(members: Sequence[AppraiserForm]) -> None:
    """Refuse a person named twice. Decided before the command: the log never learns the accounts."""
    for account, times in Counter(one.account for one in members if one.account).items():
        if times > 1:
            raise APPRAISER_TWICE(account=account)


def assign_team(
    state: Appraisal, command: AssignTeam
) -> tuple[AppraiserRecused | TeamAssigned, ...]:
    """A team is assigned before its scores are open. Who has a tie is not in it: named, he is refused;
    come with the team of the field, he is recused.
    """
    if command.follows_field:
        return _follow_field(state, command)
    opening = unfinished(state)
    if state.team == command.members:
        return ()
    if state.is_open_record:
        raise TEAM_AFTER_SCORES()
    for number, member in enumerate(command.members, 1):
        if (recused := state.recused.get(member.appraiser_id)) is not None:
            raise APPRAISER_RECUSED(number=number, reason=recused.reason)
        for tie in command.ties:
            if tie.member_id == member.appraiser_id:
                raise APPRAISER_CONFLICT(number=number, reason=REASONS[tie.tie])
    if state.team_assigned and command.reason is None:
        raise TEAM_CHANGE_UNEXPLAINED()
    return (
        TeamAssigned(
            appraisal_id=opening.appraisal_id,
            members=command.members,
            follows_field=False,
            reason=command.reason,
        ),
    )


def _follow_field(
    state: Appraisal, command: AssignTeam
) -> tuple[AppraiserRecused | TeamAssigned, ...]:
    """Nothing where the unit was quicker and named a team, or the appraisal has gone on meanwhile."""
    opening = state.opened
    ended = state.appraised is not None or state.discontinued is not None
    if opening is None or ended or state.team_assigned or not command.members:
        return ()
    ties = {tie.member_id: tie.tie for tie in command.ties}
    recused = tuple(
        AppraiserRecused(
            appraisal_id=opening.appraisal_id,
            appraiser=one.appraiser_id,
            person=one.person,
            tie=ties[one.appraiser_id],
            found=True,
            reason=REASONS[ties[one.appraiser_id]],
        )
        for one in command.members
        if one.appraiser_id in ties
    )
    team = TeamAssigned(
        appraisal_id=opening.appraisal_id,
        members=tuple(one for one in command.members if one.appraiser_id not in ties),
        follows_field=True,
    )
    return (*recused, team)


def recuse_appraiser(state: Appraisal, command: RecuseAppraiser) -> tuple[AppraiserRecused, ...]:
    """Declared before the team's scores are open. What he had scored does not count."""
    if command.appraiser in state.recused:
        opened(state)
        return ()
    opening = unfinished(state)
    member = member_of(state.team, command.appraiser)
    if state.is_open_record:
        raise TEAM_AFTER_SCORES()
    return (
        AppraiserRecused(
            appraisal_id=opening.appraisal_id,
            appraiser=member.appraiser_id,
            person=member.person,
            tie=command.tie,
            found=False,
            reason=REASONS[command.tie],
        ),
    )


def member_of(team: Collection[Appraiser], appraiser: UUID) -> Appraiser:
    """The member of this id. Raises RefusedError."""
    for member in team:
        if member.appraiser_id == appraiser:
            return member
    raise NOT_AN_APPRAISER()
