"""What recognition keeps: the facts its decisions rely on, each with its event, and the cases to show."""

from collections.abc import Iterable
from typing import Final, Literal

import msgspec
from sqlalchemy import Column, Index, Integer, MetaData, String, Table, Text

from shared.contracts.appraisal import AdviceIssued, Appraised, PostingClosed
from shared.contracts.evaluation import BallotTallied, RuleSetAdopted
from shared.contracts.exemplar import (
    AwardOutcomeRecorded,
    AwardProposed,
    DependentRecognitionDecided,
    DependentRecognitionSuspended,
    ExemplarPutForward,
    ReviewClosed,
    ReviewOpened,
)
from shared.contracts.holding import HolderChanged
from shared.contracts.recognition import (
    CaseDiscontinued,
    CaseOpened,
    CaseReopened,
    CertificateIssued,
    CompetenceDetermined,
    ComplaintAnswered,
    ComplaintLodged,
    DecidingBodyNamed,
    Declined,
    DuplicateFound,
    DuplicateWithdrawn,
    ProposalReturned,
    ProposalSubmitted,
    RecognitionRevoked,
    Recognized,
    RevocationDismissed,
    RevocationProposed,
)
from shared.contracts.registration import (
    CalendarSet,
    CompetenceAssigned,
    CompetenceSucceeded,
    ModelRegistered,
    ModelWithdrawn,
    MovementLaunched,
    OrganizationCreated,
    OrganizationMoved,
)
from shared.host.copying import adds, patches, puts, recorded_at
from shared.host.lines import line_handler, line_table
from shared.host.rows import Patch, Put, Remove, RowChange, Value
from shared.host.service import ReadModel, Recorded, on
from shared.host.standing import standing_tables
from shared.host.successions import succession_handlers, succession_table
from shared.host.text import fold

TABLES: Final = MetaData()
_ID: Final = 36
_DATE: Final = 32

lines: Final = line_table(TABLES)

competences: Final = Table(
    "competences",
    TABLES,
    Column("organization", String(_ID), primary_key=True),
    Column("clause", String(20), primary_key=True),
    Column("valid_from", String(_DATE), primary_key=True),
    Column("former", String(_ID)),
    Column("event_id", String(_ID), nullable=False),
    Index("competences_by_clause", "clause", "organization"),
    Index("competences_by_former", "former"),
)

models: Final = Table(
    "models",
    TABLES,
    Column("model_id", String(_ID), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("address", String(200), nullable=False),
    Column("holder_kind", String(20), nullable=False),
    Column("holder_name", String(200)),
    Column("event_id", String(_ID), nullable=False),
    Column("holder_event", String(_ID), nullable=False),
    Column("withdrawn_reason", Text),
    Column("withdrawn_event", String(_ID)),
    Column("search", Text, nullable=False),
    Column("holder_search", Text, nullable=False),
)

advices: Final = Table(
    "advices",
    TABLES,
    Column("model_id", String(_ID), primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("advice", Text, nullable=False),
    Column("event_id", String(_ID), nullable=False),
)

grounds: Final = Table(
    "grounds",
    TABLES,
    Column("appraisal", String(_ID), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("clause", String(20), nullable=False),
    Column("event_id", String(_ID), nullable=False),
)

calendars: Final = Table(
    "calendars",
    TABLES,
    Column("movement", String(_ID), primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("month_from", String(_DATE), nullable=False),
    Column("month_to", String(_DATE), nullable=False),
    Column("event_id", String(_ID), nullable=False),
)

rule_sets: Final = Table(
    "rule_sets",
    TABLES,
    Column("rule_set", String(_ID), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("settings", Text, nullable=False),
    Column("event_id", String(_ID), nullable=False),
)

Proposal = Literal["submitted", "returned"]
Standing = Literal["stands", "suspended", "revoked", "ended", "reopened"]
Status = Literal["open", "recognized", "declined", "discontinued"]

cases: Final = Table(
    "cases",
    TABLES,
    Column("case_id", String(_ID), primary_key=True),
    Column("model_id", String(_ID), nullable=False),
    Column("year", Integer, nullable=False),
    Column("aim", String(20), nullable=False),
    Column("holder", String(_ID), nullable=False),
    Column("committee", String(_ID), nullable=False),
    Column("deciding_body", String(_ID), nullable=False),
    Column("advice", String(20), nullable=False),
    Column("status", String(20), nullable=False),
    Column("opened_at", String(_DATE), nullable=False),
    Column("named_body_competent", Integer),
    Column("duplicates", Integer, nullable=False),
    Column("proposal", String(20)),
    Column("decision_number", String(200)),
    Column("decided_on", String(_DATE)),
    Column("standing", String(20)),
    Column("complaints_open", Integer, nullable=False),
    Column("revocation_due", String(_DATE)),
    Column("review", String(_ID)),
    Index("cases_by_time", "opened_at", "case_id"),
    Index("cases_by_body", "deciding_body", "status", "opened_at", "case_id"),
    Index("cases_by_decision", "decided_on", "case_id"),
    Index("cases_by_model", "model_id"),
)


certificates: Final = Table(
    "certificates",
    TABLES,
    Column("case_id", String(_ID), primary_key=True),
    Column("certificate_number", String(200), nullable=False),
    Column("issued_by", String(_ID), nullable=False),
    Column("issued_on", String(_DATE), nullable=False),
    Column("decision_number", String(200), nullable=False),
    Column("joint_holders", Text, nullable=False),
    Index("certificates_by_number", "certificate_number"),
    Index("certificates_by_day", "issued_on", "case_id"),
)


places: Final = Table(
    "places",
    TABLES,
    Column("organization_id", String(_ID), primary_key=True),
    Column("valid_from", String(_DATE), primary_key=True),
    Column("place", String(200), nullable=False),
    Column("event_id", String(_ID), nullable=False),
)

movements: Final = Table(
    "movements",
    TABLES,
    Column("movement_id", String(_ID), primary_key=True),
    Column("launching_body", String(_ID), nullable=False),
    Column("event_id", String(_ID), nullable=False),
)

ReviewStatus = Literal["open", "closed"]

reviews: Final = Table(
    "reviews",
    TABLES,
    Column("review_id", String(_ID), primary_key=True),
    Column("movement", String(_ID), nullable=False),
    Column("opened_by", String(_ID), nullable=False),
    Column("occasion", String(20), nullable=False),
    Column("title", String(200), nullable=False),
    Column("opened_on", String(_DATE), nullable=False),
    Column("closed_on", String(_DATE)),
    Column("status", String(20), nullable=False),
    Index("reviews_by_day", "opened_on", "review_id"),
)

bases: Final = Table(
    "bases",
    TABLES,
    Column("case_id", String(_ID), primary_key=True),
    Column("rests_on", String(_ID), primary_key=True),
    Index("bases_by_model", "rests_on", "case_id"),
)
"""Which exemplar ever rested on which case; the exemplar itself knows whether it still does."""

AwardStatus = Literal["proposed", "granted", "refused", "withdrawn"]

awards: Final = Table(
    "awards",
    TABLES,
    Column("award_id", String(_ID), primary_key=True),
    Column("case_id", String(_ID), nullable=False),
    Column("model", String(_ID), nullable=False),
    Column("holder", String(_ID), nullable=False),
    Column("proposed_by", String(_ID), nullable=False),
    Column("award", String(200), nullable=False),
    Column("proposed_to", String(200), nullable=False),
    Column("proposed_on", String(_DATE), nullable=False),
    Column("status", String(20), nullable=False),
    Column("suspended_by", String(_ID)),
    Index("awards_by_day", "proposed_on", "award_id"),
    Index("awards_by_case", "case_id", "award_id"),
)


def _appraised(recorded: Recorded[Appraised]) -> Iterable[RowChange]:
    """Only an appraisal that finds the standard met shows that it is met (clause I.2.1c)."""
    event = recorded.event
    ground = {"appraisal": str(event.appraisal_id), "kind": "appraisal"}
    if event.meets_standard:
        yield Put(grounds, {**ground, "clause": "I.2.1c", "event_id": str(recorded.id)})
    else:
        yield Remove(grounds, ground)


def _determined(recorded: Recorded[CompetenceDetermined]) -> Iterable[RowChange]:
    event = recorded.event
    changes: dict[str, Value] = {"named_body_competent": int(event.named_body_competent)}
    if event.successor is not None:
        changes["deciding_body"] = str(event.successor)
    yield Patch(cases, {"case_id": str(event.case_id)}, changes)


def _put_forward(recorded: Recorded[ExemplarPutForward]) -> Iterable[RowChange]:
    event = recorded.event
    key = {"case_id": str(event.case_id)}
    yield Patch(cases, key, {"review": str(event.review), "standing": None})
    for one in event.rests_on:
        yield Put(bases, {**key, "rests_on": str(one.case_id)})


def _suspended(recorded: Recorded[DependentRecognitionSuspended]) -> Iterable[RowChange]:
    event = recorded.event
    if event.dependent == "case":
        yield Patch(cases, {"case_id": str(event.dependent_id)}, {"standing": "suspended"})
    else:
        key = {"award_id": str(event.dependent_id)}
        yield Patch(awards, key, {"suspended_by": str(event.fallen)})


STANDING: Final = standing_tables(TABLES)
SUCCESSIONS: Final = succession_table(TABLES)

READ_MODEL: Final = ReadModel(
    version=5,
    tables=TABLES,
    handlers=(
        *STANDING.handlers,
        # Facts of others.
        line_handler(lines),
        puts(CompetenceAssigned, competences, organization=lambda r: r.event.organization_id),
        puts(CompetenceSucceeded, competences, organization=lambda r: r.event.organization_id),
        *succession_handlers(SUCCESSIONS),
        puts(
            ModelRegistered,
            models,
            holder_event=lambda r: r.id,
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
            *("holder_kind", "holder_name"),
            holder_event=lambda r: r.id,
            holder_search=lambda r: fold(r.event.holder_name or ""),
        ),
        patches(
            ModelWithdrawn,
            models,
            withdrawn_reason=lambda r: r.event.reason,
            withdrawn_event=lambda r: r.id,
        ),
        puts(CalendarSet, calendars, movement=lambda r: r.event.movement_id),
        puts(
            RuleSetAdopted,
            rule_sets,
            rule_set=lambda r: r.event.rule_set_id,
            settings=lambda r: msgspec.json.encode(r.event.settings).decode(),
        ),
        puts(
            AdviceIssued,
            advices,
            model_id=lambda r: r.event.model,
            advice=lambda r: msgspec.json.encode(r.event).decode(),
        ),
        on(Appraised, _appraised),
        puts(
            PostingClosed,
            grounds,
            appraisal=lambda r: r.event.appraisal_id,
            kind="posting",
            clause="I.2.1b",
        ),
        puts(
            BallotTallied,
            grounds,
            appraisal=lambda r: r.event.appraisal_id,
            kind="ballot",
            clause="I.2.1b",
        ),
        # Own cases.
        puts(
            CaseOpened,
            cases,
            model_id=lambda r: r.event.model,
            status="open",
            duplicates=0,
            complaints_open=0,
            opened_at=recorded_at,
        ),
        on(CompetenceDetermined, _determined),
        patches(
            DecidingBodyNamed,
            cases,
            named_body_competent=1,
            deciding_body=lambda r: r.event.organization,
        ),
        adds(DuplicateFound, cases, duplicates=1),
        adds(DuplicateWithdrawn, cases, duplicates=-1),
        patches(ProposalSubmitted, cases, proposal="submitted"),
        patches(ProposalReturned, cases, proposal="returned"),
        *(
            patches(event, cases, "decision_number", "decided_on", status=status, standing="stands")
            for event, status in ((Recognized, "recognized"), (Declined, "declined"))
        ),
        patches(CaseDiscontinued, cases, status="discontinued"),
        # What became of decisions.
        puts(
            CertificateIssued,
            certificates,
            joint_holders=lambda r: msgspec.json.encode(r.event.joint_holders).decode(),
        ),
        adds(ComplaintLodged, cases, complaints_open=1),
        adds(ComplaintAnswered, cases, complaints_open=-1),
        patches(CaseReopened, cases, status="open", standing="reopened"),
        patches(RevocationProposed, cases, revocation_due=lambda r: r.event.decide_by.isoformat()),
        patches(RevocationDismissed, cases, revocation_due=None),
        patches(RecognitionRevoked, cases, standing="revoked", revocation_due=None),
        # Reviews, exemplars and awards.
        puts(
            OrganizationCreated,
            places,
            valid_from=lambda r: r.event.established_on.isoformat(),
        ),
        puts(OrganizationMoved, places),
        puts(MovementLaunched, movements),
        puts(ReviewOpened, reviews, status="open"),
        patches(ReviewClosed, reviews, "closed_on", status="closed"),
        on(ExemplarPutForward, _put_forward),
        on(DependentRecognitionSuspended, _suspended),
        patches(
            DependentRecognitionDecided,
            cases,
            standing=lambda r: "stands" if r.event.holds else "ended",
        ),
        puts(AwardProposed, awards, status="proposed"),
        patches(AwardOutcomeRecorded, awards, status=lambda r: r.event.outcome),
    ),
)
