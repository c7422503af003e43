"""What evaluation shows, and what it keeps of registration's facts to open appraisals by itself."""

from typing import Final, Literal

import msgspec
from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text

from services.evaluation import team_rows
from services.evaluation.tables import ID_CHARACTERS, TABLES, TIME_CHARACTERS
from shared.contracts.appraisal import (
    AdviceIssued,
    AppraisalDiscontinued,
    AppraisalOpened,
    Appraised,
    DossierCorrected,
    OpinionAnswered,
    OpinionReceived,
    PostingClosed,
    PostingOpened,
    TeamAssigned,
)
from shared.contracts.council import CouncilChanged, CouncilFormed
from shared.contracts.evaluation import (
    BallotClosed,
    BallotOpened,
    BallotTallied,
    CriteriaSetAdopted,
    QuorumMissed,
    RuleSetAdopted,
    VoteCast,
)
from shared.contracts.holding import HolderChanged
from shared.contracts.registration import (
    CompetenceAssigned,
    CompetenceSucceeded,
    ModelRegistered,
    ModelWithdrawn,
    OrganizationCreated,
    OrganizationDissolved,
    OrganizationMerged,
    OrganizationSplit,
    ResultsReported,
)
from shared.contracts.running import FeedbackRaised
from shared.contracts.sitting import (
    AgendaSettled,
    MinutesDrafted,
    MinutesSigned,
    ReservationEntered,
    SittingClosed,
    SittingCounted,
    SittingOpened,
    WrittenVoteCorrected,
)
from shared.host.copying import adds, patches, puts, recorded_at
from shared.host.lines import line_handler, line_table
from shared.host.rows import Patch
from shared.host.service import ReadModel, Recorded, on
from shared.host.standing import standing_tables
from shared.host.successions import succession_handlers, succession_table
from shared.host.text import fold

AppraisalStatus = Literal[
    "opened", "appraised", "posted", "posting-closed", "advised", "discontinued"
]
BallotStatus = Literal["open", "closed", "tallied", "quorum-missed"]
SittingStatus = Literal["opening", "open", "closed", "counted", "unsigned", "signed"]

_ID: Final = ID_CHARACTERS
_TIME: Final = TIME_CHARACTERS

rule_sets: Final = Table(
    "rule_sets",
    TABLES,
    Column("rule_set_id", String(_ID), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("adopted_by", String(_ID), nullable=False),
    Column("title", String(200), nullable=False),
    Column("document_number", String(200), nullable=False),
    Column("issued_on", String(_TIME), nullable=False),
    Column("effective_on", String(_TIME), nullable=False),
    Column("expires_on", String(_TIME)),
    Column("parent", String(_ID)),
    Column("parent_version", Integer),
    Column("replaces", Text, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("event_id", String(_ID), nullable=False),
    Column("search", Text, nullable=False),
    Index("rule_sets_by_body", "adopted_by", "effective_on", "position"),
)
criteria_sets: Final = Table(
    "criteria_sets",
    TABLES,
    Column("criteria_set_id", String(_ID), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("adopted_by", String(_ID), nullable=False),
    Column("title", String(200), nullable=False),
    Column("document_number", String(200), nullable=False),
    Column("issued_on", String(_TIME), nullable=False),
    Column("effective_on", String(_TIME), nullable=False),
    Column("expires_on", String(_TIME)),
    Column("parent", String(_ID)),
    Column("parent_version", Integer),
    Column("replaces", Text, nullable=False),
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
    Column("kind", String(200), nullable=False),
    Column("level", String(20), nullable=False),
    Column("established_on", String(_TIME), nullable=False),
    Column("ended_on", String(_TIME)),
    Column("search", Text, nullable=False),
    Index("organizations_by_name", "search", "organization_id"),
)
feedbacks: Final = Table(
    "feedbacks",
    TABLES,
    Column("feedback_id", String(_ID), primary_key=True),
    Column("event_id", String(_ID), nullable=False),
)
lines: Final = line_table(TABLES)
competences: Final = Table(
    "competences",
    TABLES,
    Column("event_id", String(_ID), primary_key=True),
    Column("organization", String(_ID), nullable=False),
    Column("clause", String(10), nullable=False),
    Column("advised_by", String(_ID), nullable=False),
    Column("valid_from", String(_TIME), nullable=False),
    Column("former", String(_ID)),
    Column("position", BigInteger, nullable=False),
    Index("competences_by_body", "organization", "valid_from", "position"),
    Index("competences_by_former", "former"),
)
models: Final = Table(
    "models",
    TABLES,
    Column("model_id", String(_ID), primary_key=True),
    Column("movement", String(_ID), nullable=False),
    Column("aim", String(20), nullable=False),
    Column("name", String(200), nullable=False),
    Column("address", String(200), nullable=False),
    Column("field", String(40), nullable=False),
    Column("holder", String(_ID), nullable=False),
    Column("committee", String(_ID), nullable=False),
    Column("launching_body", String(_ID), nullable=False),
    Column("deciding_body", String(_ID), nullable=False),
    Column("rule_set", String(_ID), nullable=False),
    Column("rule_set_version", Integer, nullable=False),
    Column("event_id", String(_ID), nullable=False),
    Column("holder_event", String(_ID), nullable=False),
    Column("joint_holders", Text, nullable=False),
    Column("withdrawn_reason", Text),
    Column("withdrawn_event", String(_ID)),
    Column("search", Text, nullable=False),
    Column("holder_search", Text, nullable=False),
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
    Column("team", String(_ID)),
    Column("corrected_at", String(_TIME)),
    Index("appraisals_by_team", "team"),
    Index("appraisals_by_time", "opened_at", "appraisal_id"),
    Index("appraisals_by_model", "model", "year"),
    Index("appraisals_by_unit", "appraising_unit", "opened_at", "appraisal_id"),
    Index("appraisals_by_posting", "opens_on", "appraisal_id"),
)
sittings: Final = Table(
    "sittings",
    TABLES,
    Column("sitting_id", String(_ID), primary_key=True),
    Column("council", String(_ID), nullable=False),
    Column("council_body", String(_ID), nullable=False),
    Column("question", String(200), nullable=False),
    Column("candidates", Integer, nullable=False),
    Column("places", Integer),
    Column("status", String(20), nullable=False),
    Column("awaiting", String(40), nullable=False),
    Column("opened_at", String(_TIME), nullable=False),
    Index("sittings_by_status", "status", "opened_at", "sitting_id"),
    Index("sittings_by_time", "opened_at", "sitting_id"),
)
ballots: Final = Table(
    "ballots",
    TABLES,
    Column("ballot_id", String(_ID), primary_key=True),
    Column("appraisal", String(_ID), nullable=False),
    Column("model", String(_ID), nullable=False),
    Column("council", String(_ID), nullable=False),
    Column("sitting", String(_ID), nullable=False),
    Column("question", String(200), nullable=False),
    Column("round", Integer, nullable=False),
    Column("former", String(_ID)),
    Column("status", String(20), nullable=False),
    Column("opened_at", String(_TIME), nullable=False),
    Column("eligible", Integer, nullable=False),
    Column("adopted", Boolean),
    Column("repeatable", Boolean, nullable=False),
    Index("ballots_by_time", "opened_at", "ballot_id"),
    Index("ballots_by_appraisal", "appraisal", "round"),
    Index("ballots_by_sitting", "sitting"),
)
votes: Final = Table(
    "votes",
    TABLES,
    Column("ballot", String(_ID), primary_key=True),
    Column("pseudonym", String(_ID), primary_key=True),
    Column("choice", String(20), nullable=False),
    Column("position", BigInteger, nullable=False),
)


def _corrected(recorded: Recorded[WrittenVoteCorrected]) -> tuple[Patch, ...]:
    event = recorded.event
    key = {"ballot": str(event.ballot_id), "pseudonym": str(event.pseudonym)}
    return (Patch(votes, key, {"choice": event.choice}),)


STANDING: Final = standing_tables(TABLES)
SUCCESSIONS: Final = succession_table(TABLES)

READ_MODEL: Final = ReadModel(
    version=9,
    tables=TABLES,
    handlers=(
        *STANDING.handlers,
        # Rules, criteria, councils.
        puts(
            RuleSetAdopted,
            rule_sets,
            parent=lambda r: None if r.event.parent is None else r.event.parent.rule_set,
            parent_version=lambda r: None if r.event.parent is None else r.event.parent.version,
            replaces=lambda r: " ".join(str(one) for one in r.event.replaces),
            search=lambda r: fold(f"{r.event.title} {r.event.document_number}"),
        ),
        puts(
            CriteriaSetAdopted,
            criteria_sets,
            parent=lambda r: None if r.event.parent is None else r.event.parent.criteria_set,
            parent_version=lambda r: None if r.event.parent is None else r.event.parent.version,
            replaces=lambda r: " ".join(str(one) for one in r.event.replaces),
            search=lambda r: fold(f"{r.event.title} {r.event.document_number}"),
        ),
        puts(
            CouncilFormed,
            councils,
            members=lambda r: len(r.event.members),
            search=lambda r: fold(r.event.name),
        ),
        patches(CouncilChanged, councils, members=lambda r: len(r.event.members)),
        # Registration's facts.
        puts(OrganizationCreated, organizations, search=lambda r: fold(r.event.name)),
        patches(
            OrganizationDissolved,
            organizations,
            ended_on=lambda r: r.event.effective_on.isoformat(),
        ),
        patches(
            OrganizationMerged, organizations, ended_on=lambda r: r.event.effective_on.isoformat()
        ),
        patches(
            OrganizationSplit, organizations, ended_on=lambda r: r.event.effective_on.isoformat()
        ),
        line_handler(lines),
        puts(FeedbackRaised, feedbacks),
        puts(CompetenceAssigned, competences, organization=lambda r: r.event.organization_id),
        puts(CompetenceSucceeded, competences, organization=lambda r: r.event.organization_id),
        *succession_handlers(SUCCESSIONS),
        puts(
            ModelRegistered,
            models,
            holder_event=lambda r: r.id,
            joint_holders=lambda r: msgspec.json.encode(r.event.joint_holders).decode(),
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
            "holder",
            holder_event=lambda r: r.id,
            holder_search=lambda r: fold(r.event.holder_name or ""),
        ),
        patches(
            ModelWithdrawn,
            models,
            withdrawn_reason=lambda r: r.event.reason,
            withdrawn_event=lambda r: r.id,
        ),
        puts(ResultsReported, reported, reported_at=recorded_at),
        # Appraisals, postings.
        puts(
            AppraisalOpened,
            appraisals,
            status="opened",
            opened_at=recorded_at,
            opinions=0,
            answers=0,
        ),
        patches(TeamAssigned, appraisals, team=lambda r: r.id),
        *team_rows.HANDLERS,
        patches(
            DossierCorrected,
            appraisals,
            corrected_at=lambda r: r.event.corrected_at.isoformat(),
        ),
        patches(
            Appraised,
            appraisals,
            "points",
            "points_required",
            "meets_standard",
            status="appraised",
        ),
        patches(
            PostingOpened,
            appraisals,
            "opens_on",
            "closes_on",
            status="posted",
            posted_where=lambda r: r.event.where,
        ),
        adds(OpinionReceived, appraisals, opinions=1),
        adds(OpinionAnswered, appraisals, answers=1),
        patches(PostingClosed, appraisals, status="posting-closed"),
        patches(AdviceIssued, appraisals, "advice", status="advised"),
        patches(AppraisalDiscontinued, appraisals, status="discontinued"),
        # Sittings, ballots, votes.
        puts(
            SittingOpened,
            sittings,
            candidates=lambda r: len(r.event.agenda),
            status="opening",
            awaiting="",
            opened_at=recorded_at,
        ),
        patches(AgendaSettled, sittings, candidates=lambda r: len(r.event.ballots), status="open"),
        patches(SittingClosed, sittings, status="closed"),
        patches(SittingCounted, sittings, status="counted"),
        patches(
            MinutesDrafted,
            sittings,
            status=lambda r: "unsigned" if r.event.signatories else "signed",
            awaiting=lambda r: " ".join(one.role for one in r.event.signatories),
        ),
        patches(ReservationEntered, sittings, awaiting=lambda r: " ".join(r.event.awaiting)),
        patches(
            MinutesSigned,
            sittings,
            status=lambda r: "unsigned" if r.event.awaiting else "signed",
            awaiting=lambda r: " ".join(r.event.awaiting),
        ),
        puts(
            BallotOpened,
            ballots,
            appraisal=lambda r: r.event.appraisal_id,
            status="open",
            opened_at=recorded_at,
            eligible=lambda r: len(r.event.electorate),
            repeatable=False,
        ),
        patches(BallotOpened, appraisals, ballot=lambda r: r.event.ballot_id),
        patches(BallotClosed, ballots, status="closed"),
        patches(BallotTallied, ballots, "adopted", "repeatable", status="tallied"),
        patches(QuorumMissed, ballots, "repeatable", status="quorum-missed"),
        puts(VoteCast, votes, ballot=lambda r: r.event.ballot_id),
        on(WrittenVoteCorrected, _corrected),
    ),
)
