"""Who may not vote on a dossier: ties to its holder, found or declared, and the recusal that follows.

Practice: nobody votes on the work of the own organisation. What a tie is stands here alone.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Final, get_args
from uuid import UUID

import msgspec

from services.evaluation.domain.appraisal_state import Appraisal, opened
from shared.contracts.appraisal import ConflictDeclared, ConflictTie
from shared.contracts.sitting import ConflictFound, MemberRecused
from shared.contracts.values import (
    AppraisalId,
    BallotId,
    CouncilId,
    LineKind,
    OrganizationId,
    Text,
)
from shared.domain.decider import Request
from shared.domain.graph import Graph
from shared.domain.refusal import Refusal
from shared.domain.time import Instant

LINES: Final[tuple[LineKind, ...]] = get_args(LineKind)

REASONS: Final[Mapping[ConflictTie, Text]] = MappingProxyType(
    {
        "holder": "Công tác tại chính đơn vị là chủ thể của mô hình.",
        "holder_line": "Công tác tại đơn vị cấp dưới, hoặc cấp trên trực tiếp, của chủ thể mô hình.",
        "core_team": "Thuộc lực lượng nòng cốt xây dựng mô hình.",
        "family": "Có quan hệ gia đình với chủ thể hoặc người xây dựng mô hình.",
        "other": "Có lợi ích liên quan khác đến mô hình.",
    }
)
"""Why a member does not vote, in the language of the record. No words of a person's own."""


class Tie(msgspec.Struct, frozen=True, kw_only=True):
    """A member of the council and its tie; `found` by the system, else declared."""

    member_id: UUID
    tie: ConflictTie
    found: bool


def tie_of(
    graph: Graph,
    organization: OrganizationId,
    holder: OrganizationId,
    concerned: Sequence[OrganizationId],
    on: date,
) -> ConflictTie | None:
    """The tie of whoever works at `organization` to the holder on a day.

    Below the holder in any line, or directly above it. The bodies `concerned` (committee, appraising
    unit, deciding body) stand above the holder by their duty: that is no tie. For an individual the
    holder is the committee itself: then the organisation says nothing of a tie.
    """
    if holder in concerned:
        return None
    if organization == holder:
        return "holder"
    if any(holder in graph.above(organization, line, on) for line in LINES):
        return "holder_line"
    directly = {graph.superior(holder, line, on) for line in LINES}
    return "holder_line" if organization in directly - set(concerned) else None


def recusals(
    ballot: BallotId, appraisal: AppraisalId, council: CouncilId, ties: Sequence[Tie]
) -> tuple[ConflictFound | MemberRecused, ...]:
    """What stands in the record before the ballot opens: each finding, and each recusal."""
    events: list[ConflictFound | MemberRecused] = []
    for tie in ties:
        if tie.found:
            events.append(
                ConflictFound(
                    ballot_id=ballot,
                    appraisal_id=appraisal,
                    council=council,
                    member_id=tie.member_id,
                    tie=tie.tie,
                )
            )
        events.append(
            MemberRecused(
                ballot_id=ballot,
                appraisal_id=appraisal,
                council=council,
                member_id=tie.member_id,
                tie=tie.tie,
                reason=REASONS[tie.tie],
            )
        )
    return tuple(events)


# --- declaring --------------------------------------------------------------------------------


class DeclareConflictForm(Request, frozen=True, kw_only=True):
    """Your own tie to a model your council will vote on."""

    council: CouncilId
    tie: ConflictTie


class DeclareConflict(DeclareConflictForm, frozen=True, kw_only=True):
    """Declare the tie of a member. `ballot_stands`: a ballot is open or has decided."""

    member_id: UUID
    ballot_stands: bool
    at: Instant


NOT_A_MEMBER: Final = Refusal(
    "conflict-not-a-member",
    vi="Bạn không phải thành viên hội đồng này nên không có gì phải khai.",
    en="You are no member of this council, so there is nothing to declare.",
)
TOO_LATE: Final = Refusal(
    "conflict-after-opening",
    vi="Đã mở bỏ phiếu, danh sách người bỏ phiếu không đổi được nữa. Hãy báo thư ký và không bỏ phiếu.",
    en="The ballot is open and its electorate is frozen. Tell the secretary, and do not vote.",
    practice="council",
)
RECUSED: Final = Refusal(
    "voter-recused",
    vi="Bạn không tham gia bỏ phiếu lần này vì có lợi ích liên quan: «{reason}».",
    en="You do not vote in this ballot because of a conflict of interest: “{reason}”.",
    practice="council",
)


def declare_conflict(state: Appraisal, command: DeclareConflict) -> tuple[ConflictDeclared, ...]:
    """Declared before the ballot opens; the first declaration of a member stands."""
    opening = opened(state)
    if (command.council, command.member_id) in state.conflicts:
        return ()
    if command.ballot_stands:
        raise TOO_LATE()
    return (
        ConflictDeclared(
            appraisal_id=opening.appraisal_id,
            council=command.council,
            member_id=command.member_id,
            tie=command.tie,
        ),
    )
