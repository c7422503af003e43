"""The events of one model's year, as other services would record them."""

from datetime import date
from uuid import UUID

from msgspec.structs import replace

from shared.contracts.appraisal import (
    AdviceIssued,
    AppraisalOpened,
    Appraised,
    PostingClosed,
    PostingOpened,
)
from shared.contracts.evaluation import (
    Addressees,
    BallotOpened,
    BallotTallied,
    CouncilMakeup,
    Fraction,
    Quota,
    RuleSetAdopted,
    RuleSettings,
    Setting,
    VoteCast,
)
from shared.contracts.holding import HolderChanged
from shared.contracts.recognition import Advice
from shared.contracts.registration import (
    CalendarSet,
    CompetenceAssigned,
    ModelRegistered,
    ModelWithdrawn,
    MovementLaunched,
    OrganizationCreated,
    OrganizationLineChanged,
    SiteSurveyed,
)
from shared.contracts.values import (
    Aim,
    AppraisalId,
    BallotId,
    CompetenceClause,
    CouncilId,
    CriteriaSetId,
    Forgettable,
    Likeness,
    LineKind,
    ModelId,
    MovementId,
    OrganizationId,
    RuleSetId,
    SittingId,
)

START = date(2025, 7, 1)


def organization(number: int) -> OrganizationId:
    return OrganizationId(UUID(f"018f0000-0000-7000-8000-{number:012d}"))


CELL, COMMITTEE, SECTION, OFFICE, UNION, ELSEWHERE = (organization(n) for n in range(1, 7))
MODEL = ModelId(UUID("018f0000-0000-7000-8000-0000000000a1"))
MOVEMENT = MovementId(UUID("018f0000-0000-7000-8000-0000000000a2"))
RULE_SET = RuleSetId(UUID("018f0000-0000-7000-8000-0000000000a3"))
APPRAISAL = AppraisalId(UUID("018f0000-0000-7000-8000-0000000000a4"))
BALLOT = BallotId(UUID("018f0000-0000-7000-8000-0000000000a5"))
SITTING = SittingId(UUID("018f0000-0000-7000-8000-0000000000ab"))
COUNCIL = CouncilId(UUID("018f0000-0000-7000-8000-0000000000a6"))
CRITERIA = CriteriaSetId(UUID("018f0000-0000-7000-8000-0000000000a7"))
VOTER = UUID("018f0000-0000-7000-8000-0000000000b1")
PERSON = Forgettable(payload=UUID("018f0000-0000-7000-8000-0000000000b2"), commitment="ab" * 32)
MODEL_NAME = "Đường hoa bản Cửa Rào"
YEAR = 2026


def created(body: OrganizationId, name: str) -> OrganizationCreated:
    return OrganizationCreated(
        organization_id=body,
        name=name,
        kind="party_cell",
        level="commune",
        place="xa-mon-son",
        established_on=START,
    )


def line(
    body: OrganizationId, kind: LineKind, superior: OrganizationId | None
) -> OrganizationLineChanged:
    return OrganizationLineChanged(
        organization_id=body, line=kind, superior=superior, valid_from=START
    )


def competence(body: OrganizationId, clause: CompetenceClause) -> CompetenceAssigned:
    return CompetenceAssigned(
        organization_id=body,
        clause=clause,
        advised_by=SECTION,
        valid_from=START,
        source="Hướng dẫn I.2.2",
    )


LAUNCHED = MovementLaunched(
    movement_id=MOVEMENT,
    name="Dân vận khéo",
    first_year=YEAR,
    last_year=YEAR + 4,
    legal_bases=("01-HD/BTGDV",),
    launching_body=OFFICE,
    rule_set=RULE_SET,
    rule_set_version=1,
)
CALENDAR = CalendarSet(
    movement_id=MOVEMENT,
    year=YEAR,
    registration_opens=date(YEAR, 1, 1),
    registration_closes=date(YEAR, 3, 31),
    results_before=date(YEAR, 10, 1),
    month_from=date(YEAR, 10, 1),
    month_to=date(YEAR, 10, 31),
)

SETTINGS = RuleSettings(
    categories=Setting(value=(), source="guideline I.1.1"),
    survey_gate=Setting(value="before_registration", source="guideline III.1.1b"),
    lateness_effect=Setting(value="accept_with_reason", source="practice: mẫu"),
    posting_working_days=Setting(value=10, source="practice: mẫu"),
    holidays=Setting(value=(date(YEAR, 1, 1), date(YEAR + 1, 1, 1)), source="practice: mẫu"),
    ballot_mode=Setting(value="open", source="practice: mẫu"),
    quorum=Setting(value=Fraction(numerator=2, denominator=3), source="practice: mẫu"),
    threshold=Setting(value=Fraction(numerator=1, denominator=2), source="practice: mẫu"),
    threshold_denominator=Setting(value="all", source="practice: mẫu"),
    written_votes=Setting(value="allowed", source="practice: mẫu"),
    outside_month=Setting(value="reason_required", source="practice: mẫu"),
    score_rule=Setting(value="mean", source="practice: mẫu"),
    site_visit=Setting(value="optional", source="practice: mẫu"),
    divergence=Setting(value=Fraction(numerator=3, denominator=10), source="practice: mẫu"),
    council=Setting(
        value=CouncilMakeup(voters_min=3, single_roles=("chair", "secretary")),
        source="practice: mẫu",
    ),
    minutes=Setting(value=(), source="practice: mẫu"),
    tie_rule=Setting(value="not_adopted", source="practice: mẫu"),
    ballot_repeats_max=Setting(value=3, source="practice: mẫu"),
    models_per_unit=Setting(value=Quota(at_least=0, at_most=None), source="practice: mẫu"),
    registration_items=Setting(value=(), source="practice: mẫu"),
    sub_fields=Setting(value=(), source="practice: mẫu"),
    supplements_max=Setting(value=1, source="practice: mẫu"),
    registration_answer_working_days=Setting(value=5, source="practice: mẫu"),
    term_years_max=Setting(value=3, source="practice: mẫu"),
    similarity=Setting(
        value=Likeness(name_percent=60, place_percent=70, content_percent=60),
        source="practice: mẫu",
    ),
    quiet_after_days=Setting(value=60, source="practice: mẫu"),
    help_days=Setting(value=15, source="practice: mẫu"),
    exemplar_basis=Setting(value="recognised", source="practice: mẫu"),
    reminder_days=Setting(value=(30, 7, 1), source="practice: mẫu"),
    escalation_days=Setting(value=7, source="practice: mẫu"),
    urging_days=Setting(value=15, source="practice: mẫu"),
    complaint_days=Setting(value=90, source="practice: mẫu"),
    revocation_report_days=Setting(value=7, source="practice: mẫu"),
    revocation_decision_working_days=Setting(value=5, source="practice: mẫu"),
    proposal=Setting(value="none", source="practice: mẫu"),
    same_achievement=Setting(value="recognised_once", source="practice: mẫu"),
    recipients=Setting(value=(Addressees(relation="below"),), source="practice: mẫu"),
)
RULES = RuleSetAdopted(
    rule_set_id=RULE_SET,
    version=1,
    adopted_by=OFFICE,
    title="Quy định mẫu",
    document_number="01-HD/BTGDV",
    issued_on=date(YEAR, 1, 1),
    effective_on=date(YEAR, 1, 1),
    expires_on=None,
    settings=SETTINGS,
    transition=Setting(value="stay", source="practice: mẫu"),
)


def with_settings(rules: RuleSetAdopted, **values: object) -> RuleSetAdopted:
    """The rule set with other values for some settings, each from the source it had."""
    changed = {
        name: replace(getattr(rules.settings, name), value=value) for name, value in values.items()
    }
    return replace(rules, settings=replace(rules.settings, **changed))


def surveyed(model: ModelId = MODEL) -> SiteSurveyed:
    return SiteSurveyed(
        model_id=model,
        surveyed_by=CELL,
        surveyed_on=date(YEAR, 1, 15),
        place="Bản Cửa Rào",
        situation="Đường làng nhiều cỏ dại.",
        advantages="Nhân dân đồng tình.",
        difficulties="Thiếu cây giống.",
    )


def registered(
    model: ModelId = MODEL,
    name: str = MODEL_NAME,
    *,
    aim: Aim = "model",
    deciding_body: OrganizationId = COMMITTEE,
) -> ModelRegistered:
    return ModelRegistered(
        model_id=model,
        movement=MOVEMENT,
        year=YEAR,
        aim=aim,
        name=name,
        address="Bản Cửa Rào, xã Môn Sơn",
        field="culture-society",
        content="Trồng và chăm sóc đường hoa.",
        basis="Nguyện vọng của người dân.",
        holder_kind="collective",
        holder=CELL,
        category="I.1.1-4",
        committee=COMMITTEE,
        launching_body=OFFICE,
        deciding_body=deciding_body,
        rule_set=RULE_SET,
        rule_set_version=1,
        answer_by=date(YEAR, 3, 9),
        holder_name="Chi bộ bản Cửa Rào",
    )


def holder_changed(model: ModelId = MODEL) -> HolderChanged:
    return HolderChanged(
        model_id=model,
        committee=COMMITTEE,
        former=CELL,
        holder=UNION,
        holder_kind="collective",
        category="I.1.1-4",
        reason="Chi bộ bàn giao cho chi hội.",
        agreement="Biên bản bàn giao số 3",
        holder_name="Chi hội Phụ nữ bản Cửa Rào",
    )


def withdrawn(model: ModelId = MODEL) -> ModelWithdrawn:
    return ModelWithdrawn(model_id=model, reason="Bản đã sáp nhập.")


def appraisal_opened() -> AppraisalOpened:
    return AppraisalOpened(
        appraisal_id=APPRAISAL,
        model=MODEL,
        movement=MOVEMENT,
        year=YEAR,
        aim="model",
        holder=CELL,
        committee=COMMITTEE,
        appraising_unit=SECTION,
        deciding_body=COMMITTEE,
        rule_set=RULE_SET,
        rule_set_version=1,
        criteria_set=CRITERIA,
        criteria_set_version=1,
        field="culture-society",
    )


def appraised(
    *, meets_standard: bool = True, model: ModelId = MODEL, appraisal: AppraisalId = APPRAISAL
) -> Appraised:
    return Appraised(
        appraisal_id=appraisal,
        model=model,
        year=YEAR,
        points=80 if meets_standard else 40,
        points_required=70,
        gates_passed=True,
        meets_standard=meets_standard,
        summary="Đã thẩm định thực tế.",
    )


def posting_opened() -> PostingOpened:
    return PostingOpened(
        appraisal_id=APPRAISAL,
        model=MODEL,
        opens_on=date(YEAR, 10, 1),
        closes_on=date(YEAR, 10, 14),
        where="Nhà văn hóa bản Cửa Rào",
    )


def posting_closed() -> PostingClosed:
    return PostingClosed(appraisal_id=APPRAISAL, model=MODEL, opinions=0)


def ballot_opened() -> BallotOpened:
    return BallotOpened(
        ballot_id=BALLOT,
        sitting=SITTING,
        appraisal_id=APPRAISAL,
        model=MODEL,
        council=COUNCIL,
        council_body=COMMITTEE,
        appraising_unit=SECTION,
        question="Công nhận mô hình?",
        electorate=(VOTER,),
        quorum=Fraction(numerator=2, denominator=3),
        threshold=Fraction(numerator=1, denominator=2),
        threshold_denominator="all",
        tie_rule="not_adopted",
        repeats_max=3,
        rule_set=RULE_SET,
        rule_set_version=1,
        round=1,
    )


def vote_cast() -> VoteCast:
    return VoteCast(ballot_id=BALLOT, pseudonym=VOTER, choice="approve")


def ballot_tallied() -> BallotTallied:
    return BallotTallied(
        ballot_id=BALLOT,
        appraisal_id=APPRAISAL,
        model=MODEL,
        eligible=1,
        present=1,
        consulted=0,
        approve=1,
        reject=0,
        abstain=0,
        lines=(),
        adopted=True,
        tied=False,
        repeatable=False,
    )


def advice_issued(
    advice: Advice = "recognise",
    *,
    model: ModelId = MODEL,
    appraisal: AppraisalId = APPRAISAL,
    deciding_body: OrganizationId = COMMITTEE,
    aim: Aim = "model",
) -> AdviceIssued:
    return AdviceIssued(
        appraisal_id=appraisal,
        model=model,
        movement=MOVEMENT,
        year=YEAR,
        aim=aim,
        holder=CELL,
        committee=COMMITTEE,
        appraising_unit=SECTION,
        deciding_body=deciding_body,
        advice=advice,
        reasons="Đạt tiêu chuẩn, hội đồng tán thành.",
        rule_set=RULE_SET,
        rule_set_version=1,
        ballot=BALLOT,
    )
