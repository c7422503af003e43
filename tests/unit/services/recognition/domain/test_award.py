"""Awards proposed for an exemplar: once, while its recognition stands; what falls takes its award along."""

from datetime import date
from uuid import UUID

import msgspec

from services.recognition.domain import review_refusals as refuse
from services.recognition.domain.award import (
    AWARD,
    ExemplarStands,
    ProposeAward,
    RecordOutcome,
    SuspendAward,
)
from shared.contracts.exemplar import (
    AwardOutcomeRecorded,
    AwardProposed,
    DependentRecognitionSuspended,
)
from shared.contracts.values import AwardId
from tests.support.specification import specification
from tests.unit.services.recognition.domain import cases as c

award = specification(AWARD)

AWARD_ID = AwardId(UUID(int=61))
STANDS = ExemplarStands(
    case_id=c.CASE_ID,
    model=c.MODEL,
    aim="exemplar",
    holder=c.CELL,
    decided_by=c.COMMITTEE,
    stands=True,
)
PROPOSED = AwardProposed(
    award_id=AWARD_ID,
    case_id=c.CASE_ID,
    model=c.MODEL,
    holder=c.CELL,
    proposed_by=c.COMMITTEE,
    award="Bằng khen",
    proposed_to="Ủy ban nhân dân tỉnh",
    document_number="9-TTr/ĐU",
    proposed_on=c.TODAY,
)
AWARD_SUSPENDED = DependentRecognitionSuspended(
    dependent="award", dependent_id=AWARD_ID, fallen=c.CASE_ID
)
GRANTED = AwardOutcomeRecorded(
    award_id=AWARD_ID,
    case_id=c.CASE_ID,
    outcome="granted",
    document_number="88/QĐ-UBND",
    decided_on=c.TODAY,
)


def propose(exemplar: ExemplarStands = STANDS) -> ProposeAward:
    return ProposeAward(
        award="Bằng khen",
        proposed_to="Ủy ban nhân dân tỉnh",
        document_number="9-TTr/ĐU",
        award_id=AWARD_ID,
        exemplar=exemplar,
        at=c.NOW,
    )


def record(outcome: str = "granted", *, stands: bool = True, on: date = c.TODAY) -> RecordOutcome:
    command = RecordOutcome(
        outcome="granted", document_number="88/QĐ-UBND", decided_on=on, stands=stands, at=c.NOW
    )
    return msgspec.structs.replace(command, outcome=outcome)


def test_an_award_is_proposed_for_an_exemplar_that_stands_once() -> None:
    award.given().when(propose()).then(PROPOSED)
    award.given(PROPOSED).when(propose()).then_refused(refuse.AWARD_PROPOSED)
    model = msgspec.structs.replace(STANDS, aim="model")
    award.given().when(propose(model)).then_refused(refuse.NOT_EXEMPLAR)
    down = msgspec.structs.replace(STANDS, stands=False)
    award.given().when(propose(down)).then_refused(refuse.RECOGNITION_DOWN)


def test_its_outcome_is_recorded_once() -> None:
    award.given(PROPOSED).when(record()).then(GRANTED)
    refused = msgspec.structs.replace(GRANTED, outcome="refused")
    award.given(PROPOSED).when(record("refused")).then(refused)
    award.given(PROPOSED, GRANTED).when(record()).then_refused(refuse.AWARD_DECIDED)
    award.given().when(record()).then_refused(refuse.AWARD_UNKNOWN)
    award.given(PROPOSED).when(record(on=date(2026, 10, 13))).then_refused(refuse.OUTCOME_AHEAD)


def test_an_award_falls_with_its_exemplar() -> None:
    fall = SuspendAward(fallen=c.CASE_ID)
    award.given(PROPOSED).when(fall).then(AWARD_SUSPENDED)
    award.given(PROPOSED, AWARD_SUSPENDED).when(fall).then_nothing()
    award.given().when(fall).then_nothing()
    history = (PROPOSED, AWARD_SUSPENDED)
    award.given(*history).when(record(stands=False)).then_refused(refuse.RECOGNITION_DOWN)
    withdrawn = msgspec.structs.replace(GRANTED, outcome="withdrawn")
    award.given(*history).when(record("withdrawn", stands=False)).then(withdrawn)
    award.given(*history).when(record()).then(GRANTED)
