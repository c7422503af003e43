"""A model's commands and the events they lead to, from survey to results, in the year 2026."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import msgspec

from services.registration.domain.facts import HolderFacts, MovementYear, RegistrationRules
from services.registration.domain.model import MODEL
from services.registration.domain.model_commands import (
    AcceptLateReport,
    HoldReportingSession,
    MissReportingSession,
    RegisterModel,
    ScheduleReportingSession,
    SubmitWrittenResults,
    SurveySite,
    WithdrawModel,
)
from services.registration.domain.plan import AdoptPlan
from shared.contracts.evaluation import Category, Quota
from shared.contracts.registration import (
    LatenessRecorded,
    LateReportAccepted,
    ModelRegistered,
    ModelWithdrawn,
    RegistrationAccepted,
    RegistrationReturned,
    ReportingSessionHeld,
    ReportingSessionMissed,
    ReportingSessionScheduled,
    ResultsReported,
    SiteSurveyed,
    WrittenResultsSubmitted,
)
from shared.contracts.running import CoreMember, Figure, PlanAdopted, Target
from shared.contracts.values import (
    Forgettable,
    Likeness,
    ModelId,
    MovementId,
    OrganizationId,
    RuleSetId,
)
from tests.support.specification import specification

MODEL_ID = ModelId(UUID(int=1))
HOLDER = OrganizationId(UUID(int=2))
COMMITTEE = OrganizationId(UUID(int=3))
LAUNCHING = OrganizationId(UUID(int=4))
DECIDING = OrganizationId(UUID(int=5))
MOVEMENT = MovementId(UUID(int=6))
JANUARY = datetime(2026, 1, 20, 8, tzinfo=UTC)
SEPTEMBER = datetime(2026, 9, 20, 8, tzinfo=UTC)
OCTOBER = datetime(2026, 10, 3, 8, tzinfo=UTC)

year = MovementYear(
    movement=MOVEMENT,
    year=2026,
    launching_body=LAUNCHING,
    registration_opens=date(2026, 1, 2),
    registration_closes=date(2026, 3, 31),
    results_before=date(2026, 10, 1),
    movement_ends_with=2030,
)
rules = RegistrationRules(
    rule_set=RuleSetId(UUID(int=7)),
    version=1,
    categories=(
        Category(id="I.1.1-4", holder_kind="collective", title="Chi bộ, tổ dân vận"),
        Category(id="I.1.2-2", holder_kind="individual", title="Người lao động"),
    ),
    survey_gate="before_registration",
    lateness_effect="accept_with_reason",
    answer_working_days=5,
    holidays=(date(2026, 1, 1), date(2026, 5, 1)),
    help_days=15,
    supplements_max=1,
    term_years_max=3,
    models_per_unit=Quota(at_least=0, at_most=None),
    similarity=Likeness(name_percent=60, place_percent=70, content_percent=60),
)
survey_site = SurveySite(
    model_id=MODEL_ID,
    surveyed_by=HOLDER,
    surveyed_on=date(2026, 1, 15),
    place="Bản Cằng, xã Môn Sơn",
    situation="Đường vào bản lầy lội.",
    advantages="Nhân dân đồng tình.",
    difficulties="Thiếu kinh phí.",
    at=JANUARY,
)
surveyed = SiteSurveyed(
    model_id=MODEL_ID,
    surveyed_by=HOLDER,
    surveyed_on=date(2026, 1, 15),
    place=survey_site.place,
    situation=survey_site.situation,
    advantages=survey_site.advantages,
    difficulties=survey_site.difficulties,
)
register = RegisterModel(
    model_id=MODEL_ID,
    movement=MOVEMENT,
    year=2026,
    name="Vận động nhân dân hiến đất làm đường",
    address="Bản Cằng, xã Môn Sơn",
    field="economy",
    content="Vận động các hộ hiến đất, góp công.",
    basis="Việc khó, nhân dân mong muốn.",
    holder_kind="collective",
    holder=HOLDER,
    holder_name="Chi bộ bản Cằng",
    category="I.1.1-4",
    committee=COMMITTEE,
    deciding_body=DECIDING,
    holder_facts=HolderFacts(organization=HOLDER, committees=(COMMITTEE,)),
    movement_year=year,
    rules=rules,
    at=JANUARY,
)
registered = ModelRegistered(
    model_id=MODEL_ID,
    movement=MOVEMENT,
    year=2026,
    aim="model",
    name=register.name,
    address=register.address,
    field="economy",
    content=register.content,
    basis=register.basis,
    holder_kind="collective",
    holder=HOLDER,
    holder_name="Chi bộ bản Cằng",
    category="I.1.1-4",
    committee=COMMITTEE,
    launching_body=LAUNCHING,
    deciding_body=DECIDING,
    rule_set=rules.rule_set,
    rule_set_version=1,
    answer_by=date(2026, 1, 27),
)
accepted = RegistrationAccepted(model_id=MODEL_ID, committee=COMMITTEE)
returned = RegistrationReturned(
    model_id=MODEL_ID, committee=COMMITTEE, reasons="Chưa rõ nguồn lực."
)
adopt_plan = AdoptPlan(
    targets=(Target(name="Đường bê tông", unit="m", goal=Decimal(800)),),
    measures="Họp dân, phân công từng hộ.",
    resources="Ngày công và đất của nhân dân.",
    starts_on=date(2026, 2, 1),
    ends_on=date(2026, 9, 30),
    at=JANUARY,
)
planned = PlanAdopted(
    model_id=MODEL_ID,
    targets=adopt_plan.targets,
    measures=adopt_plan.measures,
    milestones=(),
    resources=adopt_plan.resources,
    starts_on=adopt_plan.starts_on,
    ends_on=adopt_plan.ends_on,
)
team = (CoreMember(person=Forgettable(UUID(int=8), "ab"), role="Tổ trưởng", group="Tổ dân vận"),)
submit = SubmitWrittenResults(
    summary="Hoàn thành 820 m đường.",
    figures=(Figure(target="Đường bê tông", value=Decimal(820)),),
    households=65,
    movement_year=year,
    rules=rules,
    at=SEPTEMBER,
)
results = WrittenResultsSubmitted(
    model_id=MODEL_ID,
    year=2026,
    submitted_on=date(2026, 9, 20),
    summary=submit.summary,
    figures=submit.figures,
    households=65,
)
schedule_session = ScheduleReportingSession(
    held_on=date(2026, 9, 25), place="Hội trường xã", movement_year=year, at=SEPTEMBER
)
scheduled = ReportingSessionScheduled(
    model_id=MODEL_ID,
    year=2026,
    organizer=COMMITTEE,
    held_on=date(2026, 9, 25),
    place="Hội trường xã",
)
hold_session = HoldReportingSession(
    minutes="Biên bản số 5", at=datetime(2026, 9, 25, 4, tzinfo=UTC)
)
held = ReportingSessionHeld(
    model_id=MODEL_ID,
    year=2026,
    organizer=COMMITTEE,
    held_on=date(2026, 9, 25),
    minutes="Biên bản số 5",
)
reported = ResultsReported(model_id=MODEL_ID, year=2026, late=False, session="held")
miss_session = MissReportingSession(at=OCTOBER, movement_year=year)
missed = ReportingSessionMissed(
    model_id=MODEL_ID,
    year=2026,
    organizer=COMMITTEE,
    due_before=date(2026, 10, 1),
    written_results=False,
)
late_reason = "Bão làm chậm tiến độ."
submit_late = msgspec.structs.replace(submit, at=OCTOBER, reason=late_reason)
late_results = msgspec.structs.replace(results, submitted_on=date(2026, 10, 3))
lateness = LatenessRecorded(
    model_id=MODEL_ID,
    year=2026,
    due_before=date(2026, 10, 1),
    days_late=3,
    effect="accept_with_reason",
    reason=late_reason,
)
accept_late = AcceptLateReport(reason="Do thiên tai.", at=OCTOBER)
late_accepted = LateReportAccepted(
    model_id=MODEL_ID, year=2026, committee=COMMITTEE, reason="Do thiên tai."
)
withdraw = WithdrawModel(reason="Đơn vị sáp nhập.", at=SEPTEMBER)
withdrawn = ModelWithdrawn(model_id=MODEL_ID, reason="Đơn vị sáp nhập.")

running = (surveyed, registered, accepted, planned)
model = specification(MODEL)
