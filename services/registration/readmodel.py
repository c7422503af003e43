"""What registration shows: organisations, movements, models; and the rule sets it works under."""

from collections.abc import Iterable
from typing import Final

import msgspec
from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from services.registration import organization_rows, paper_rows, running_rows
from services.registration.domain.similarity import leading
from services.registration.running_rows import recorded_on
from services.registration.tables import DATE_CHARACTERS, ID_CHARACTERS, TABLES
from shared.contracts.evaluation import RuleSetAdopted
from shared.contracts.holding import JOINT_HOLDERS_MAX, HolderChanged
from shared.contracts.intake import SimilarityFound
from shared.contracts.registration import (
    HEARD_OF,
    CalendarSet,
    LatenessRecorded,
    LateReportAccepted,
    LaunchingBodyRegistrationRecorded,
    ModelRegistered,
    ModelWithdrawn,
    MovementLaunched,
    RegistrationAccepted,
    RegistrationReturned,
    ReportingSessionHeld,
    ReportingSessionMissed,
    ReportingSessionScheduled,
    ResultsReported,
    SupplementRequested,
    SupplementSupplied,
    WrittenResultsSubmitted,
)
from shared.contracts.running import (
    EntryCorrected,
    ExtensionGranted,
    ModelEnded,
    ModelFellQuiet,
    ModelReattested,
    ModelResumed,
    ModelSuspended,
    PlanAdopted,
    ProgressReported,
)
from shared.contracts.term import ModelContinued, TermChanged, TermYearBegun
from shared.host.copying import adds, patches, puts, recorded_at
from shared.host.rows import Patch, Put, Remove, RowChange, Value
from shared.host.service import ReadModel, Recorded, on
from shared.host.standing import standing_tables
from shared.host.text import fold

_ID: Final = ID_CHARACTERS
_DATE: Final = DATE_CHARACTERS

movements: Final = Table(
    "movements",
    TABLES,
    Column("movement_id", String(_ID), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("first_year", Integer, nullable=False),
    Column("last_year", Integer, nullable=False),
    Column("launching_body", String(_ID), nullable=False),
    Column("rule_set", String(_ID), nullable=False),
    Column("rule_set_version", Integer, nullable=False),
)

calendars: Final = Table(
    "calendars",
    TABLES,
    Column("movement_id", String(_ID), primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("registration_opens", String(_DATE), nullable=False),
    Column("registration_closes", String(_DATE), nullable=False),
    Column("results_before", String(_DATE), nullable=False),
    Column("month_from", String(_DATE), nullable=False),
    Column("month_to", String(_DATE), nullable=False),
)

models: Final = Table(
    "models",
    TABLES,
    Column("model_id", String(_ID), primary_key=True),
    Column("movement", String(_ID), nullable=False),
    Column("year", Integer, nullable=False),
    Column("last_year", Integer, nullable=False),
    Column("reports_year", Integer, nullable=False),
    Column("aim", String(20), nullable=False),
    Column("name", String(200), nullable=False),
    Column("address", String(200), nullable=False),
    Column("field", String(40), nullable=False),
    Column("sub_field", String(40)),
    Column("status", String(20), nullable=False),
    Column("holder_kind", String(20), nullable=False),
    Column("holder", String(_ID), nullable=False),
    Column("holder_name", String(200)),
    Column("category", String(40), nullable=False),
    Column("committee", String(_ID), nullable=False),
    Column("launching_body", String(_ID), nullable=False),
    Column("deciding_body", String(_ID), nullable=False),
    Column("rule_set", String(_ID), nullable=False),
    Column("rule_set_version", Integer, nullable=False),
    Column("heard_on", String(_DATE)),
    Column("results_extended_to", String(_DATE)),
    Column("suspended", Integer, nullable=False),
    Column("attested_year", Integer),
    Column("registered_at", String(_DATE), nullable=False),
    Column("registered_on", String(_DATE), nullable=False),
    Column("answer_by", String(_DATE)),
    Column("last_progress_until", String(_DATE)),
    Column("results_submitted_on", String(_DATE)),
    Column("days_late", Integer),
    Column("late_accepted", Integer, nullable=False),
    Column("quiet_since", String(_DATE)),
    Column("session_on", String(_DATE)),
    Column("session", String(20), nullable=False),
    Column("search", Text, nullable=False),
    Column("holder_search", Text, nullable=False),
    Index("models_by_time", "registered_at", "model_id"),
    Index("models_by_name", "search", "model_id"),
    Index("models_awaiting_session", "movement", "reports_year", "status", "session"),
    Index("models_by_answer", "status", "answer_by", "model_id"),
    Index("models_by_silence", "status", "heard_on", "model_id"),
    Index("models_by_committee", "committee", "registered_at", "model_id"),
    Index("models_by_unit", "holder", "movement", "year", "model_id"),
    Index("models_by_holder", "holder", "registered_at", "model_id"),
)

"""`year` and `last_year` bound its term; `reports_year` is under report, and what is said of results, lateness, more time
and session is said of that one.
"""

holdings: Final = Table(
    "holdings",
    TABLES,
    Column("model_id", String(_ID), primary_key=True),
    Column("rank", Integer, primary_key=True),
    Column("organization", String(_ID), nullable=False),
    Index("holdings_by_body", "organization", "model_id"),
)
"""Whoever holds a model: the leading holder, of rank 0, and those that hold it together with it."""

continuations: Final = Table(
    "continuations",
    TABLES,
    Column("model_id", String(_ID), primary_key=True),
    Column("continues", String(_ID), nullable=False),
    Index("continuations_by_forerunner", "continues", "model_id"),
)
"""Models that carry on another of a former year."""

numbers: Final = Table(
    "numbers",
    TABLES,
    Column("model_id", String(_ID), primary_key=True),
    Column("register_number", String(200), nullable=False),
)
"""The launching body's register; apart, because registering again replaces the model's row, not its number."""

progress: Final = Table(
    "progress",
    TABLES,
    Column("model_id", String(_ID), primary_key=True),
    Column("reports", Integer, nullable=False),
)
"""How many progress reports a model has; apart, because a count is added to a row that may not exist."""

contents: Final = Table(
    "contents",
    TABLES,
    Column("model_id", String(_ID), primary_key=True),
    Column("content", Text, nullable=False),
)
"""What models are about; apart, because lists of models do not read it."""

place_words: Final = Table(
    "place_words",
    TABLES,
    Column("model_id", String(_ID), primary_key=True),
    Column("rank", Integer, primary_key=True),
    Column("word", String(200), nullable=False),
    Index("place_words_by_word", "word", "model_id"),
)
"""By what models of much the same place are found (similarity.leading). Words of a place that was changed may stay:
they make a candidate more, and what is compared is the place of today.
"""

similarities: Final = Table(
    "similarities",
    TABLES,
    Column("model_id", String(_ID), primary_key=True),
    Column("other", String(_ID), primary_key=True),
    Column("other_name", String(200), nullable=False),
    Column("name_percent", Integer, nullable=False),
    Column("place_percent", Integer, nullable=False),
    Column("content_percent", Integer, nullable=False),
    Index("similarities_by_name", "name_percent", "model_id", "other"),
)

rule_sets: Final = Table(
    "rule_sets",
    TABLES,
    Column("rule_set", String(_ID), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("adopted_by", String(_ID), nullable=False),
    Column("title", String(200), nullable=False),
    Column("effective_on", String(_DATE), nullable=False),
    Column("expires_on", String(_DATE)),
    Column("parent", String(_ID)),
    Column("parent_version", Integer),
    Column("replaces", Text, nullable=False),
    Column("settings", Text, nullable=False),
    Column("quiet_after_days", Integer, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("event_id", String(_ID), nullable=False),
    Index("rule_sets_by_body", "adopted_by", "effective_on", "position"),
)


STANDING: Final = standing_tables(TABLES)


def _corrected(recorded: Recorded[EntryCorrected]) -> Iterable[RowChange]:
    event = recorded.event
    if event.entry == "register-number":
        yield Patch(numbers, {"model_id": str(event.model_id)}, {"register_number": event.becomes})


def _placed(recorded: Recorded[ModelRegistered]) -> Iterable[RowChange]:
    model = str(recorded.event.model_id)
    for rank, word in enumerate(leading(recorded.event.address)):
        yield Put(place_words, {"model_id": model, "rank": rank, "word": word})


def _holdings(recorded: Recorded[ModelRegistered]) -> Iterable[RowChange]:
    event, model = recorded.event, str(recorded.event.model_id)
    bodies = [event.holder, *(one.organization for one in event.joint_holders)]
    for rank in range(1 + JOINT_HOLDERS_MAX):
        key: dict[str, Value] = {"model_id": model, "rank": rank}
        if rank < len(bodies):
            yield Put(holdings, {**key, "organization": str(bodies[rank])})
        else:
            yield Remove(holdings, key)


def _led(recorded: Recorded[HolderChanged]) -> Iterable[RowChange]:
    key: dict[str, Value] = {"model_id": str(recorded.event.model_id), "rank": 0}
    yield Patch(holdings, key, {"organization": str(recorded.event.holder)})


READ_MODEL: Final = ReadModel(
    version=9,
    tables=TABLES,
    handlers=(
        *STANDING.handlers,
        *organization_rows.HANDLERS,
        puts(MovementLaunched, movements),
        puts(CalendarSet, calendars),
        puts(
            ModelRegistered,
            models,
            last_year=lambda r: r.event.ends_with,
            reports_year=lambda r: r.event.year,
            status="registered",
            registered_at=recorded_at,
            registered_on=recorded_on,
            late_accepted=0,
            suspended=0,
            session="none",
            search=lambda r: fold(
                " ".join(
                    (r.event.name, r.event.address, *(one.name for one in r.event.joint_holders))
                )
            ),
            holder_search=lambda r: fold(r.event.holder_name or ""),
        ),
        patches(
            HolderChanged,
            models,
            *("holder", "holder_kind", "holder_name", "category"),
            holder_search=lambda r: fold(r.event.holder_name or ""),
        ),
        on(ModelRegistered, _holdings),
        on(HolderChanged, _led),
        puts(ModelRegistered, contents),
        on(ModelRegistered, _placed),
        puts(SimilarityFound, similarities),
        puts(LaunchingBodyRegistrationRecorded, numbers),
        patches(RegistrationAccepted, models, status="accepted", answer_by=None),
        patches(RegistrationReturned, models, status="returned", answer_by=None),
        patches(SupplementRequested, models, status="supplementing", answer_by=None),
        patches(SupplementSupplied, models, "answer_by", status="registered"),
        patches(PlanAdopted, models, status="running"),
        *(patches(one, models, heard_on=recorded_on) for one in HEARD_OF),
        adds(ProgressReported, progress, reports=1),
        patches(
            ProgressReported,
            models,
            last_progress_until=lambda r: r.event.until.isoformat(),
        ),
        patches(
            WrittenResultsSubmitted,
            models,
            results_submitted_on=lambda r: r.event.submitted_on.isoformat(),
        ),
        patches(LatenessRecorded, models, "days_late"),
        patches(LateReportAccepted, models, late_accepted=1),
        patches(
            ReportingSessionScheduled, models, session_on=lambda r: r.event.held_on.isoformat()
        ),
        patches(ReportingSessionHeld, models, session="held"),
        patches(ReportingSessionMissed, models, session="missed"),
        patches(ResultsReported, models, status="reported"),
        patches(
            ExtensionGranted,
            models,
            results_extended_to=lambda r: r.event.due_before.isoformat(),
        ),
        puts(ModelContinued, continuations),
        patches(TermChanged, models, "last_year"),
        patches(
            TermYearBegun,
            models,
            reports_year=lambda r: r.event.year,
            status="running",
            results_submitted_on=None,
            results_extended_to=None,
            days_late=None,
            late_accepted=0,
            session="none",
            session_on=None,
        ),
        patches(ModelSuspended, models, suspended=1),
        patches(ModelResumed, models, suspended=0),
        patches(ModelFellQuiet, models, quiet_since=lambda r: r.event.heard_on.isoformat()),
        patches(ModelReattested, models, attested_year=lambda r: r.event.year),
        patches(ModelEnded, models, status="ended", suspended=0),
        on(EntryCorrected, _corrected),
        patches(ModelWithdrawn, models, status="withdrawn"),
        puts(
            RuleSetAdopted,
            rule_sets,
            rule_set=lambda r: r.event.rule_set_id,
            parent=lambda r: None if r.event.parent is None else r.event.parent.rule_set,
            parent_version=lambda r: None if r.event.parent is None else r.event.parent.version,
            replaces=lambda r: " ".join(str(one) for one in r.event.replaces),
            settings=lambda r: msgspec.json.encode(r.event.settings).decode(),
            quiet_after_days=lambda r: r.event.settings.quiet_after_days.value,
        ),
        *running_rows.HANDLERS,
        *paper_rows.HANDLERS,
    ),
)
