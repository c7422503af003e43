"""What periodic reports count: for each model what happened when, each fact with the event behind it."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Final, TypeVar

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table

from services.notification.domain.report_figures import Fact
from services.notification.tables import DATE_CHARACTERS, ID_CHARACTERS, TABLES
from shared.contracts.appraisal import AdviceIssued, Appraised
from shared.contracts.evaluation import RuleSetAdopted
from shared.contracts.event import Event
from shared.contracts.exemplar import (
    AwardOutcomeRecorded,
    AwardProposed,
    DependentRecognitionDecided,
    DependentRecognitionSuspended,
)
from shared.contracts.holding import HolderChanged
from shared.contracts.notification import PeriodicReportIssued
from shared.contracts.recognition import (
    Declined,
    DuplicateFound,
    DuplicateWithdrawn,
    RecognitionRevoked,
    Recognized,
)
from shared.contracts.registration import (
    HEARD_OF,
    ModelRegistered,
    ModelWithdrawn,
    MovementLaunched,
    OrganizationCreated,
    OrganizationMoved,
    OrganizationRenamed,
    RegistrationAccepted,
    RegistrationReturned,
    ReportingSessionMissed,
    ResultsReported,
)
from shared.contracts.running import (
    ModelEnded,
    ModelFellQuiet,
    ModelReattested,
    ModelResumed,
    ModelSuspended,
    PlanAdopted,
)
from shared.contracts.term import TermYearBegun
from shared.contracts.values import ModelId
from shared.domain.time import legal_date
from shared.host.copying import patches, puts, recorded_at
from shared.host.rows import Put, RowChange
from shared.host.service import Handler, Recorded, on

E = TypeVar("E", bound=Event)

_ID: Final = ID_CHARACTERS
_SUBJECT_CHARACTERS: Final = 50
_FINDING_CHARACTERS: Final = 2 * ID_CHARACTERS + 1

report_models: Final = Table(
    "report_models",
    TABLES,
    Column("model_id", String(_ID), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("field", String(40), nullable=False),
    Column("sub_field", String(40)),
    Column("holder_kind", String(20), nullable=False),
    Column("category", String(40), nullable=False),
    Column("holder", String(_ID), nullable=False),
    Column("committee", String(_ID), nullable=False),
    Column("deciding_body", String(_ID), nullable=False),
    Column("launching_body", String(_ID), nullable=False),
    Column("rule_set", String(_ID), nullable=False),
    Column("rule_set_version", Integer, nullable=False),
)
"""Models as they were last registered, with the holder they have now."""

report_facts: Final = Table(
    "report_facts",
    TABLES,
    Column("event_id", String(_ID), primary_key=True),
    Column("fact", String(30), primary_key=True),
    Column("subject", String(_SUBJECT_CHARACTERS), nullable=False),
    Column("finding", String(_FINDING_CHARACTERS)),
    Column("model_id", String(_ID)),
    Column("day", String(10), nullable=False),
    Column("position", BigInteger, nullable=False),
    Index("report_facts_by_day", "fact", "day"),
    Index("report_facts_of_subject", "subject", "fact", "position"),
    Index("report_facts_of_finding", "finding", "fact"),
)
"""`subject` is what is counted once: the model, its results of a year, the case, the award. `finding` is what a
later fact can take back: that one case is about the same as another. Where `model_id` is
missing it is that of the case or award. `day` is the legal date the event states, else that of its record.
"""

report_seats: Final = Table(
    "report_seats",
    TABLES,
    Column("organization_id", String(_ID), primary_key=True),
    Column("valid_from", String(DATE_CHARACTERS), primary_key=True),
    Column("place", String(200), nullable=False),
    Column("level", String(20), nullable=False),
)

report_names: Final = Table(
    "report_names",
    TABLES,
    Column("organization_id", String(_ID), primary_key=True),
    Column("valid_from", String(DATE_CHARACTERS), primary_key=True),
    Column("name", String(200), nullable=False),
)

report_sub_fields: Final = Table(
    "report_sub_fields",
    TABLES,
    Column("field", String(40), primary_key=True),
    Column("sub_field", String(40), primary_key=True),
    Column("title", String(200), nullable=False),
)
"""What local sub-fields are called, as they were last adopted."""

report_movements: Final = Table(
    "report_movements",
    TABLES,
    Column("movement_id", String(_ID), primary_key=True),
    Column("launching_body", String(_ID), nullable=False),
    Column("rule_set", String(_ID), nullable=False),
    Column("rule_set_version", Integer, nullable=False),
)

issued_reports: Final = Table(
    "issued_reports",
    TABLES,
    Column("report_id", String(_ID), primary_key=True),
    Column("issue", Integer, nullable=False),
    Column("title", String(200), nullable=False),
    Column("body", String(_ID), nullable=False),
    Column("issued_by", String(_ID), nullable=False),
    Column("line", String(20), nullable=False),
    Column("first", String(10), nullable=False),
    Column("last", String(10), nullable=False),
    Column("issued_at", String(DATE_CHARACTERS), nullable=False),
    Column("sha256", String(64), nullable=False),
    Index("issued_reports_by_time", "issued_at", "report_id"),
)
"""Each report by its last issue."""


def _facts(
    event_type: type[E],
    facts_of: Callable[[E], Sequence[Fact]],
    *,
    model: Callable[[E], ModelId | None],
    subject: Callable[[Recorded[E]], object] | None = None,
    day: Callable[[E], date] | None = None,
    finding: Callable[[E], str] | None = None,
) -> Handler:
    """On `event_type` put its facts. Of a model, on the day of the record, unless told otherwise."""

    def put(recorded: Recorded[E]) -> Iterable[RowChange]:
        event = recorded.event
        of = model(event)
        for fact in facts_of(event):
            yield Put(
                report_facts,
                {
                    "event_id": str(recorded.id),
                    "fact": fact,
                    "subject": str(of if subject is None else subject(recorded)),
                    "finding": None if finding is None else finding(event),
                    "model_id": None if of is None else str(of),
                    "day": (legal_date(recorded.at) if day is None else day(event)).isoformat(),
                    "position": recorded.stored.position,
                },
            )

    return on(event_type, put)


def _said(*facts: Fact) -> Callable[[object], Sequence[Fact]]:
    return lambda _: facts


def _of_year(model: ModelId, year: int) -> str:
    return f"{model}/{year}"


def _suspended(event: DependentRecognitionSuspended) -> Sequence[Fact]:
    return ("falls",) if event.dependent == "case" else ()


def _award_outcome(event: AwardOutcomeRecorded) -> Sequence[Fact]:
    match event.outcome:
        case "granted":
            return ("award_granted",)
        case "refused":
            return ("award_refused",)
        case "withdrawn":
            return ("award_withdrawn",)


def _recognised(event: Recognized) -> Sequence[Fact]:
    if event.aim == "model":
        return ("recognised_model", "holds_model")
    return ("recognised_exemplar", "holds_exemplar")


def _sub_fields(recorded: Recorded[RuleSetAdopted]) -> Iterable[RowChange]:
    for one in recorded.event.settings.sub_fields.value:
        yield Put(report_sub_fields, {"field": one.field, "sub_field": one.id, "title": one.title})


HANDLERS: Final[tuple[Handler, ...]] = (
    puts(
        PeriodicReportIssued,
        issued_reports,
        issued_at=recorded_at,
        sha256=lambda r: r.event.sha256,
    ),
    puts(ModelRegistered, report_models),
    patches(HolderChanged, report_models, "holder", "holder_kind", "category"),
    puts(
        OrganizationCreated,
        report_seats,
        valid_from=lambda r: r.event.established_on.isoformat(),
    ),
    puts(OrganizationMoved, report_seats),
    puts(
        OrganizationCreated,
        report_names,
        valid_from=lambda r: r.event.established_on.isoformat(),
    ),
    puts(OrganizationRenamed, report_names),
    on(RuleSetAdopted, _sub_fields),
    puts(MovementLaunched, report_movements),
    _facts(ModelRegistered, _said("registered"), model=lambda e: e.model_id),
    _facts(RegistrationAccepted, _said("accepted"), model=lambda e: e.model_id),
    _facts(
        RegistrationReturned,
        _said("returned"),
        model=lambda e: e.model_id,
        subject=lambda r: r.id,
    ),
    _facts(ModelWithdrawn, _said("withdrawn", "rests"), model=lambda e: e.model_id),
    _facts(PlanAdopted, _said("started", "runs"), model=lambda e: e.model_id),
    _facts(ModelSuspended, _said("rests"), model=lambda e: e.model_id),
    _facts(ModelResumed, _said("runs"), model=lambda e: e.model_id),
    _facts(ModelEnded, _said("ended", "rests"), model=lambda e: e.model_id),
    # Two facts of one event about different things have handlers of their own.
    *(_facts(one, _said("heard"), model=lambda e: e.model_id) for one in HEARD_OF),
    _facts(
        ModelFellQuiet,
        _said("fell_quiet"),
        model=lambda e: e.model_id,
        day=lambda e: e.quiet_from,
    ),
    _facts(
        ModelReattested,
        _said("reattested"),
        model=lambda e: e.model_id,
        subject=lambda r: _of_year(r.event.model_id, r.event.year),
    ),
    _facts(
        TermYearBegun,
        _said("carried_on"),
        model=lambda e: e.model_id,
        subject=lambda r: _of_year(r.event.model_id, r.event.year),
    ),
    _facts(
        ResultsReported,
        lambda e: ("reported_late",) if e.late else ("reported_in_time",),
        model=lambda e: e.model_id,
        subject=lambda r: _of_year(r.event.model_id, r.event.year),
    ),
    _facts(
        ReportingSessionMissed,
        _said("session_missed"),
        model=lambda e: e.model_id,
        subject=lambda r: _of_year(r.event.model_id, r.event.year),
    ),
    _facts(
        Appraised,
        lambda e: ("meets_standard",) if e.meets_standard else ("below_standard",),
        model=lambda e: e.model,
        subject=lambda r: r.event.appraisal_id,
    ),
    _facts(
        AdviceIssued,
        lambda e: ("advised_for",) if e.advice == "recognise" else ("advised_against",),
        model=lambda e: e.model,
        subject=lambda r: r.event.appraisal_id,
    ),
    _facts(
        Recognized,
        _recognised,
        model=lambda e: e.model,
        subject=lambda r: r.event.case_id,
        day=lambda e: e.decided_on,
    ),
    _facts(
        Declined,
        lambda e: ("declined_model",) if e.aim == "model" else ("declined_exemplar",),
        model=lambda e: e.model,
        subject=lambda r: r.event.case_id,
        day=lambda e: e.decided_on,
    ),
    _facts(
        RecognitionRevoked,
        _said("revoked", "falls"),
        model=lambda e: e.model,
        subject=lambda r: r.event.case_id,
        day=lambda e: e.decided_on,
    ),
    _facts(
        DependentRecognitionSuspended,
        _suspended,
        model=lambda _: None,
        subject=lambda r: r.event.dependent_id,
    ),
    _facts(
        DependentRecognitionDecided,
        lambda e: ("holds_exemplar",) if e.holds else ("falls",),
        model=lambda e: e.model,
        subject=lambda r: r.event.case_id,
        day=lambda e: e.decided_on,
    ),
    _facts(
        DuplicateFound,
        _said("duplicate"),
        model=lambda e: e.model,
        subject=lambda r: r.event.case_id,
        finding=lambda e: f"{e.case_id}/{e.other_case}",
    ),
    _facts(
        DuplicateWithdrawn,
        _said("duplicate_withdrawn"),
        model=lambda e: e.model,
        subject=lambda r: r.event.case_id,
        finding=lambda e: f"{e.case_id}/{e.other_case}",
    ),
    _facts(
        AwardProposed,
        _said("award_proposed"),
        model=lambda e: e.model,
        subject=lambda r: r.event.award_id,
        day=lambda e: e.proposed_on,
    ),
    _facts(
        AwardOutcomeRecorded,
        _award_outcome,
        model=lambda _: None,
        subject=lambda r: r.event.award_id,
        day=lambda e: e.decided_on,
    ),
)
