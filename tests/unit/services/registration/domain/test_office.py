"""Offices: handed over from a day on, by whoever holds them, back again too."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registration.domain.office import (
    HANDED_OVER_BY_DELEGATE,
    HANDED_OVER_IN_THE_PAST,
    HANDED_TO_ONESELF,
    OFFICE,
    OFFICE_NOT_HELD,
    HandOverOffice,
)
from shared.contracts.standing import OfficeHandedOver
from shared.contracts.values import OfficeId, OrganizationId
from shared.domain.refusal import RefusedError
from tests.support.specification import specification

OFFICE_ID = OfficeId(UUID(int=8))
COMMITTEE = OrganizationId(UUID(int=1))
NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)

hand_over = HandOverOffice(
    organization=COMMITTEE,
    role="signer",
    predecessor="lan",
    successor="nam",
    effective_on=TODAY,
    document="Quyết định số 12-QĐ/ĐU",
    office_id=OFFICE_ID,
    by="lan",
    by_delegation=False,
    at=NOW,
)


def handed_over(predecessor: str, successor: str, on: date = TODAY) -> OfficeHandedOver:
    return OfficeHandedOver(
        office_id=OFFICE_ID,
        organization=COMMITTEE,
        role="signer",
        predecessor=predecessor,
        successor=successor,
        effective_on=on,
        document=hand_over.document,
    )


spec = specification(OFFICE)


def test_it_goes_to_the_successor() -> None:
    spec.given().when(hand_over).then(handed_over("lan", "nam"))


def test_the_same_handover_again_stays_quiet() -> None:
    spec.given(handed_over("lan", "nam")).when(hand_over).then_nothing()


@pytest.mark.parametrize(
    "command,refusal",
    [
        (msgspec.structs.replace(hand_over, by_delegation=True), HANDED_OVER_BY_DELEGATE),
        (msgspec.structs.replace(hand_over, successor="lan"), HANDED_TO_ONESELF),
        (msgspec.structs.replace(hand_over, effective_on=TODAY - DAY), HANDED_OVER_IN_THE_PAST),
    ],
    ids=lambda given: getattr(given, "code", ""),
)
def test_it_is_refused(command: HandOverOffice, refusal: object) -> None:
    spec.given().when(command).then_refused(refusal)  # type: ignore[arg-type]


def test_who_has_left_hands_nothing_over() -> None:
    again = msgspec.structs.replace(hand_over, successor="thu")
    spec.given(handed_over("lan", "nam")).when(again).then_refused(OFFICE_NOT_HELD)


def test_it_can_come_back() -> None:
    back = msgspec.structs.replace(hand_over, predecessor="nam", successor="lan")
    came, went = handed_over("lan", "nam"), handed_over("nam", "lan")
    spec.given(came).when(back).then(went)
    onwards = msgspec.structs.replace(hand_over, successor="thu")
    spec.given(came, went).when(onwards).then(handed_over("lan", "thu"))


def test_until_the_day_comes_it_is_still_held() -> None:
    later = handed_over("lan", "nam", TODAY + 30 * DAY)
    sooner = msgspec.structs.replace(hand_over, successor="thu")
    spec.given(later).when(sooner).then(handed_over("lan", "thu"))


@given(
    st.lists(
        st.tuples(
            st.sampled_from("abc"), st.sampled_from("abc"), st.integers(min_value=0, max_value=5)
        ),
        max_size=12,
    )
)
def test_nobody_hands_over_what_is_recorded_as_left_by_that_day(
    wanted: list[tuple[str, str, int]],
) -> None:
    state = OFFICE.initial_state
    for predecessor, successor, days in wanted:
        command = msgspec.structs.replace(
            hand_over,
            predecessor=predecessor,
            successor=successor,
            effective_on=TODAY + days * DAY,
        )
        left = state.has_left(predecessor, command.effective_on)
        try:
            events = OFFICE.decide(state, command)
        except RefusedError:
            continue
        assert not events or not left
        state = OFFICE.fold(events, state)
