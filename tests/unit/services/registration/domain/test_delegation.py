"""Delegations: in writing, with dates, to another person, not passed on, ended before their time."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registration.domain.delegation import (
    DELEGATED_ON,
    DELEGATED_TO_ONESELF,
    DELEGATION,
    DELEGATION_ENDS_FIRST,
    DELEGATION_EXISTS,
    DELEGATION_IN_THE_PAST,
    DELEGATION_UNKNOWN,
    EndDelegation,
    GrantDelegation,
)
from shared.contracts.standing import DelegationEnded, DelegationGranted
from shared.contracts.values import DelegationId, OrganizationId
from tests.support.specification import specification

DELEGATION_ID = DelegationId(UUID(int=7))
COMMITTEE = OrganizationId(UUID(int=1))
NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)

grant = GrantDelegation(
    organization=COMMITTEE,
    role="signer",
    delegate="nam",
    valid_from=TODAY,
    valid_until=TODAY + 30 * DAY,
    document="Giấy ủy quyền số 3",
    delegation_id=DELEGATION_ID,
    by="lan",
    by_delegation=False,
    at=NOW,
)
granted = DelegationGranted(
    delegation_id=DELEGATION_ID,
    organization=COMMITTEE,
    role="signer",
    delegate="nam",
    valid_from=TODAY,
    valid_until=TODAY + 30 * DAY,
    document="Giấy ủy quyền số 3",
)
end = EndDelegation(ends_on=TODAY, reason="Người giữ chức vụ đã trở lại", at=NOW)
ended = DelegationEnded(delegation_id=DELEGATION_ID, ends_on=TODAY, reason=end.reason)
spec = specification(DELEGATION)


def test_it_is_granted_from_a_day_to_a_day() -> None:
    spec.given().when(grant).then(granted)


@pytest.mark.parametrize(
    "command,refusal",
    [
        (msgspec.structs.replace(grant, by_delegation=True), DELEGATED_ON),
        (msgspec.structs.replace(grant, delegate="lan"), DELEGATED_TO_ONESELF),
        (msgspec.structs.replace(grant, valid_until=TODAY - DAY), DELEGATION_ENDS_FIRST),
        (msgspec.structs.replace(grant, valid_from=TODAY - DAY), DELEGATION_IN_THE_PAST),
    ],
    ids=lambda given: getattr(given, "code", ""),
)
def test_it_is_refused(command: GrantDelegation, refusal: object) -> None:
    spec.given().when(command).then_refused(refusal)  # type: ignore[arg-type]


def test_it_is_granted_once() -> None:
    spec.given(granted).when(grant).then_refused(DELEGATION_EXISTS)


def test_it_is_ended_before_its_time_and_earlier_still() -> None:
    spec.given(granted).when(end).then(ended)
    later = msgspec.structs.replace(ended, ends_on=TODAY + 9 * DAY)
    spec.given(granted, later).when(end).then(ended)


def test_ending_what_has_ended_by_then_stays_quiet() -> None:
    spec.given(granted, ended).when(end).then_nothing()
    over = msgspec.structs.replace(end, ends_on=TODAY + 31 * DAY)
    spec.given(granted).when(over).then_nothing()


def test_what_was_done_under_it_stays_done() -> None:
    before = msgspec.structs.replace(end, ends_on=TODAY - DAY)
    spec.given(granted).when(before).then_refused(DELEGATION_IN_THE_PAST)


def test_what_was_never_granted_does_not_end() -> None:
    spec.given().when(end).then_refused(DELEGATION_UNKNOWN)


@given(st.lists(st.integers(0, 40), max_size=6))
def test_its_end_never_moves_later(days: list[int]) -> None:
    state = DELEGATION.fold([granted])
    for number in days:
        command = msgspec.structs.replace(end, ends_on=TODAY + number * DAY)
        before = state.ends_on
        state = DELEGATION.fold(DELEGATION.decide(state, command), state)
        assert before is None or (state.ends_on is not None and state.ends_on <= before)
