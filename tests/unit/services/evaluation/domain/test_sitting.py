"""A sitting: one agenda, attendance once, closed once, and the places filled by what the ballots say."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.evaluation.domain.attendance import (
    ATTENDANCE_MISSING,
    ATTENDANCE_TWICE,
    NOT_ON_ROLL,
    PRESENT_ON_PAPER,
    VOTED_UNATTENDED,
    RecordAttendance,
)
from services.evaluation.domain.places import CountedBallot, results_of
from services.evaluation.domain.sitting import (
    ALREADY_OPENED,
    CANDIDATE_TWICE,
    CANDIDATES_MAX,
    MIXED,
    NOT_SETTLED,
    PLACES_LEFT,
    SITTING,
    Agenda,
    CloseSitting,
    Convening,
    CountSitting,
    OpenSitting,
    SettleAgenda,
)
from services.evaluation.domain.sitting_state import CLOSED, UNKNOWN
from services.evaluation.domain.vote import WRITTEN_NOT_ALLOWED
from services.evaluation.domain.written import NOT_FROM_PAPER, CorrectWrittenVote
from shared.contracts.evaluation import TieRule
from shared.contracts.sitting import (
    AgendaSettled,
    Candidate,
    CandidateResult,
    Dropped,
    Seat,
    SittingAttendanceRecorded,
    SittingClosed,
    SittingCounted,
    SittingOpened,
    WrittenVoteCorrected,
)
from shared.contracts.values import (
    AppraisalId,
    BallotId,
    CouncilId,
    CouncilRole,
    Forgettable,
    ModelId,
    OrganizationId,
    RuleSetId,
    SittingId,
)
from shared.domain.logentry import ENTRY_BYTES_MAX
from tests.support.specification import specification

NOW = datetime(2026, 10, 21, 2, tzinfo=UTC)
sitting = specification(SITTING)


def seat(n: int) -> Seat:
    roles: dict[int, CouncilRole] = {0: "chair", 4: "secretary"}
    return Seat(
        seat=UUID(int=200 + n),
        role=roles.get(n, "member"),
        person=Forgettable(UUID(int=300 + n), "e" * 64),
    )


def candidate(n: int) -> Candidate:
    return Candidate(
        appraisal_id=AppraisalId(UUID(int=400 + n)),
        model=ModelId(UUID(int=500 + n)),
        ballot_id=BallotId(UUID(int=600 + n)),
        round=1,
    )


ROLL = tuple(seat(n) for n in range(5))
VOTERS = tuple(one.seat for one in ROLL[:4])
AGENDA = (candidate(0), candidate(1))
agenda = Agenda(
    deciding_body=OrganizationId(UUID(int=1)),
    appraising_unit=OrganizationId(UUID(int=2)),
    rule_set=RuleSetId(UUID(int=3)),
    rule_set_version=1,
    written_votes="allowed",
    minutes=("chair", "secretary"),
)
open_sitting = OpenSitting(
    sitting_id=SittingId(UUID(int=9)),
    council=CouncilId(UUID(int=8)),
    appraisals=tuple(one.appraisal_id for one in AGENDA),
    question="Đồng ý đề nghị công nhận?",
    convening=Convening(
        council_body=agenda.deciding_body, candidates=AGENDA, agendas=(agenda, agenda), roll=ROLL
    ),
    at=NOW,
)
opened = SittingOpened(
    sitting_id=open_sitting.sitting_id,
    council=open_sitting.council,
    council_body=agenda.deciding_body,
    appraising_unit=agenda.appraising_unit,
    question=open_sitting.question,
    agenda=AGENDA,
    roll=ROLL,
    rule_set=agenda.rule_set,
    rule_set_version=1,
    written_votes="allowed",
    minutes=("chair", "secretary"),
)
BALLOTS = tuple(one.ballot_id for one in AGENDA)
settle = SettleAgenda(ballots=BALLOTS, dropped=(), at=NOW)
settled = AgendaSettled(sitting_id=opened.sitting_id, ballots=BALLOTS, dropped=())
attend = RecordAttendance(present=VOTERS[:3], consulted=VOTERS[3:], on_paper=(), at=NOW)
attended = SittingAttendanceRecorded(
    sitting_id=opened.sitting_id, present=VOTERS[:3], consulted=VOTERS[3:]
)
close = CloseSitting(voted=VOTERS, on_paper=(), at=NOW)
closed = SittingClosed(sitting_id=opened.sitting_id, closed_at=NOW)


def counted(
    n: int, approve: int, *, adopted: bool = True, tie: TieRule = "not_adopted", chair: bool = False
) -> CountedBallot:
    return CountedBallot(
        ballot_id=BallotId(UUID(int=600 + n)),
        appraisal_id=AppraisalId(UUID(int=400 + n)),
        quorum_missed=False,
        approve=approve,
        base=9,
        adopted=adopted,
        repeatable=False,
        rounds_left=True,
        tie_rule=tie,
        chair_approves=chair,
    )


def result(n: int, approve: int, outcome: str) -> CandidateResult:
    return msgspec.convert(
        {
            "ballot_id": BallotId(UUID(int=600 + n)),
            "appraisal_id": AppraisalId(UUID(int=400 + n)),
            "approve": approve,
            "base": 9,
            "outcome": outcome,
            "repeatable": False,
        },
        CandidateResult,
    )


# --- opening ----------------------------------------------------------------------------------


def test_a_sitting_opens_with_its_agenda_and_its_roll() -> None:
    sitting.given().when(open_sitting).then(opened)


def test_a_sitting_opens_once() -> None:
    sitting.given(opened).when(open_sitting).then_refused(ALREADY_OPENED)


def test_a_dossier_stands_on_the_agenda_once() -> None:
    twice = msgspec.structs.replace(open_sitting, appraisals=open_sitting.appraisals[:1] * 2)
    sitting.given().when(twice).then_refused(CANDIDATE_TWICE)


def test_dossiers_of_two_bodies_or_two_versions_of_the_rules_do_not_sit_together() -> None:
    for other in (
        msgspec.structs.replace(agenda, rule_set_version=2),
        msgspec.structs.replace(agenda, deciding_body=OrganizationId(UUID(int=99))),
    ):
        mixed = msgspec.structs.replace(open_sitting.convening, agendas=(agenda, other))
        command = msgspec.structs.replace(open_sitting, convening=mixed)
        assert sitting.given().when(command).then_refused(MIXED).refusal.clause == "III.2.1c"


@pytest.mark.parametrize("places,fits", [(None, False), (2, False), (1, True)])
def test_dossiers_tied_for_the_last_places_are_voted_on_again_for_those_places(
    places: int | None, *, fits: bool
) -> None:
    tied = msgspec.structs.replace(agenda, places_left=1)
    convening = msgspec.structs.replace(open_sitting.convening, agendas=(tied, tied))
    again = msgspec.structs.replace(open_sitting, convening=convening, places=places)
    if fits:
        sitting.given().when(again).then(msgspec.structs.replace(opened, places=1))
    else:
        sitting.given().when(again).then_refused(PLACES_LEFT)


def test_the_largest_sitting_of_the_largest_council_fits_one_entry() -> None:
    candidates = tuple(
        msgspec.structs.replace(candidate(n), former=BallotId(UUID(int=n)))
        for n in range(CANDIDATES_MAX)
    )
    roll = tuple(seat(n + 5) for n in range(100))
    convening = msgspec.structs.replace(
        open_sitting.convening, candidates=candidates, roll=roll, agendas=(agenda,)
    )
    appraisals = tuple(one.appraisal_id for one in candidates)
    command = msgspec.structs.replace(open_sitting, convening=convening, appraisals=appraisals)
    (event,) = SITTING.decide(SITTING.initial_state, command)
    cites = (CANDIDATES_MAX + 1) * 40
    size = len(msgspec.json.encode(event)) + len(msgspec.json.encode(command)) + cites
    assert size < ENTRY_BYTES_MAX - 2_000


# --- agenda, attendance, close ----------------------------------------------------------------


def test_the_agenda_is_settled_once_and_what_was_dropped_is_no_candidate() -> None:
    sitting.given(opened).when(settle).then(settled)
    sitting.given(opened, settled).when(settle).then_nothing()
    dropped = Dropped(ballot_id=BALLOTS[1], code="ballot-exists", reason="Đã có.")
    fewer = msgspec.structs.replace(settled, ballots=BALLOTS[:1], dropped=(dropped,))
    assert SITTING.fold((opened, fewer)).candidates == AGENDA[:1]


def test_attendance_is_recorded_once_for_all_and_may_be_corrected_before_the_close() -> None:
    sitting.given(opened, settled).when(attend).then(attended)
    sitting.given(opened, settled, attended).when(attend).then_nothing()
    fewer = msgspec.structs.replace(attend, consulted=())
    sitting.given(opened, settled, attended).when(fewer).then(
        msgspec.structs.replace(attended, consulted=())
    )
    sitting.given(opened, settled, attended, closed).when(fewer).then_refused(CLOSED)


def test_attendance_of_the_secretary_a_stranger_or_one_person_twice_is_refused() -> None:
    for present in ((ROLL[4].seat,), (UUID(int=99),)):
        wrong = msgspec.structs.replace(attend, present=present)
        sitting.given(opened, settled).when(wrong).then_refused(NOT_ON_ROLL)
    twice = msgspec.structs.replace(attend, consulted=VOTERS[:1])
    sitting.given(opened, settled).when(twice).then_refused(ATTENDANCE_TWICE)


def test_a_sitting_closes_once_with_its_ballots_open_and_its_attendance_recorded() -> None:
    sitting.given(opened, settled, attended).when(close).then(closed)
    sitting.given(opened, settled, attended, closed).when(close).then_nothing()
    sitting.given(opened).when(close).then_refused(NOT_SETTLED)
    sitting.given(opened, settled).when(close).then_refused(ATTENDANCE_MISSING)


def test_who_voted_must_have_been_present_or_asked_in_writing() -> None:
    fewer = msgspec.structs.replace(attended, consulted=())
    refused = sitting.given(opened, settled, fewer).when(close).then_refused(VOTED_UNATTENDED)
    assert refused.refusal.practice == "threshold_denominator"
    assert str(VOTERS[3]) in refused.sentence("vi")


def test_where_the_rules_do_not_ask_absent_members_only_those_present_are_recorded() -> None:
    strict = msgspec.structs.replace(opened, written_votes="none")
    refused = sitting.given(strict, settled).when(attend).then_refused(WRITTEN_NOT_ALLOWED)
    assert refused.refusal.practice == "written_votes"
    present = msgspec.structs.replace(attend, consulted=())
    sitting.given(strict, settled).when(present).then(
        msgspec.structs.replace(attended, consulted=())
    )


def test_whose_paper_was_entered_is_not_recorded_as_present() -> None:
    wrong = msgspec.structs.replace(attend, present=VOTERS, consulted=(), on_paper=VOTERS[3:])
    refused = sitting.given(opened, settled, attended).when(wrong).then_refused(PRESENT_ON_PAPER)
    assert str(VOTERS[3]) in refused.sentence("en")
    # A change of the attendance that raced the paper is found at the close.
    everyone = msgspec.structs.replace(attended, present=VOTERS, consulted=())
    late = msgspec.structs.replace(close, on_paper=VOTERS[3:])
    sitting.given(opened, settled, everyone).when(late).then_refused(PRESENT_ON_PAPER)
    sitting.given(opened, settled, attended).when(late).then(closed)


# --- corrections of what was entered from paper -------------------------------------------------

correct = CorrectWrittenVote(
    ballot_id=BALLOTS[0],
    pseudonym=UUID(int=700),
    cast="approve",
    choice="reject",
    reason="Nhập nhầm dòng.",
    at=NOW,
)
corrected = WrittenVoteCorrected(
    sitting_id=opened.sitting_id,
    ballot_id=BALLOTS[0],
    pseudonym=correct.pseudonym,
    former_choice="approve",
    choice="reject",
    reason=correct.reason,
)


def test_a_vote_entered_wrongly_from_paper_is_put_right_before_the_close() -> None:
    history = (opened, settled, attended)
    sitting.given(*history).when(correct).then(corrected)
    sitting.given(*history, corrected).when(correct).then_nothing()
    back = msgspec.structs.replace(correct, choice="approve", reason="Đúng là tán thành.")
    sitting.given(*history).when(back).then_nothing()
    sitting.given(*history, corrected).when(back).then(
        msgspec.structs.replace(
            corrected, former_choice="reject", choice="approve", reason="Đúng là tán thành."
        )
    )
    sitting.given(*history, closed).when(correct).then_refused(CLOSED)


def test_a_vote_that_was_not_entered_from_paper_is_not_corrected() -> None:
    own = msgspec.structs.replace(correct, cast=None)
    refused = sitting.given(opened, settled).when(own).then_refused(NOT_FROM_PAPER)
    assert refused.refusal.practice == "written_votes"


def test_the_last_correction_of_a_vote_counts_and_of_no_other_vote() -> None:
    again = msgspec.structs.replace(corrected, former_choice="reject", choice="abstain")
    state = SITTING.fold((opened, settled, corrected, again))
    assert state.corrected(BALLOTS[0], correct.pseudonym, "approve") == "abstain"
    assert state.corrected(BALLOTS[1], correct.pseudonym, "approve") == "approve"
    assert state.corrected(BALLOTS[0], UUID(int=701), "approve") == "approve"


@pytest.mark.parametrize(
    "command", [settle, attend, correct, close, CountSitting(ballots=(), at=NOW)]
)
def test_nothing_is_done_on_what_never_opened(
    command: SettleAgenda | RecordAttendance | CorrectWrittenVote | CloseSitting | CountSitting,
) -> None:
    sitting.given().when(command).then_refused(UNKNOWN)


# --- results ----------------------------------------------------------------------------------


def test_the_results_are_put_together_once_all_ballots_are_counted() -> None:
    ballots = (counted(0, 8), counted(1, 3, adopted=False))
    count = CountSitting(ballots=ballots, at=NOW)
    history = (opened, settled, attended, closed)
    results = (result(0, 8, "adopted"), result(1, 3, "not_adopted"))
    event = SittingCounted(sitting_id=opened.sitting_id, results=results)
    sitting.given(*history).when(count).then(event)
    sitting.given(*history, event).when(count).then_nothing()
    fewer = msgspec.structs.replace(count, ballots=ballots[:1])
    sitting.given(*history).when(fewer).then_nothing()


def outcomes(places: int | None, *ballots: CountedBallot) -> list[str]:
    return [one.outcome for one in results_of(ballots, places)]


def test_places_go_to_those_with_the_highest_share() -> None:
    ballots = (counted(0, 7), counted(1, 9), counted(2, 8), counted(3, 2, adopted=False))
    assert outcomes(2, *ballots) == ["no_place", "adopted", "adopted", "not_adopted"]
    assert outcomes(None, *ballots) == ["adopted", "adopted", "adopted", "not_adopted"]
    recused = msgspec.structs.replace(counted(1, 8), base=8)
    assert outcomes(1, counted(0, 8), recused) == ["no_place", "adopted"]


def test_equals_at_the_cut_get_no_place_and_nobody_below_them_does() -> None:
    ballots = (counted(0, 9), counted(1, 8), counted(2, 8), counted(3, 7))
    assert outcomes(2, *ballots) == ["adopted", "tied_for_place", "tied_for_place", "no_place"]


def test_where_the_chair_decides_the_chairs_choice_breaks_it() -> None:
    led = (
        counted(0, 8, tie="chair_decides", chair=True),
        counted(1, 8, tie="chair_decides", chair=False),
    )
    assert outcomes(1, *led) == ["adopted", "no_place"]
    both = tuple(msgspec.structs.replace(one, chair_approves=True) for one in led)
    assert outcomes(1, *both) == ["tied_for_place", "tied_for_place"]


@pytest.mark.parametrize("rounds_left", [True, False])
def test_where_a_tie_is_repeated_the_equals_are_voted_on_again_while_rounds_are_left(
    *, rounds_left: bool
) -> None:
    ballots = [
        msgspec.structs.replace(counted(n, 8, tie="repeat"), rounds_left=rounds_left)
        for n in range(2)
    ]
    results = results_of(ballots, 1)
    assert [one.outcome for one in results] == ["tied_for_place"] * 2
    assert [one.repeatable for one in results] == [rounds_left] * 2


@given(
    approvals=st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=12),
    places=st.integers(1, 12),
)
def test_never_more_are_adopted_than_there_are_places_and_none_before_a_better_one(
    approvals: list[tuple[int, bool]], places: int
) -> None:
    ballots = [counted(n, approve, adopted=a) for n, (approve, a) in enumerate(approvals)]
    results = results_of(ballots, places)
    adopted = [one.approve for one in results if one.outcome == "adopted"]
    others = [o.approve for o in results if o.outcome in ("no_place", "tied_for_place")]
    assert len(adopted) <= places
    assert not adopted or not others or min(adopted) > max(others)
    assert len(adopted) + len(others) == sum(a for _, a in approvals)
