"""Ballots: opened after the posting, closed with attendance, counted before the close, repeated without quorum."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.evaluation.domain.ballot import (
    ALREADY_OPENED,
    APPRAISAL_DISCONTINUED,
    BALLOT,
    FOREIGN_COUNCIL,
    NO_BALLOT,
    NOT_CLOSED,
    NOT_IN_ELECTORATE,
    POSTING_NOT_CLOSED,
    TERM_OVER,
    UNKNOWN,
    AppraisalFacts,
    BallotRules,
    CloseBallot,
    CouncilFacts,
    FormerBallot,
    OpenBallot,
    Opening,
    RepeatBallot,
    TallyBallot,
)
from services.evaluation.domain.makeup import ONE_CHAIR, TOO_SMALL
from services.evaluation.domain.outcome import NOTHING_TO_REPEAT, REPEATS_EXHAUSTED
from services.evaluation.domain.tally import RecordedVote
from shared.contracts.evaluation import (
    AttendanceRecorded,
    BallotClosed,
    BallotOpened,
    BallotTallied,
    CouncilMakeup,
    Denominator,
    Fraction,
    QuorumMissed,
    TallyLine,
)
from shared.contracts.values import BallotId, Choice, CouncilId, OrganizationId, SittingId
from shared.domain.refusal import Refusal
from tests.support.specification import specification
from tests.unit.services.evaluation.domain import dossiers

NOW = datetime(2026, 10, 22, 2, tzinfo=UTC)
CUT_OFF = 100
dossier = dossiers.opened
ballot = specification(BALLOT)

VOTERS = tuple(UUID(int=50 + n) for n in range(5))
electorate = VOTERS
SITTING = SittingId(UUID(int=73))
opening = Opening(
    about=AppraisalFacts(
        appraisal_id=dossier.appraisal_id,
        model=dossier.model,
        appraising_unit=dossier.appraising_unit,
        deciding_body=dossier.deciding_body,
        ready=True,
        discontinued=False,
        rule_set=dossier.rule_set,
        rule_set_version=1,
    ),
    council=CouncilFacts(
        body=dossier.deciding_body,
        roles=("chair", "secretary", "member", "member", "member", "member"),
        in_term=True,
    ),
    electorate=electorate,
    rules=BallotRules(
        mode="open",
        quorum=Fraction(numerator=2, denominator=3),
        threshold=Fraction(numerator=7, denominator=10),
        threshold_denominator="present_and_consulted",
        tie_rule="not_adopted",
        repeats_max=1,
        makeup=CouncilMakeup(voters_min=3, single_roles=("chair", "secretary")),
    ),
    chair=VOTERS[0],
)
open_ballot = OpenBallot(
    sitting=SITTING,
    council=CouncilId(UUID(int=70)),
    question="Đồng ý đề nghị công nhận mô hình?",
    ballot_id=BallotId(UUID(int=71)),
    opening=opening,
    at=NOW,
)
opened = BallotOpened(
    sitting=SITTING,
    ballot_id=open_ballot.ballot_id,
    appraisal_id=dossier.appraisal_id,
    model=dossier.model,
    council=open_ballot.council,
    council_body=dossier.deciding_body,
    appraising_unit=dossier.appraising_unit,
    question=open_ballot.question,
    electorate=electorate,
    quorum=opening.rules.quorum,
    threshold=opening.rules.threshold,
    threshold_denominator="present_and_consulted",
    tie_rule="not_adopted",
    repeats_max=1,
    rule_set=dossier.rule_set,
    rule_set_version=1,
    round=1,
)
attended = AttendanceRecorded(ballot_id=opened.ballot_id, present=VOTERS[:3], consulted=VOTERS[3:4])
close = CloseBallot(present=VOTERS[:3], consulted=VOTERS[3:4], at=NOW)
closed = BallotClosed(ballot_id=opened.ballot_id, appraisal_id=opened.appraisal_id, closed_at=NOW)


def votes(*choices: Choice, first: int = 10) -> tuple[RecordedVote, ...]:
    return tuple(
        RecordedVote(pseudonym=pseudonym, choice=choice, position=first + n, on_paper=False)
        for n, (pseudonym, choice) in enumerate(zip(VOTERS, choices, strict=False))
    )


def tally(*recorded: RecordedVote) -> TallyBallot:
    return TallyBallot(votes=recorded, cut_off=CUT_OFF, at=NOW)


def line(denominator: Denominator, base: int, *, asked: int, reached: bool = False) -> TallyLine:
    """Three at the meeting, who approve, and some in writing."""
    return TallyLine(
        denominator=denominator,
        base=base,
        voted_present=3,
        voted_in_writing=asked,
        not_voting=base - 3 - asked,
        approve=3,
        reached=reached,
        governs=denominator == "present_and_consulted",
    )


missed = QuorumMissed(
    ballot_id=opened.ballot_id,
    appraisal_id=opened.appraisal_id,
    model=opened.model,
    eligible=5,
    voted=3,
    quorum=opened.quorum,
    repeatable=True,
    counted=VOTERS[:3],
)
tallied = BallotTallied(
    ballot_id=opened.ballot_id,
    appraisal_id=opened.appraisal_id,
    model=opened.model,
    eligible=5,
    present=3,
    consulted=1,
    approve=3,
    reject=1,
    abstain=0,
    lines=(
        line("all", 5, asked=1),
        line("present", 3, asked=0, reached=True),
        line("present_and_consulted", 4, asked=1, reached=True),
    ),
    adopted=True,
    tied=False,
    repeatable=False,
    counted=VOTERS[:4],
)

# --- opening ---------------------------------------------------------------------------------


def test_a_ballot_opens_with_the_electorate_and_rules_of_the_dossier() -> None:
    ballot.given().when(open_ballot).then(opened)


def test_the_council_may_be_the_appraising_units() -> None:
    units = msgspec.structs.replace(opening.council, body=dossier.appraising_unit)
    unit = msgspec.structs.replace(opening, council=units)
    ballot.given().when(msgspec.structs.replace(open_ballot, opening=unit)).then(
        msgspec.structs.replace(opened, council_body=dossier.appraising_unit)
    )


def test_an_appraisal_has_one_ballot_a_round() -> None:
    ballot.given(opened).when(open_ballot).then_refused(ALREADY_OPENED)


_about, _rules, _council = opening.about, opening.rules, opening.council


@pytest.mark.parametrize(
    "changes,refusal",
    [
        ({"rules": msgspec.structs.replace(_rules, mode="none")}, NO_BALLOT),
        ({"about": msgspec.structs.replace(_about, ready=False)}, POSTING_NOT_CLOSED),
        ({"about": msgspec.structs.replace(_about, discontinued=True)}, APPRAISAL_DISCONTINUED),
        (
            {"council": msgspec.structs.replace(_council, body=OrganizationId(UUID(int=99)))},
            FOREIGN_COUNCIL,
        ),
        ({"council": msgspec.structs.replace(_council, in_term=False)}, TERM_OVER),
        ({"council": msgspec.structs.replace(_council, roles=("secretary", "member"))}, ONE_CHAIR),
        ({"electorate": electorate[:2]}, TOO_SMALL),
    ],
)
def test_a_ballot_that_may_not_be_held_is_refused(
    changes: dict[str, object], refusal: Refusal
) -> None:
    wrong = msgspec.structs.replace(opening, **changes)
    ballot.given().when(msgspec.structs.replace(open_ballot, opening=wrong)).then_refused(refusal)


# --- close -----------------------------------------------------------------------------------


def test_a_ballot_closes_with_the_attendance_of_its_sitting() -> None:
    ballot.given(opened).when(close).then(attended, closed)


def test_attendance_of_who_does_not_vote_in_it_is_refused() -> None:
    stranger = msgspec.structs.replace(close, present=(UUID(int=99),))
    ballot.given(opened).when(stranger).then_refused(NOT_IN_ELECTORATE)


def test_closing_it_again_changes_nothing() -> None:
    ballot.given(opened, attended, closed).when(close).then_nothing()


@pytest.mark.parametrize("command", [close, tally()])
def test_nothing_is_done_on_what_never_opened(
    command: CloseBallot | TallyBallot,
) -> None:
    ballot.given().when(command).then_refused(UNKNOWN)


# --- tally -----------------------------------------------------------------------------------


def test_the_tally_shows_every_denominator_and_marks_the_one_that_governs() -> None:
    recorded = votes("approve", "approve", "approve", "reject")
    ballot.given(opened, attended, closed).when(tally(*recorded)).then(tallied)


def test_a_share_reached_under_another_denominator_adopts_nothing() -> None:
    asked = msgspec.structs.replace(attended, consulted=VOTERS[3:])
    recorded = votes("approve", "approve", "approve", "reject", "reject")
    ballot.given(opened, asked, closed).when(tally(*recorded)).then(
        msgspec.structs.replace(
            tallied,
            consulted=2,
            reject=2,
            lines=(
                line("all", 5, asked=2),
                tallied.lines[1],
                line("present_and_consulted", 5, asked=2),
            ),
            adopted=False,
            counted=VOTERS,
        )
    )


def test_votes_after_the_close_do_not_count() -> None:
    in_time = votes("approve", "approve", "approve")
    late = RecordedVote(pseudonym=VOTERS[3], choice="approve", position=CUT_OFF + 1, on_paper=False)
    ballot.given(opened, attended, closed).when(tally(*in_time, late)).then(missed)


def test_too_few_votes_decide_nothing() -> None:
    recorded = votes("approve", "approve", "approve")
    ballot.given(opened, attended, closed).when(tally(*recorded)).then(missed)


def test_abstaining_is_taking_part() -> None:
    recorded = votes("approve", "approve", "approve", "abstain")
    ballot.given(opened, attended, closed).when(tally(*recorded)).then(
        msgspec.structs.replace(tallied, reject=0, abstain=1)
    )


def test_an_open_ballot_is_not_tallied() -> None:
    ballot.given(opened).when(tally()).then_refused(NOT_CLOSED)


@pytest.mark.parametrize("result", [tallied, missed])
def test_a_tally_stands(result: BallotTallied | QuorumMissed) -> None:
    more = votes("reject", "reject", "reject", "reject", "reject")
    ballot.given(opened, attended, closed, result).when(tally(*more)).then_nothing()
    assert BALLOT.fold((opened, attended, closed, result)).counted == result.counted


# --- ties ------------------------------------------------------------------------------------

halves = msgspec.structs.replace(opened, threshold=Fraction(numerator=1, denominator=2))
TIE: tuple[Choice, ...] = ("approve", "reject", "approve", "reject")


def counted(opened_: BallotOpened, *choices: Choice) -> BallotTallied:
    state = BALLOT.fold((opened_, attended, closed))
    (event,) = BALLOT.decide(state, tally(*votes(*choices)))
    assert isinstance(event, BallotTallied)
    return event


def test_a_tie_adopts_nothing_even_where_half_would_reach_the_threshold() -> None:
    result = counted(halves, *TIE)
    assert result.lines[2].reached
    assert (result.tied, result.adopted, result.repeatable) == (True, False, False)


@pytest.mark.parametrize("chair,adopted", [(0, True), (1, False), (4, False), (None, False)])
def test_where_the_chair_decides_a_tie_goes_the_way_the_chair_voted(
    chair: int | None, *, adopted: bool
) -> None:
    voter = None if chair is None else VOTERS[chair]
    led = msgspec.structs.replace(halves, tie_rule="chair_decides", chair=voter)
    result = counted(led, *TIE)
    assert (result.tied, result.adopted, result.repeatable) == (True, adopted, False)


def test_a_chair_lifts_no_tie_over_a_threshold_it_did_not_reach() -> None:
    led = msgspec.structs.replace(opened, tie_rule="chair_decides", chair=VOTERS[0])
    assert not counted(led, *TIE).adopted


@pytest.mark.parametrize("round_number,repeatable", [(1, True), (2, False)])
def test_a_tie_is_repeated_while_rounds_are_left(round_number: int, *, repeatable: bool) -> None:
    again = msgspec.structs.replace(halves, tie_rule="repeat", round=round_number)
    result = counted(again, *TIE)
    assert (result.adopted, result.repeatable) == (False, repeatable)
    state = BALLOT.fold((again, attended, closed, result))
    assert (state.undecided, state.repeatable) == (True, repeatable)


def test_where_all_abstain_there_is_no_tie() -> None:
    again = msgspec.structs.replace(halves, tie_rule="repeat")
    result = counted(again, "abstain", "abstain", "abstain", "abstain")
    assert (result.tied, result.adopted, result.repeatable) == (False, False, False)


def test_the_chairs_pseudonym_is_published_only_where_the_tie_rule_asks_for_it() -> None:
    rules = msgspec.structs.replace(opening.rules, tie_rule="chair_decides")
    led = msgspec.structs.replace(opening, rules=rules)
    ballot.given().when(msgspec.structs.replace(open_ballot, opening=led)).then(
        msgspec.structs.replace(opened, tie_rule="chair_decides", chair=VOTERS[0])
    )


def test_a_last_round_without_quorum_is_not_repeatable() -> None:
    last = msgspec.structs.replace(opened, round=2)
    ballot.given(last, attended, closed).when(tally(*votes("approve", "approve"))).then(
        msgspec.structs.replace(missed, voted=2, repeatable=False, counted=VOTERS[:2])
    )


_choices = st.lists(st.sampled_from(("approve", "reject", "abstain")), max_size=5)


@given(chosen=_choices, first=st.integers(min_value=90, max_value=105))
def test_adopted_if_and_only_if_the_governing_share_is_reached(
    chosen: list[Choice], first: int
) -> None:
    recorded = votes(*chosen, first=first)
    in_time = [vote for vote in recorded if vote.position < CUT_OFF]
    state = BALLOT.fold((opened, attended, closed))
    (event,) = BALLOT.decide(state, tally(*recorded))
    if len(in_time) * 3 < 2 * 5:
        assert isinstance(event, QuorumMissed)
        assert event.voted == len(in_time)
    else:
        assert isinstance(event, BallotTallied)
        approve = sum(vote.choice == "approve" for vote in in_time)
        took_part = {*VOTERS[:4], *(vote.pseudonym for vote in in_time)}
        assert event.approve == approve
        assert event.adopted == (approve * 10 >= 7 * len(took_part))
        assert not event.repeatable
    assert set(event.counted) == {vote.pseudonym for vote in in_time}


# --- repeating -------------------------------------------------------------------------------

repeat = RepeatBallot(
    sitting=SITTING,
    council=open_ballot.council,
    question=open_ballot.question,
    ballot_id=BallotId(UUID(int=72)),
    opening=opening,
    former=FormerBallot(ballot_id=opened.ballot_id, round=1, undecided=True, repeatable=True),
    at=NOW,
)


def test_a_ballot_without_quorum_is_repeated_in_a_new_round_that_names_it() -> None:
    ballot.given().when(repeat).then(
        msgspec.structs.replace(
            opened, ballot_id=repeat.ballot_id, round=2, former=opened.ballot_id
        )
    )


def test_a_ballot_that_decided_is_not_repeated() -> None:
    decided = msgspec.structs.replace(repeat.former, undecided=False, repeatable=False)
    ballot.given().when(msgspec.structs.replace(repeat, former=decided)).then_refused(
        NOTHING_TO_REPEAT
    )


def test_a_ballot_is_repeated_as_often_as_the_rules_allow() -> None:
    last = msgspec.structs.replace(repeat.former, round=2, repeatable=False)
    refused = ballot.given().when(msgspec.structs.replace(repeat, former=last))
    assert refused.then_refused(REPEATS_EXHAUSTED).refusal.practice == "ballot_repeats_max"


def test_a_round_is_repeated_once_and_under_the_same_conditions() -> None:
    ballot.given(opened).when(repeat).then_refused(ALREADY_OPENED)
    unready = msgspec.structs.replace(
        opening, about=msgspec.structs.replace(_about, discontinued=True)
    )
    ballot.given().when(msgspec.structs.replace(repeat, opening=unready)).then_refused(
        APPRAISAL_DISCONTINUED
    )
