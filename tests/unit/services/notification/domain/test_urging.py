"""A body is urged for what is overdue, on record, and not twice for the same without a reason (clause IV.2)."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.notification.domain import urging
from services.notification.domain.urging import URGING, Overdue, UrgeBody
from shared.contracts.notification import BodyUrged, UrgedMatter
from shared.contracts.values import ModelId, OrganizationId
from shared.domain.refusal import RefusedError
from tests.support.specification import specification

BODY, OFFICE = OrganizationId(UUID(int=1)), OrganizationId(UUID(int=2))
MODEL, DEADLINE, URGING_ID = ModelId(UUID(int=3)), UUID(int=4), UUID(int=5)
LAST_DAY, ISSUED_ON = date(2026, 9, 30), date(2026, 10, 10)
NOON = datetime(2026, 10, 10, 5, tzinfo=UTC)
letter = specification(URGING)

urge = UrgeBody(
    body=BODY,
    document_number="12-CV/VP",
    issued_on=ISSUED_ON,
    deadlines=(DEADLINE,),
    text="Đề nghị khẩn trương thực hiện.",
    urging_id=URGING_ID,
    urged_by=OFFICE,
    overseers=(OFFICE,),
    overdue=(
        Overdue(
            deadline_id=DEADLINE,
            matter="written_results",
            model=MODEL,
            last_day=LAST_DAY,
            urging_days=15,
        ),
    ),
    at=NOON,
)
urged = BodyUrged(
    urging_id=URGING_ID,
    body=BODY,
    urged_by=OFFICE,
    document_number="12-CV/VP",
    issued_on=ISSUED_ON,
    text=urge.text,
    matters=(
        UrgedMatter(deadline_id=DEADLINE, matter="written_results", model=MODEL, last_day=LAST_DAY),
    ),
)


def again(days: int, reason: str | None = None) -> UrgeBody:
    return replace(
        urge,
        document_number=f"{days}-CV/VP",
        issued_on=ISSUED_ON + timedelta(days=days),
        at=NOON + timedelta(days=days),
        reason=reason,
    )


def test_a_body_is_urged_for_what_is_overdue() -> None:
    letter.given().when(urge).then(urged)


def test_the_same_letter_again_stays_quiet() -> None:
    letter.given(urged).when(urge).then_nothing()


def test_its_number_with_other_content_is_refused() -> None:
    letter.given(urged).when(replace(urge, text="Khác.")).then_refused(urging.NUMBER_TAKEN)


def test_what_is_not_overdue_is_refused() -> None:
    refused = letter.given().when(replace(urge, overdue=())).then_refused(urging.NOT_OVERDUE)
    assert refused.refusal.clause == "IV.2"


def test_a_date_ahead_is_refused() -> None:
    ahead = replace(urge, issued_on=ISSUED_ON + timedelta(days=1))
    letter.given().when(ahead).then_refused(urging.ISSUED_AHEAD)


@pytest.mark.parametrize("days", [0, 14])
def test_for_the_same_it_is_urged_again_after_the_days_or_for_a_reason(days: int) -> None:
    refused = letter.given(urged).when(again(days)).then_refused(urging.URGED_LATELY)
    assert refused.refusal.practice == "urging_days"
    assert URGING.decide(URGING.fold([urged]), again(days, "Sát ngày hội nghị."))
    assert URGING.decide(URGING.fold([urged]), again(15))


@given(st.lists(st.integers(0, 20), max_size=20))
def test_without_a_reason_no_two_letters_about_the_same_lie_closer_than_the_days(
    pauses: list[int],
) -> None:
    state, sent, day = URGING.initial_state, list[date](), 0
    for pause in pauses:
        day += pause
        try:
            events = URGING.decide(state, again(day))
        except RefusedError:
            continue
        state = URGING.fold(events, state)
        sent += [event.issued_on for event in events]
    assert all((later - former).days >= 15 for former, later in pairwise(sent))
