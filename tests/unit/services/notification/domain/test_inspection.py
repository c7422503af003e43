"""Inspections: what was found, what is to be remedied by when, and what the body did about it (clause IV.2)."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.notification.domain import inspection as rules
from services.notification.domain import inspection_refusals as refusals
from services.notification.domain.inspection import (
    INSPECTION,
    AcceptRemedy,
    CommentFindings,
    ConcludeInspection,
    InspectionCommand,
    InspectionEvent,
    OpenInspection,
    RecordFinding,
    ReportRemedy,
    ReturnRemedy,
    WithdrawInspection,
)
from shared.contracts.inspection import (
    FindingRecorded,
    FindingsCommented,
    Inspected,
    InspectionConcluded,
    InspectionOpened,
    InspectionWithdrawn,
    RemedyAccepted,
    RemedyReported,
    RemedyReturned,
)
from shared.contracts.values import (
    FindingId,
    InspectionId,
    MovementId,
    OrganizationId,
    RuleSetId,
)
from shared.domain.refusal import RefusedError
from tests.support.specification import specification

BODY, OFFICE = OrganizationId(UUID(int=1)), OrganizationId(UUID(int=2))
ONE = InspectionId(UUID(int=3))
FINDING, OTHER = FindingId(UUID(int=4)), FindingId(UUID(int=5))
BEGINS, ENDS = date(2026, 8, 12), date(2026, 8, 14)
DURING = datetime(2026, 8, 13, 3, tzinfo=UTC)
DUE = date(2026, 9, 10)
inspection = specification(INSPECTION)

inspected = Inspected(
    body=BODY,
    inspected_by=OFFICE,
    document_number="21-QĐ/BTGDV",
    rule_set=RuleSetId(UUID(int=6)),
    rule_set_version=1,
)
opening = OpenInspection(
    body=BODY,
    movement=MovementId(UUID(int=7)),
    document_number="21-QĐ/BTGDV",
    issued_on=date(2026, 8, 3),
    begins_on=BEGINS,
    ends_on=ENDS,
    purpose="Việc theo dõi, báo cáo tiến độ các mô hình.",
    inspectors=("Phó Trưởng phòng Đoàn thể",),
    inspection_id=ONE,
    inspection=inspected,
    overseers=(OFFICE,),
    at=datetime(2026, 8, 4, 3, tzinfo=UTC),
)
opened = InspectionOpened(
    inspection_id=ONE,
    inspection=inspected,
    movement=opening.movement,
    issued_on=opening.issued_on,
    begins_on=BEGINS,
    ends_on=ENDS,
    purpose=opening.purpose,
    inspectors=opening.inspectors,
)
finding = RecordFinding(
    nature="shortcoming",
    text="Hai mô hình không có báo cáo tháng 6.",
    about="III.2.1a",
    remedy="Báo cáo bổ sung, phân công người theo dõi.",
    remedy_by=DUE,
    finding_id=FINDING,
    at=DURING,
)
found = FindingRecorded(
    inspection_id=ONE,
    finding_id=FINDING,
    inspection=inspected,
    nature="shortcoming",
    text=finding.text,
    about="III.2.1a",
    remedy=finding.remedy,
    remedy_by=DUE,
)
concluding = ConcludeInspection(
    document_number="25-KL/BTGDV",
    concluded_on=date(2026, 8, 20),
    conclusion="Có tổ chức theo dõi; còn chậm báo cáo.",
    at=datetime(2026, 8, 21, 3, tzinfo=UTC),
)
concluded = InspectionConcluded(
    inspection_id=ONE,
    inspection=inspected,
    document_number="25-KL/BTGDV",
    concluded_on=date(2026, 8, 20),
    conclusion=concluding.conclusion,
)
reporting = ReportRemedy(text="Đã báo cáo bổ sung.", finding_id=FINDING, at=DURING)
reported = RemedyReported(
    inspection_id=ONE, finding_id=FINDING, inspection=inspected, text=reporting.text
)
returning = ReturnRemedy(
    reason="Chưa phân công ai.", remedy_by=DUE + timedelta(15), finding_id=FINDING, at=DURING
)
returned = RemedyReturned(
    inspection_id=ONE,
    finding_id=FINDING,
    inspection=inspected,
    reason=returning.reason,
    remedy_by=returning.remedy_by,
)
accepting = AcceptRemedy(finding_id=FINDING, at=DURING)
accepted = RemedyAccepted(inspection_id=ONE, finding_id=FINDING, inspection=inspected)
withdrawing = WithdrawInspection(reason="Nhầm đơn vị.", at=DURING)
withdrawn = InspectionWithdrawn(inspection_id=ONE, inspection=inspected, reason=withdrawing.reason)
commenting = CommentFindings(text="Cán bộ theo dõi nghỉ ốm.", at=DURING)
commented = FindingsCommented(inspection_id=ONE, inspection=inspected, text=commenting.text)


def test_an_inspection_is_opened_by_its_document() -> None:
    inspection.given().when(opening).then(opened)
    inspection.given(opened).when(opening).then_nothing()


def test_its_days_are_in_order_and_its_document_is_issued() -> None:
    inspection.given().when(replace(opening, ends_on=BEGINS - timedelta(1))).then_refused(
        refusals.DAYS_REVERSED
    )
    inspection.given().when(replace(opening, issued_on=date(2026, 8, 5))).then_refused(
        refusals.ISSUED_AHEAD
    )


def test_what_was_found_is_recorded_with_what_is_to_be_remedied_by_when() -> None:
    inspection.given(opened).when(finding).then(found)
    inspection.given(opened, found).when(finding).then_nothing()


def test_a_strength_stands_on_record_too_and_asks_for_nothing() -> None:
    strength = replace(finding, nature="strength", about=None, remedy=None, remedy_by=None)
    inspection.given(opened).when(strength).then(
        replace(found, nature="strength", about=None, remedy=None, remedy_by=None)
    )
    inspection.given(opened).when(replace(finding, nature="strength")).then_refused(
        refusals.STRENGTH_WITHOUT_REMEDY
    )


def test_a_finding_cites_a_clause_or_a_setting() -> None:
    practice = "practice: quiet_after_days"
    inspection.given(opened).when(replace(finding, about=practice)).then(
        replace(found, about=practice)
    )
    inspection.given(opened).when(replace(finding, about="IX.9")).then_refused(
        refusals.ABOUT_UNKNOWN
    )


def test_a_remedy_has_its_day_and_the_body_has_time_for_it() -> None:
    for half in (replace(finding, remedy=None), replace(finding, remedy_by=None)):
        inspection.given(opened).when(half).then_refused(refusals.REMEDY_INCOMPLETE)
    today = DURING.date()
    inspection.given(opened).when(replace(finding, remedy_by=today)).then_refused(
        refusals.REMEDY_BY_PAST
    )


def test_nothing_is_found_before_it_begins_nor_after_the_conclusion() -> None:
    early = replace(finding, at=datetime(2026, 8, 11, 3, tzinfo=UTC))
    inspection.given(opened).when(early).then_refused(refusals.NOT_BEGUN)
    inspection.given(opened, concluded).when(finding).then_refused(refusals.CONCLUDED)


def test_an_inspection_has_a_bounded_number_of_findings() -> None:
    history = [
        replace(found, finding_id=FindingId(UUID(int=100 + n))) for n in range(rules.FINDINGS_MAX)
    ]
    inspection.given(opened, *history).when(finding).then_refused(refusals.FINDINGS_FULL)


def test_the_body_says_what_it_has_to_say_before_the_conclusion() -> None:
    inspection.given(opened, found).when(commenting).then(commented)
    inspection.given(opened, commented).when(commenting).then_nothing()
    inspection.given(opened, concluded).when(commenting).then_refused(refusals.CONCLUDED)
    many = [replace(commented, text=f"Ý kiến {n}") for n in range(rules.COMMENTS_MAX)]
    inspection.given(opened, *many).when(commenting).then_refused(refusals.COMMENTS_FULL)


def test_it_is_concluded_once_by_a_document_of_its_own() -> None:
    inspection.given(opened, found).when(concluding).then(concluded)
    inspection.given(opened, concluded).when(concluding).then_nothing()
    other = replace(concluding, document_number="26-KL/BTGDV")
    inspection.given(opened, concluded).when(other).then_refused(refusals.CONCLUDED)
    ahead = replace(concluding, concluded_on=date(2026, 8, 22))
    inspection.given(opened).when(ahead).then_refused(refusals.ISSUED_AHEAD)
    before = replace(concluding, concluded_on=BEGINS - timedelta(1))
    inspection.given(opened).when(before).then_refused(refusals.NOT_BEGUN)


def test_one_that_was_opened_wrongly_is_withdrawn_before_anything_is_found() -> None:
    inspection.given(opened).when(withdrawing).then(withdrawn)
    inspection.given(opened, withdrawn).when(withdrawing).then_nothing()
    inspection.given(opened, found).when(withdrawing).then_refused(refusals.SOMETHING_FOUND)
    inspection.given(opened, concluded).when(withdrawing).then_refused(refusals.CONCLUDED)
    for command in (finding, commenting, concluding, reporting):
        inspection.given(opened, withdrawn).when(command).then_refused(refusals.WITHDRAWN)


def test_the_body_reports_its_remedy_also_after_the_conclusion() -> None:
    inspection.given(opened, found).when(reporting).then(reported)
    inspection.given(opened, found, concluded).when(reporting).then(reported)
    inspection.given(opened, found, reported).when(reporting).then_nothing()
    more = replace(reporting, text="Đã phân công người theo dõi.")
    inspection.given(opened, found, reported).when(more).then(replace(reported, text=more.text))


def test_what_was_reported_is_accepted_or_returned_with_a_new_day() -> None:
    inspection.given(opened, found, reported).when(accepting).then(accepted)
    inspection.given(opened, found, reported).when(returning).then(returned)
    inspection.given(opened, found, reported, returned).when(reporting).then(reported)
    past = replace(returning, remedy_by=DURING.date())
    inspection.given(opened, found, reported).when(past).then_refused(refusals.REMEDY_BY_PAST)
    inspection.given(opened, found, reported, accepted).when(accepting).then_nothing()


def test_there_is_nothing_to_accept_before_it_is_reported_and_nothing_to_add_after() -> None:
    for command in (accepting, returning):
        inspection.given(opened, found).when(command).then_refused(refusals.REMEDY_NOT_REPORTED)
        inspection.given(opened, found, reported, returned).when(command).then_refused(
            refusals.REMEDY_NOT_REPORTED
        )
    for late in (reporting, returning):
        inspection.given(opened, found, reported, accepted).when(late).then_refused(
            refusals.REMEDY_ACCEPTED
        )


def test_a_remedy_is_of_a_finding_that_asks_for_one() -> None:
    inspection.given(opened).when(reporting).then_refused(refusals.FINDING_UNKNOWN)
    strength = replace(found, nature="strength", remedy=None, remedy_by=None)
    inspection.given(opened, strength).when(reporting).then_refused(refusals.NO_REMEDY)


def test_there_is_nothing_to_do_about_an_inspection_that_is_not_there() -> None:
    for command in (finding, commenting, concluding, withdrawing, reporting, accepting):
        inspection.given().when(command).then_refused(refusals.UNKNOWN)


COMMANDS: st.SearchStrategy[InspectionCommand] = st.sampled_from(
    [
        opening,
        finding,
        replace(finding, finding_id=OTHER, remedy=None, remedy_by=None),
        commenting,
        concluding,
        withdrawing,
        reporting,
        returning,
        accepting,
    ]
)


@given(st.lists(COMMANDS, max_size=20))
def test_whatever_comes_nothing_is_found_after_the_end_and_each_remedy_is_accepted_at_most_once(
    commands: list[InspectionCommand],
) -> None:
    history: list[InspectionEvent] = []
    for command in commands:
        try:
            history += INSPECTION.decide(INSPECTION.fold(history), command)
        except RefusedError:
            continue
    names = [type(event).__name__ for event in history]
    assert names.count("InspectionOpened") <= 1
    assert names.count("RemedyAccepted") <= 1
    if "RemedyAccepted" in names:
        assert not {"RemedyReported", "RemedyReturned"} & set(
            names[names.index("RemedyAccepted") + 1 :]
        )
    for end in ("InspectionConcluded", "InspectionWithdrawn"):
        if end in names:
            after = set(names[names.index(end) + 1 :])
            assert not after & {"FindingRecorded", "FindingsCommented", "InspectionWithdrawn"}
            assert not after & {"InspectionConcluded"}
