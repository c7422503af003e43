"""A team's scores: each sealed until all are in, then opened, and discussed where they lie far apart.

What is in the log is public at once, so a score cannot stand there before the others are given.
"""

from collections.abc import Collection
from typing import Annotated, Final
from uuid import UUID

import msgspec

from services.evaluation.domain.appraisal_state import Appraisal, unfinished
from services.evaluation.domain.criteria import CRITERIA_MAX
from services.evaluation.domain.result import points_of, too_far_apart
from services.evaluation.domain.scoring import (
    CRITERION_UNKNOWN,
    ScoreCriterionForm,
    Standard,
    refuse_points,
)
from services.evaluation.domain.team import member_of
from shared.contracts.appraisal import (
    CriterionScored,
    DivergenceFlagged,
    DivergenceResolved,
    EnteredOnBehalf,
    RevisedScore,
    ScoreSealed,
)
from shared.contracts.evaluation import Fraction
from shared.contracts.running import Sha256
from shared.contracts.values import Account, CategoryId, Forgettable, Text
from shared.domain.attachments import FileContent
from shared.domain.decider import Request
from shared.domain.refusal import Refusal
from shared.domain.time import Instant

# --- commands ---------------------------------------------------------------------------------


class SealScoreForm(ScoreCriterionForm, frozen=True, kw_only=True):
    """Your points for a criterion and the evidence for them. Nobody sees them before all are in."""


class SealScore(Request, frozen=True, kw_only=True):
    """Seal an appraiser's score, or seal it again before all are in. Points were checked before they went
    to the vault, and are again when it is opened.
    """

    appraiser: UUID
    criterion: CategoryId
    score: Forgettable
    standard: Standard
    at: Instant


class SheetForm(Request, frozen=True, kw_only=True):
    """A paper score sheet: every criterion once, and the scan of the sheet in Base64."""

    scores: Annotated[tuple[ScoreCriterionForm, ...], msgspec.Meta(max_length=CRITERIA_MAX)]
    content: FileContent


class SheetScore(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A criterion of the sheet; points and evidence lie in the vault."""

    criterion: CategoryId
    score: Forgettable


class EnterSheet(Request, frozen=True, kw_only=True):
    """Enter a sheet for a member of the team who has no account. Points were checked before they went to the
    vault.
    """

    appraiser: UUID
    scores: Annotated[tuple[SheetScore, ...], msgspec.Meta(max_length=CRITERIA_MAX)]
    paper: Sha256
    entered_by: Account
    standard: Standard
    at: Instant


class OpenScore(Request, frozen=True, kw_only=True):
    """Open a sealed score: all are in. Nobody asks for it: it follows."""

    appraiser: UUID
    criterion: CategoryId
    payload: UUID
    points: int
    evidence: Text
    files: tuple[Sha256, ...]
    standard: Standard
    divergence: Fraction
    at: Instant


class ResolveDivergenceForm(Request, frozen=True, kw_only=True):
    """What the discussion came to, and the points of those who changed theirs."""

    criterion: CategoryId
    discussion: Text
    revised: Annotated[tuple[RevisedScore, ...], msgspec.Meta(max_length=15)] = ()


class ResolveDivergence(ResolveDivergenceForm, frozen=True, kw_only=True):
    """Record the discussion of a criterion, or record it anew before the appraisal is complete."""

    standard: Standard
    at: Instant


# --- rules ------------------------------------------------------------------------------------

SCORES_OPEN: Final = Refusal(
    "scores-open",
    vi="Điểm của cả tổ đã đủ và đã mở; muốn sửa, hãy đính chính điểm của mình kèm lý do.",
    en="The whole team's scores are in and open; to change yours, correct it and state the reason.",
)
SHEET_INCOMPLETE: Final = Refusal(
    "sheet-incomplete",
    vi="Phiếu chấm giấy được nhập trọn, mỗi tiêu chí một lần; hãy xem lại: {criteria}.",
    en="A paper sheet is entered whole, each criterion once; look again at: {criteria}.",
)
SHEET_HAS_ACCOUNT: Final = Refusal(
    "sheet-for-an-account",
    vi="Thành viên này có tài khoản nên tự chấm trên hệ thống; phiếu giấy chỉ nhập thay người không có tài khoản.",
    en="This appraiser has an account and scores himself; sheets are entered for those without one.",
)
SHEET_BEFORE_OWN: Final = Refusal(
    "sheet-before-own",
    vi="Bạn cũng trong tổ thẩm định: hãy chấm xong phần mình trước khi nhập phiếu của người khác.",
    en="You are of the team yourself: give all your own scores before you enter another's sheet.",
)
DIVERGENCE_UNKNOWN: Final = Refusal(
    "divergence-unknown",
    vi="Tiêu chí «{criterion}» không có điểm lệch phải thảo luận.",
    en="The scores of criterion “{criterion}” are not apart: there is nothing to discuss.",
    practice="divergence",
)
REVISED_TWICE: Final = Refusal(
    "revised-twice",
    vi="Một người có hai mức điểm sửa lại cho tiêu chí «{criterion}». Hãy giữ một.",
    en="Somebody has two revised scores for criterion “{criterion}”. Keep one.",
)


def seal_score(state: Appraisal, command: SealScore) -> tuple[ScoreSealed, ...]:
    """Each member for himself, until all are in. The same again says that it holds for what was corrected
    meanwhile.
    """
    opening = unfinished(state)
    member_of(state.team, command.appraiser)
    if command.criterion not in ids_of(command.standard):
        raise CRITERION_UNKNOWN(
            criterion=command.criterion, known=", ".join(ids_of(command.standard))
        )
    event = ScoreSealed(
        appraisal_id=opening.appraisal_id,
        appraiser=command.appraiser,
        criterion=command.criterion,
        score=command.score,
    )
    same = state.sealed.get(command.appraiser, {}).get(command.criterion) == event
    if same and (state.is_open_record or not _is_outdated(state, event)):
        return ()
    if state.is_open_record:
        raise SCORES_OPEN()
    return (event,)


def enter_sheet(state: Appraisal, command: EnterSheet) -> tuple[ScoreSealed, ...]:
    """The whole sheet of a member without an account; a sheet entered again replaces the former."""
    opening = unfinished(state)
    member_of(state.team, command.appraiser)
    criteria, given = ids_of(command.standard), [one.criterion for one in command.scores]
    missing = [one for one in criteria if one not in given]
    if missing or len(given) != len(criteria):
        raise SHEET_INCOMPLETE(criteria=", ".join(missing or given))
    if state.is_open_record:
        raise SCORES_OPEN()
    held = state.sealed.get(command.appraiser, {})
    on_behalf = EnteredOnBehalf(entered_by=command.entered_by, paper=command.paper)
    events = (
        ScoreSealed(
            appraisal_id=opening.appraisal_id,
            appraiser=command.appraiser,
            criterion=one.criterion,
            score=one.score,
            on_behalf=on_behalf,
        )
        for one in command.scores
    )
    return tuple(
        event
        for event in events
        if held.get(event.criterion) != event or _is_outdated(state, event)
    )


def _is_outdated(state: Appraisal, event: ScoreSealed) -> bool:
    """Whether the dossier was corrected since it was scored."""
    return state.is_before_correction(event.criterion, event.appraiser)


def open_score(
    state: Appraisal, command: OpenScore
) -> tuple[CriterionScored | DivergenceFlagged, ...]:
    """With the last one the criteria are flagged on which the team is too far apart. Nothing follows where
    another score took its place meanwhile, or the appraisal has ended.
    """
    opening = state.opened
    ended = state.appraised is not None or state.discontinued is not None
    held = state.sealed.get(command.appraiser, {}).get(command.criterion)
    if opening is None or ended or held is None or held.score.payload != command.payload:
        return ()
    if not all_in(state, command.standard) or state.score(command.criterion, command.appraiser):
        return ()
    refuse_points(command.standard, command.criterion, command.points)
    event = CriterionScored(
        appraisal_id=opening.appraisal_id,
        criterion=command.criterion,
        points=command.points,
        evidence=command.evidence,
        files=command.files,
        appraiser=command.appraiser,
        on_behalf=held.on_behalf,
    )
    after = msgspec.structs.replace(state, scores=(*state.scores, event))
    if len(after.scores) < len(state.team) * len(command.standard.criteria):
        return (event,)
    flagged = []
    for criterion in command.standard.criteria:
        points = points_of(after, criterion.id)
        if too_far_apart(points, criterion.points_max, command.divergence):
            flagged.append(
                DivergenceFlagged(
                    appraisal_id=opening.appraisal_id,
                    criterion=criterion.id,
                    lowest=min(points),
                    highest=max(points),
                    points_max=criterion.points_max,
                )
            )
    return (event, *flagged)


def resolve_divergence(
    state: Appraisal, command: ResolveDivergence
) -> tuple[DivergenceResolved, ...]:
    """Discussed, with the reasons on record; each of the team may give other points or stay by his."""
    opening = unfinished(state)
    if command.criterion not in state.divergences:
        raise DIVERGENCE_UNKNOWN(criterion=command.criterion)
    if len({one.appraiser for one in command.revised}) < len(command.revised):
        raise REVISED_TWICE(criterion=command.criterion)
    for one in command.revised:
        member_of(state.team, one.appraiser)
        refuse_points(command.standard, command.criterion, one.points)
    event = DivergenceResolved(
        appraisal_id=opening.appraisal_id,
        criterion=command.criterion,
        discussion=command.discussion,
        revised=command.revised,
    )
    return () if state.resolutions.get(command.criterion) == event else (event,)


def ids_of(standard: Standard) -> tuple[CategoryId, ...]:
    """The ids of the criteria."""
    return tuple(criterion.id for criterion in standard.criteria)


def all_in(state: Appraisal, standard: Standard) -> bool:
    """Whether there is a team and each of it has scored every criterion."""
    return bool(state.team) and all(
        own_in(state, member.appraiser_id, ids_of(standard)) for member in state.team
    )


def own_in(state: Appraisal, appraiser: UUID, criteria: Collection[CategoryId]) -> bool:
    """Whether an appraiser has scored every criterion."""
    return all(one in state.sealed.get(appraiser, {}) for one in criteria)
