"""Site visits: scheduled, moved, recorded with who was there; a rule set may ask for one."""

from datetime import date, timedelta
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.evaluation.domain.appraisal import APPRAISAL
from services.evaluation.domain.appraisal_state import (
    ALREADY_APPRAISED,
    DISCONTINUED,
    UNKNOWN,
    AppraisalEvent,
)
from services.evaluation.domain.scoring import SITE_UNVISITED, CompleteAppraisal
from services.evaluation.domain.team import NOT_AN_APPRAISER
from services.evaluation.domain.visits import (
    VISIT_AHEAD,
    VISIT_BACKDATED,
    VISIT_DONE,
    VISIT_UNKNOWN,
    VISIT_WITHOUT_VISITOR,
    VISITS_FULL,
    VISITS_MAX,
    RecordVisit,
    ScheduleVisit,
    refuse_unknown_visit,
)
from shared.contracts.appraisal import SiteVisited, SiteVisitScheduled
from shared.contracts.values import Forgettable
from shared.domain.refusal import RefusedError
from tests.support.specification import specification
from tests.unit.services.evaluation.domain.dossiers import (
    COMPLETE,
    NOW,
    STANDARD,
    appraised,
    discontinued,
    gate,
    opened,
    scores,
)
from tests.unit.services.evaluation.domain.teams import ANNA, BINH, CHI, team_of

appraisal = specification(APPRAISAL)
TODAY = date(2026, 10, 5)
VISIT = UUID(int=900)
NAMES = Forgettable(payload=UUID(int=901), commitment="e" * 64)
replace = msgspec.structs.replace

schedule = ScheduleVisit(on=TODAY, place="Nhà văn hóa bản Cửa Rào", visit=VISIT, at=NOW)
scheduled = SiteVisitScheduled(
    appraisal_id=opened.appraisal_id,
    model=opened.model,
    visit_id=VISIT,
    on=TODAY,
    place=schedule.place,
)
record = RecordVisit(
    on=TODAY,
    place=schedule.place,
    findings="Đường hoa dài 1,2 km, dân tự quản từng đoạn.",
    visit=VISIT,
    visitors=NAMES,
    at=NOW,
)
visited = SiteVisited(
    appraisal_id=opened.appraisal_id,
    model=opened.model,
    visit_id=VISIT,
    on=TODAY,
    place=record.place,
    appraisers=(),
    visitors=NAMES,
    findings=record.findings,
)


def test_a_visit_is_scheduled_and_may_be_moved() -> None:
    appraisal.given(opened).when(schedule).then(scheduled)
    appraisal.given(opened, scheduled).when(schedule).then_nothing()
    later = TODAY + timedelta(days=2)
    appraisal.given(opened, scheduled).when(replace(schedule, on=later)).then(
        replace(scheduled, on=later)
    )


def test_it_is_scheduled_from_today_on_and_not_moved_once_it_took_place() -> None:
    yesterday = replace(schedule, on=TODAY - timedelta(days=1))
    appraisal.given(opened).when(yesterday).then_refused(VISIT_BACKDATED)
    appraisal.given(opened, visited).when(schedule).then_refused(VISIT_DONE)


def test_a_visit_is_recorded_whether_it_was_scheduled_or_not_and_may_be_recorded_anew() -> None:
    appraisal.given(opened, scheduled).when(record).then(visited)
    appraisal.given(opened).when(record).then(visited)
    appraisal.given(opened, visited).when(record).then_nothing()
    other = replace(record, findings="Đo lại: 1,1 km.")
    appraisal.given(opened, visited).when(other).then(replace(visited, findings="Đo lại: 1,1 km."))


def test_it_says_who_was_there_and_appraisers_are_the_teams() -> None:
    nobody = replace(record, visitors=None)
    appraisal.given(opened).when(nobody).then_refused(VISIT_WITHOUT_VISITOR)
    team = (opened, team_of(ANNA, BINH))
    anna = replace(nobody, appraisers=(ANNA.appraiser_id,))
    appraisal.given(*team).when(anna).then(
        replace(visited, visitors=None, appraisers=(ANNA.appraiser_id,))
    )
    foreign = replace(nobody, appraisers=(CHI.appraiser_id,))
    appraisal.given(*team).when(foreign).then_refused(NOT_AN_APPRAISER)


def test_what_is_still_to_come_was_not_found() -> None:
    ahead = replace(record, on=TODAY + timedelta(days=1))
    appraisal.given(opened).when(ahead).then_refused(VISIT_AHEAD)


def test_where_the_rules_ask_for_a_visit_nothing_is_complete_without_one() -> None:
    complete = CompleteAppraisal(
        summary=appraised.summary,
        standard=STANDARD,
        score_rule="mean",
        site_visit="required",
        at=NOW,
    )
    ready: tuple[AppraisalEvent, ...] = (opened, gate, *scores)
    refused = appraisal.given(*ready, scheduled).when(complete).then_refused(SITE_UNVISITED)
    assert refused.refusal.practice == "site_visit"
    appraisal.given(*ready, visited).when(complete).then(appraised)
    appraisal.given(*ready).when(replace(complete, site_visit="optional")).then(appraised)


def test_there_are_so_many_visits_and_no_more() -> None:
    many = tuple(replace(visited, visit_id=UUID(int=n)) for n in range(VISITS_MAX))
    appraisal.given(opened, *many).when(record).then_refused(VISITS_FULL)
    appraisal.given(opened, *many).when(schedule).then_refused(VISITS_FULL)
    known = replace(record, visit=UUID(int=1), findings="Khác.")
    appraisal.given(opened, *many).when(known).then(
        replace(visited, visit_id=UUID(int=1), findings="Khác.")
    )


def test_a_visit_that_is_named_is_there() -> None:
    state = APPRAISAL.fold((opened, scheduled))
    refuse_unknown_visit(state, VISIT)
    refuse_unknown_visit(state, None)
    with pytest.raises(RefusedError) as caught:
        refuse_unknown_visit(state, UUID(int=1))
    assert caught.value.refusal == VISIT_UNKNOWN


@pytest.mark.parametrize("command", [schedule, record])
def test_nobody_visits_for_what_never_opened_is_complete_or_has_ended(
    command: ScheduleVisit | RecordVisit,
) -> None:
    appraisal.given().when(command).then_refused(UNKNOWN)
    appraisal.given(*COMPLETE).when(command).then_refused(ALREADY_APPRAISED)
    appraisal.given(opened, discontinued).when(command).then_refused(DISCONTINUED)


@given(days=st.integers(min_value=-400, max_value=400))
def test_a_day_is_either_to_be_or_has_been(days: int) -> None:
    state, on = APPRAISAL.fold((opened,)), TODAY + timedelta(days=days)

    def takes(command: ScheduleVisit | RecordVisit) -> bool:
        try:
            return bool(APPRAISAL.decide(state, command))
        except RefusedError:
            return False

    assert takes(replace(schedule, on=on)) == (days >= 0)
    assert takes(replace(record, on=on)) == (days <= 0)
