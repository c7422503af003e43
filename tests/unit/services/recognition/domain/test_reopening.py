"""A refusal that a complaint undid is decided anew, and one achievement is still recognised once."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st

from services.recognition import earlier_facts
from services.recognition.domain import after_refusals, case_refusals
from services.recognition.domain.achievement import ACHIEVEMENT
from services.recognition.domain.case import CASE
from services.recognition.domain.case_state import Case, CaseEvent
from services.recognition.domain.complaints import AnswerComplaint
from services.recognition.domain.deciding import Recognize
from services.recognition.domain.proposing import RecordEarlier, WithdrawDuplicate
from shared.contracts.recognition import CaseReopened, DuplicateWithdrawn, Recognized
from shared.contracts.values import AchievementId, CaseId
from shared.domain.decider import Decider
from shared.domain.refusal import RefusedError
from shared.host.service import Call
from tests.support.specification import specification
from tests.unit.services.recognition.domain import cases as c

case = specification(CASE)
achievement = specification(ACHIEVEMENT)

SECOND_COMPLAINT = UUID(int=41)
SECOND_LODGED = msgspec.structs.replace(c.LODGED, complaint_id=SECOND_COMPLAINT)
UPHELD = msgspec.structs.replace(
    c.UPHELD, answer="Đã đối chiếu lại danh sách: đủ người tham gia.", remedy="new_decision"
)
REOPENED = CaseReopened(
    case_id=c.CASE_ID,
    model=c.MODEL,
    complaint_id=c.COMPLAINT_ID,
    former_decision="16-QĐ/ĐU",
    reopened_on=c.TODAY,
)
DECLINED = (*c.DECLINED_CASE, c.LODGED)
WITHDRAW = WithdrawDuplicate(other_case=c.OTHER_CASE, reason="Hai đoạn đường khác nhau.")


def answer(complaint: UUID = c.COMPLAINT_ID) -> AnswerComplaint:
    return c.answering(msgspec.structs.replace(UPHELD, complaint_id=complaint), rules=None)


# --- a new decision ---------------------------------------------------------------------------


def test_a_refusal_whose_complaint_is_upheld_is_decided_anew() -> None:
    case.given(*DECLINED).when(answer()).then(UPHELD, REOPENED)
    case.given(*DECLINED, UPHELD, REOPENED).when(c.recognize()).then(c.RECOGNIZED)


def test_of_what_was_recognised_there_is_no_new_decision() -> None:
    case.given(*c.RECOGNIZED_CASE, c.LODGED).when(answer()).then_refused(
        after_refusals.REMEDY_FOR_REFUSALS
    )


def test_another_complaint_that_is_upheld_meanwhile_opens_it_no_second_time() -> None:
    second = msgspec.structs.replace(UPHELD, complaint_id=SECOND_COMPLAINT)
    case.given(*DECLINED, SECOND_LODGED, UPHELD, REOPENED).when(answer(SECOND_COMPLAINT)).then(
        second
    )


def test_the_undone_refusal_stays_in_sight() -> None:
    state = CASE.fold((*DECLINED, UPHELD, REOPENED, c.RECOGNIZED))
    assert [one.declined for one in state.former] == [c.DECLINED]
    assert state.decision == c.RECOGNIZED


# --- one achievement, one recognition ---------------------------------------------------------


def test_a_reopened_case_enters_the_row_again_behind_all_others() -> None:
    row = (c.entered(c.CASE_ID), c.entered(c.OTHER_CASE))
    last = c.entered(c.CASE_ID, c.COMPLAINT_ID)
    achievement.given(*row).when(c.entering(c.CASE_ID, c.COMPLAINT_ID)).then(last)
    achievement.given(*row, last).when(c.entering(c.CASE_ID, c.COMPLAINT_ID)).then_nothing()
    state = ACHIEVEMENT.fold((*row, last))
    assert state.before(c.CASE_ID) == (row[1],)
    assert state.before(c.OTHER_CASE) == ()


def test_it_names_those_it_now_waits_for() -> None:
    found = c.duplicate_by_name(c.OTHER_CASE)
    naming = RecordEarlier(earlier=(c.entered(c.OTHER_CASE),))
    history = (*DECLINED, UPHELD, REOPENED)
    case.given(*history).when(naming).then(found)
    case.given(*history, found).when(naming).then_nothing()
    case.given(*history, c.RECOGNIZED).when(naming).then_nothing()


def test_before_it_stands_there_nothing_is_recognised() -> None:
    waiting = msgspec.structs.replace(c.recognize(), earlier=None)
    case.given(*DECLINED, UPHELD, REOPENED).when(waiting).then_refused(case_refusals.NOT_IN_ITS_ROW)


def test_a_case_that_stands_behind_is_not_waited_for() -> None:
    behind = c.earlier(stands_behind=True)
    case.given(*c.DUPLICATE_CASE).when(c.recognize(behind)).then(c.RECOGNIZED)


# --- a finding that was wrong -----------------------------------------------------------------


def test_a_finding_of_people_can_be_taken_back_with_a_reason() -> None:
    withdrawn = DuplicateWithdrawn(
        case_id=c.CASE_ID, model=c.MODEL, other_case=c.OTHER_CASE, reason=WITHDRAW.reason
    )
    case.given(*c.DUPLICATE_CASE).when(WITHDRAW).then(withdrawn)
    case.given(*c.DUPLICATE_CASE, withdrawn).when(c.recognize()).then(c.RECOGNIZED)
    case.given(*c.DUPLICATE_CASE, withdrawn).when(WITHDRAW).then_refused(
        case_refusals.DUPLICATE_UNKNOWN
    )


def test_the_same_holder_name_and_place_is_no_finding_to_take_back() -> None:
    by_name = msgspec.structs.replace(c.DUPLICATE, finding=None)
    case.given(c.OPENED, by_name).when(WITHDRAW).then_refused(case_refusals.DUPLICATE_BY_NAME)


def test_after_the_decision_no_finding_is_taken_back() -> None:
    history = (*c.DUPLICATE_CASE, c.DECLINED)
    case.given(*history).when(WITHDRAW).then_refused(case_refusals.ALREADY_DECIDED)


# --- whatever happens between looking and signing -----------------------------------------------


@dataclass
class Streams:
    """The streams of three cases and of the row: each append expects what was read of its own stream."""

    events: dict[UUID, tuple[Any, ...]] = field(default_factory=dict)
    looks: dict[CaseId, tuple[int, Recognize]] = field(default_factory=dict)
    complaints: int = 0

    async def load(self, decider: Decider[Any, Any, Any], stream: UUID) -> "_Loaded":
        return _Loaded(decider.fold(self.events.get(stream, ())))

    def append(self, decider: Decider[Any, Any, Any], stream: UUID, command: object) -> None:
        before = self.events.get(stream, ())
        try:
            after = decider.decide(decider.fold(before), command)
        except RefusedError:
            return
        self.events[stream] = (*before, *after)

    def state(self, one: CaseId) -> Case:
        return CASE.fold(self.events[one])


@dataclass(frozen=True)
class _Loaded:
    state: Any
    event_id: UUID | None = None


CASES = tuple(CaseId(UUID(int=500 + number)) for number in range(3))
STEPS = st.lists(
    st.tuples(
        st.sampled_from(CASES),
        st.sampled_from(["look", "sign", "look and sign", "decline", "reopen", "enter"]),
    ),
    max_size=40,
)


def opened(streams: Streams, one: CaseId) -> None:
    streams.append(ACHIEVEMENT, c.ACHIEVEMENT_ID, c.entering(one))
    row = ACHIEVEMENT.fold(streams.events[c.ACHIEVEMENT_ID])
    naming = RecordEarlier(earlier=row.before(one))
    streams.events[one] = (msgspec.structs.replace(c.OPENED, case_id=one), c.COMPETENT)
    streams.append(CASE, one, naming)


def step(streams: Streams, one: CaseId, what: str) -> None:
    state, events = streams.state(one), streams.events[one]
    if what == "look and sign":
        step(streams, one, "look")
        step(streams, one, "sign")
    elif what == "look":
        call = cast("Call[Any]", streams)
        earlier, _ = asyncio.run(earlier_facts.of(call, state, state.opened or c.OPENED))
        command = msgspec.structs.replace(c.recognize(), earlier=earlier)
        streams.looks[one] = (len(events), command)
    elif what == "sign" and one in streams.looks:
        revision, command = streams.looks.pop(one)
        if revision == len(events):
            streams.append(CASE, one, command)
    elif what == "decline" and state.decision is None:
        streams.events[one] = (*events, msgspec.structs.replace(c.DECLINED, case_id=one))
    elif what == "reopen":
        streams.complaints += 1
        complaint = UUID(int=900 + streams.complaints)
        lodged = msgspec.structs.replace(c.LODGED, case_id=one, complaint_id=complaint)
        streams.events[one] = (*events, lodged)
        streams.append(CASE, one, answer(complaint))
    elif what == "enter" and state.reopened is not None:
        again = state.reopened.complaint_id
        streams.append(ACHIEVEMENT, c.ACHIEVEMENT_ID, c.entering(one, again))
        row = ACHIEVEMENT.fold(streams.events[c.ACHIEVEMENT_ID])
        streams.append(CASE, one, RecordEarlier(earlier=row.before(one)))


@given(STEPS)
@example(
    [
        (CASES[0], "decline"),
        (CASES[1], "look and sign"),
        (CASES[0], "reopen"),
        (CASES[0], "look and sign"),
    ]
)
@example(
    [
        (CASES[0], "decline"),
        (CASES[1], "look"),
        (CASES[0], "reopen"),
        (CASES[0], "enter"),
        (CASES[0], "look and sign"),
        (CASES[1], "sign"),
    ]
)
def test_however_looking_signing_and_reopening_interleave_it_is_recognised_once(
    steps: list[tuple[CaseId, str]],
) -> None:
    streams = Streams()
    for one in CASES:
        opened(streams, one)
    for one, what in steps:
        step(streams, one, what)
    events: list[CaseEvent] = [event for one in CASES for event in streams.events[one]]
    assert sum(isinstance(event, Recognized) for event in events) <= 1


def test_of_cases_that_are_all_reopened_one_can_still_be_recognised() -> None:
    streams = Streams()
    for one in CASES:
        opened(streams, one)
    for what in ("decline", "reopen", "enter", "look", "sign"):
        for one in CASES:
            step(streams, one, what)
    assert [isinstance(streams.state(one).decision, Recognized) for one in CASES] == [
        True,
        False,
        False,
    ]


def test_a_duplicate_under_another_name_reopened_stands_behind_the_one_that_named_it() -> None:
    streams, elsewhere = Streams(), AchievementId(UUID(int=77))
    one, other = CASES[:2]
    opened(streams, one)
    streams.events[other] = (
        msgspec.structs.replace(c.OPENED, case_id=other, achievement=elsewhere),
        c.COMPETENT,
        msgspec.structs.replace(c.DUPLICATE, case_id=other, other_case=one),
    )
    streams.append(ACHIEVEMENT, elsewhere, c.entering(other))
    step(streams, one, "decline")
    step(streams, other, "look")
    assert (
        streams.looks[other][1].earlier is None
    )  # the reaction has not entered it in the other row
    streams.append(ACHIEVEMENT, c.ACHIEVEMENT_ID, c.entering(other))
    for what in ("reopen", "enter"):
        step(streams, one, what)
    for who in (one, other):
        for what in ("look", "sign"):
            step(streams, who, what)
    assert streams.state(one).decision is None
    assert isinstance(streams.state(other).decision, Recognized)
