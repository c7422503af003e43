"""What registration shows of running models beside the models themselves."""

from typing import Final

from sqlalchemy import Column, Index, Integer, String, Table, Text

from services.registration.tables import DATE_CHARACTERS, ID_CHARACTERS, TABLES
from shared.contracts.event import Event
from shared.contracts.running import (
    DifficultyRaised,
    DifficultyResolved,
    FeedbackAnswered,
    FeedbackRaised,
    HelpAssigned,
    PlanAdopted,
    PlanRevised,
    ReplicationRecorded,
)
from shared.domain.time import legal_date
from shared.host.copying import patches, puts
from shared.host.service import Handler, Recorded

difficulties: Final = Table(
    "difficulties",
    TABLES,
    Column("difficulty_id", String(ID_CHARACTERS), primary_key=True),
    Column("model_id", String(ID_CHARACTERS), nullable=False),
    Column("description", Text, nullable=False),
    Column("raised_on", String(DATE_CHARACTERS), nullable=False),
    Column("help_by", String(DATE_CHARACTERS), nullable=False),
    Column("status", String(20), nullable=False),
    Column("helper", String(ID_CHARACTERS)),
    Column("task", Text),
    Column("due_on", String(DATE_CHARACTERS)),
    Column("resolved_on", String(DATE_CHARACTERS)),
    Index("difficulties_by_time", "raised_on", "difficulty_id"),
    Index("difficulties_of_model", "model_id", "raised_on", "difficulty_id"),
    Index("difficulties_by_helper", "helper", "raised_on", "difficulty_id"),
)

plans: Final = Table(
    "plans",
    TABLES,
    Column("model_id", String(ID_CHARACTERS), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("event_id", String(ID_CHARACTERS), nullable=False),
    Column("recorded_on", String(DATE_CHARACTERS), nullable=False),
    Column("targets", Integer, nullable=False),
    Column("starts_on", String(DATE_CHARACTERS), nullable=False),
    Column("ends_on", String(DATE_CHARACTERS), nullable=False),
    Column("reason", Text),
)


replications: Final = Table(
    "replications",
    TABLES,
    Column("model_id", String(ID_CHARACTERS), primary_key=True),
    Column("original", String(ID_CHARACTERS), nullable=False),
    Column("taken_over", Text, nullable=False),
    Index("replications_by_original", "original", "model_id"),
)

feedback: Final = Table(
    "feedback",
    TABLES,
    Column("feedback_id", String(ID_CHARACTERS), primary_key=True),
    Column("movement", String(ID_CHARACTERS), nullable=False),
    Column("launching_body", String(ID_CHARACTERS), nullable=False),
    Column("raised_by", String(ID_CHARACTERS), nullable=False),
    Column("raised_on", String(DATE_CHARACTERS), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("about", String(200)),
    Column("answered_on", String(DATE_CHARACTERS)),
    Column("outcome", String(20)),
    Index("feedback_by_time", "raised_on", "feedback_id"),
)


def recorded_on(recorded: Recorded[Event]) -> str:
    """A source: the legal date on which the event was recorded."""
    return legal_date(recorded.at).isoformat()


HANDLERS: Final[tuple[Handler, ...]] = (
    puts(DifficultyRaised, difficulties, status="open"),
    patches(HelpAssigned, difficulties, "helper", "task", "due_on", status="helped"),
    patches(DifficultyResolved, difficulties, "resolved_on", status="resolved"),
    puts(
        PlanAdopted,
        plans,
        version=1,
        recorded_on=recorded_on,
        targets=lambda r: len(r.event.targets),
    ),
    puts(ReplicationRecorded, replications),
    puts(FeedbackRaised, feedback),
    patches(FeedbackAnswered, feedback, "answered_on", "outcome"),
    puts(PlanRevised, plans, recorded_on=recorded_on, targets=lambda r: len(r.event.targets)),
)
