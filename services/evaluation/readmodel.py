"""What evaluation shows, and what it keeps of registration's facts to open appraisals by itself."""

from collections.abc import Callable, Iterable
from typing import Final, Literal, TypeVar

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, String, Table, Text

from shared.contracts.evaluation import (
    AdviceIssued,
    AppraisalDiscontinued,
    AppraisalOpened,
    Appraised,
    BallotClosed,
    BallotOpened,
    BallotTallied,
    CouncilFormed,
    CriteriaSetAdopted,
    OpinionAnswered,
    OpinionReceived,
    PostingClosed,
    PostingOpened,
    QuorumMissed,
    RuleSetAdopted,
    VoteCast,
)
from shared.contracts.registration import (
    CompetenceAssigned,
    ModelRegistered,
    ModelWithdrawn,
    OrganizationCreated,
    ResultsReported,
)
from shared.host.rows import Add, Patch, Put, RowChange, Value
from shared.host.service import ReadModel, Recorded, on
from shared.host.text import fold

AppraisalStatus = Literal[
    "opened", "appraised", "posted", "posting-closed", "advised", "discontinued"
]
BallotStatus = Literal["open", "closed", "tallied", "quorum-missed"]

TABLES: Final = MetaData()
_ID: Final = 36
_TIME: Final = 32

rule_sets: Final = Table(
    "rule_sets",
    TABLES,
    Column("rule_set_id", String(_ID), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("adopted_by", String(_ID), nullable=False),
    Column("title", String(200), nullable=False),
    Column("document_number", String(200), nullable=False),
    Column("effective_on", String(_TIME), nullable=False),
    Column("expires_on", String(_TIME)),
    Column("event_id", String(_ID), nullable=False),
    Column("search", Text, nullable=False),
)
criteria_sets: Final = Table(
    "criteria_sets",
    TABLES,
    Column("criteria_set_id", String(_ID), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("adopted_by", String(_ID), nullable=False),
    Column("title", String(200), nullable=False),
    Column("effective_on", String(_TIME), nullable=False),
    Column("points_required", Integer, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("event_id", String(_ID), nullable=False),
    Column("search", Text, nullable=False),
    Index("criteria_sets_by_body", "adopted_by", "effective_on", "position"),
)
organizations: Final = Table(
    "organizations",
    TABLES,
    Column("organization_id", String(_ID), primary_key=True),
    Column("name", String(200), nullable=False),
)
competences: Final = Table(
    "competences",
    TABLES,
    Column("event_id", String(_ID), primary_key=True),
    Column("organization", String(_ID), nullable=False),
    Column("clause", String(10), nullable=False),
    Column("advised_by", String(_ID), nullable=False),
    Column("valid_from", String(_TIME), nullable=False),
    Column("position", BigInteger, nullable=False),
    Index("competences_by_body", "organization", "valid_from", "position"),
)
models: Final = Table(
    "models",
    TABLES,
    Column("model_id", String(_ID), primary_key=True),
    Column("movement", String(_ID), nullable=False),
    Column("aim", String(20), nullable=False),
    Column("name", String(200), nullable=False),
    Column("address", String(200), nullable=False),
    Column("holder", String(_ID), nullable=False),
    Column("committee", String(_ID), nullable=False),
    Column("launching_body", String(_ID), nullable=False),
    Column("deciding_body", String(_ID), nullable=False),
    Column("rule_set", String(_ID), nullable=False),
    Column("rule_set_version", Integer, nullable=False),
    Column("event_id", String(_ID), nullable=False),
    Column("withdrawn_reason", Text),
    Column("withdrawn_event", String(_ID)),
    Column("search", Text, nullable=False),
)
reported: Final = Table(
    "reported",
    TABLES,
    Column("model_id", String(_ID), primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("reported_at", String(_TIME), nullable=False),
    Column("event_id", String(_ID), nullable=False),
)
councils: Final = Table(
    "councils",
    TABLES,
    Column("council_id", String(_ID), primary_key=True),
    Column("body", String(_ID), nullable=False),
    Column("name", String(200), nullable=False),
    Column("members", Integer, nullable=False),
    Column("search", Text, nullable=False),
    Index("councils_by_name", "search", "council_id"),
)
appraisals: Final = Table(
    "appraisals",
    TABLES,
    Column("appraisal_id", String(_ID), primary_key=True),
    Column("model", String(_ID), nullable=False),
    Column("year", Integer, nullable=False),
    Column("aim", String(20), nullable=False),
    Column("holder", String(_ID), nullable=False),
    Column("committee", String(_ID), nullable=False),
    Column("appraising_unit", String(_ID), nullable=False),
    Column("deciding_body", String(_ID), nullable=False),
    Column("status", String(20), nullable=False),
    Column("opened_at", String(_TIME), nullable=False),
    Column("points", Integer),
    Column("points_required", Integer),
    Column("meets_standard", Boolean),
    Column("posted_where", String(200)),
    Column("opens_on", String(_TIME)),
    Column("closes_on", String(_TIME)),
    Column("opinions", Integer, nullable=False),
    Column("answers", Integer, nullable=False),
    Column("ballot", String(_ID)),
    Column("advice", String(20)),
    Index("appraisals_by_time", "opened_at", "appraisal_id"),
    Index("appraisals_by_model", "model", "year"),
    Index("appraisals_by_unit", "appraising_unit", "opened_at", "appraisal_id"),
    Index("appraisals_by_posting", "opens_on", "appraisal_id"),
)
ballots: Final = Table(
    "ballots",
    TABLES,
    Column("ballot_id", String(_ID), primary_key=True),
    Column("appraisal", String(_ID), nullable=False),
    Column("model", String(_ID), nullable=False),
    Column("council", String(_ID), nullable=False),
    Column("question", String(200), nullable=False),
    Column("round", Integer, nullable=False),
    Column("former", String(_ID)),
    Column("status", String(20), nullable=False),
    Column("opened_at", String(_TIME), nullable=False),
    Column("eligible", Integer, nullable=False),
    Column("adopted", Boolean),
    Index("ballots_by_time", "opened_at", "ballot_id"),
    Index("ballots_by_appraisal", "appraisal", "round"),
)
votes: Final = Table(
    "votes",
    TABLES,
    Column("ballot", String(_ID), primary_key=True),
    Column("pseudonym", String(_ID), primary_key=True),
    Column("choice", String(20), nullable=False),
    Column("position", BigInteger, nullable=False),
)

# --- rules, criteria, councils -----------------------------------------------------------------


def _rule_set_adopted(recorded: Recorded[RuleSetAdopted]) -> Iterable[RowChange]:
    event = recorded.event
    yield Put(
        rule_sets,
        {
            "rule_set_id": str(event.rule_set_id),
            "version": event.version,
            "adopted_by": str(event.adopted_by),
            "title": event.title,
            "document_number": event.document_number,
            "effective_on": event.effective_on.isoformat(),
            "expires_on": None if event.expires_on is None else event.expires_on.isoformat(),
            "event_id": str(recorded.id),
            "search": fold(f"{event.title} {event.document_number}"),
        },
    )


def _criteria_adopted(recorded: Recorded[CriteriaSetAdopted]) -> Iterable[RowChange]:
    event = recorded.event
    yield Put(
        criteria_sets,
        {
            "criteria_set_id": str(event.criteria_set_id),
            "version": event.version,
            "adopted_by": str(event.adopted_by),
            "title": event.title,
            "effective_on": event.effective_on.isoformat(),
            "points_required": event.points_required,
            "position": recorded.stored.position,
            "event_id": str(recorded.id),
            "search": fold(event.title),
        },
    )


def _council_formed(recorded: Recorded[CouncilFormed]) -> Iterable[RowChange]:
    event = recorded.event
    yield Put(
        councils,
        {
            "council_id": str(event.council_id),
            "body": str(event.body),
            "name": event.name,
            "members": len(event.members),
            "search": fold(event.name),
        },
    )


# --- registration's facts ----------------------------------------------------------------------


def _organization_created(recorded: Recorded[OrganizationCreated]) -> Iterable[RowChange]:
    event = recorded.event
    yield Put(organizations, {"organization_id": str(event.organization_id), "name": event.name})


def _competence_assigned(recorded: Recorded[CompetenceAssigned]) -> Iterable[RowChange]:
    event = recorded.event
    yield Put(
        competences,
        {
            "event_id": str(recorded.id),
            "organization": str(event.organization_id),
            "clause": event.clause,
            "advised_by": str(event.advised_by),
            "valid_from": event.valid_from.isoformat(),
            "position": recorded.stored.position,
        },
    )


def _model_registered(recorded: Recorded[ModelRegistered]) -> Iterable[RowChange]:
    event = recorded.event
    yield Put(
        models,
        {
            "model_id": str(event.model_id),
            "movement": str(event.movement),
            "aim": event.aim,
            "name": event.name,
            "address": event.address,
            "holder": str(event.holder),
            "committee": str(event.committee),
            "launching_body": str(event.launching_body),
            "deciding_body": str(event.deciding_body),
            "rule_set": str(event.rule_set),
            "rule_set_version": event.rule_set_version,
            "event_id": str(recorded.id),
            "search": fold(f"{event.name} {event.address} {event.holder_name or ''}"),
        },
    )


def _model_withdrawn(recorded: Recorded[ModelWithdrawn]) -> Iterable[RowChange]:
    event = recorded.event
    changes = {"withdrawn_reason": event.reason, "withdrawn_event": str(recorded.id)}
    yield Patch(models, {"model_id": str(event.model_id)}, changes)


def _results_reported(recorded: Recorded[ResultsReported]) -> Iterable[RowChange]:
    event = recorded.event
    yield Put(
        reported,
        {
            "model_id": str(event.model_id),
            "year": event.year,
            "reported_at": recorded.at.isoformat(),
            "event_id": str(recorded.id),
        },
    )


# --- appraisals, postings ----------------------------------------------------------------------


def _appraisal_opened(recorded: Recorded[AppraisalOpened]) -> Iterable[RowChange]:
    event = recorded.event
    yield Put(
        appraisals,
        {
            "appraisal_id": str(event.appraisal_id),
            "model": str(event.model),
            "year": event.year,
            "aim": event.aim,
            "holder": str(event.holder),
            "committee": str(event.committee),
            "appraising_unit": str(event.appraising_unit),
            "deciding_body": str(event.deciding_body),
            "status": "opened",
            "opened_at": recorded.at.isoformat(),
            "opinions": 0,
            "answers": 0,
        },
    )


A = TypeVar(
    "A",
    AppraisalDiscontinued,
    AdviceIssued,
    Appraised,
    PostingOpened,
    PostingClosed,
    OpinionReceived,
    OpinionAnswered,
)


def _appraisal_sets(
    changes: Callable[[A], dict[str, Value]],
) -> Callable[[Recorded[A]], Iterable[RowChange]]:
    def changed(recorded: Recorded[A]) -> Iterable[RowChange]:
        key = {"appraisal_id": str(recorded.event.appraisal_id)}
        yield Patch(appraisals, key, changes(recorded.event))

    return changed


def _appraisal_counts(column: str) -> Callable[[Recorded[A]], Iterable[RowChange]]:
    def counted(recorded: Recorded[A]) -> Iterable[RowChange]:
        yield Add(appraisals, {"appraisal_id": str(recorded.event.appraisal_id)}, {column: 1})

    return counted


def _appraised(event: Appraised) -> dict[str, Value]:
    return {
        "status": "appraised",
        "points": event.points,
        "points_required": event.points_required,
        "meets_standard": event.meets_standard,
    }


def _posting_opened(event: PostingOpened) -> dict[str, Value]:
    return {
        "status": "posted",
        "posted_where": event.where,
        "opens_on": event.opens_on.isoformat(),
        "closes_on": event.closes_on.isoformat(),
    }


# --- ballots, votes ----------------------------------------------------------------------------


def _ballot_opened(recorded: Recorded[BallotOpened]) -> Iterable[RowChange]:
    event = recorded.event
    ballot = str(event.ballot_id)
    yield Put(
        ballots,
        {
            "ballot_id": ballot,
            "appraisal": str(event.appraisal_id),
            "model": str(event.model),
            "council": str(event.council),
            "question": event.question,
            "round": event.round,
            "former": None if event.former is None else str(event.former),
            "status": "open",
            "opened_at": recorded.at.isoformat(),
            "eligible": len(event.electorate),
        },
    )
    yield Patch(appraisals, {"appraisal_id": str(event.appraisal_id)}, {"ballot": ballot})


B = TypeVar("B", BallotClosed, BallotTallied, QuorumMissed)


def _ballot_sets(
    changes: Callable[[B], dict[str, Value]],
) -> Callable[[Recorded[B]], Iterable[RowChange]]:
    def changed(recorded: Recorded[B]) -> Iterable[RowChange]:
        key = {"ballot_id": str(recorded.event.ballot_id)}
        yield Patch(ballots, key, changes(recorded.event))

    return changed


def _vote_cast(recorded: Recorded[VoteCast]) -> Iterable[RowChange]:
    event = recorded.event
    yield Put(
        votes,
        {
            "ballot": str(event.ballot_id),
            "pseudonym": str(event.pseudonym),
            "choice": event.choice,
            "position": recorded.stored.position,
        },
    )


READ_MODEL: Final = ReadModel(
    version=1,
    tables=TABLES,
    handlers=(
        on(RuleSetAdopted, _rule_set_adopted),
        on(CriteriaSetAdopted, _criteria_adopted),
        on(CouncilFormed, _council_formed),
        on(OrganizationCreated, _organization_created),
        on(CompetenceAssigned, _competence_assigned),
        on(ModelRegistered, _model_registered),
        on(ModelWithdrawn, _model_withdrawn),
        on(ResultsReported, _results_reported),
        on(AppraisalOpened, _appraisal_opened),
        on(Appraised, _appraisal_sets(_appraised)),
        on(PostingOpened, _appraisal_sets(_posting_opened)),
        on(OpinionReceived, _appraisal_counts("opinions")),
        on(OpinionAnswered, _appraisal_counts("answers")),
        on(PostingClosed, _appraisal_sets(lambda _: {"status": "posting-closed"})),
        on(AdviceIssued, _appraisal_sets(lambda e: {"status": "advised", "advice": e.advice})),
        on(AppraisalDiscontinued, _appraisal_sets(lambda _: {"status": "discontinued"})),
        on(BallotOpened, _ballot_opened),
        on(BallotClosed, _ballot_sets(lambda _: {"status": "closed"})),
        on(BallotTallied, _ballot_sets(lambda e: {"status": "tallied", "adopted": e.adopted})),
        on(QuorumMissed, _ballot_sets(lambda _: {"status": "quorum-missed"})),
        on(VoteCast, _vote_cast),
    ),
)
