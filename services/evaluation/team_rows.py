"""What evaluation shows of appraising teams, and the evidence their scores may refer to."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import Boolean, Column, Index, String, Table

from services.evaluation.tables import ID_CHARACTERS, TABLES, TIME_CHARACTERS
from shared.contracts.appraisal import (
    AppraiserRecused,
    ScoreSealed,
    SiteVisited,
    SiteVisitScheduled,
    TeamAssigned,
)
from shared.contracts.running import EvidenceAttached, EvidenceWithdrawn
from shared.host.copying import puts
from shared.host.rows import Patch, Put, RowChange
from shared.host.service import Handler, Recorded, on

appraisers: Final = Table(
    "appraisers",
    TABLES,
    Column("appraisal_id", String(ID_CHARACTERS), primary_key=True),
    Column("appraiser", String(ID_CHARACTERS), primary_key=True),
    Column("payload", String(ID_CHARACTERS), nullable=False),
    Column("commitment", String(64), nullable=False),
    # The assignment of which the appraiser is: the appraisal's latest, or nothing to him any more.
    Column("team", String(ID_CHARACTERS)),
    Index("appraisers_by_person", "payload", "appraisal_id"),
)
sealed: Final = Table(
    "sealed",
    TABLES,
    Column("appraisal_id", String(ID_CHARACTERS), primary_key=True),
    Column("appraiser", String(ID_CHARACTERS), primary_key=True),
    Column("criterion", String(40), primary_key=True),
)
evidence: Final = Table(
    "evidence",
    TABLES,
    Column("model_id", String(ID_CHARACTERS), primary_key=True),
    Column("sha256", String(64), primary_key=True),
    Column("withdrawn", Boolean, nullable=False),
)
visits: Final = Table(
    "visits",
    TABLES,
    Column("appraisal_id", String(ID_CHARACTERS), primary_key=True),
    Column("visit_id", String(ID_CHARACTERS), primary_key=True),
    Column("model", String(ID_CHARACTERS), nullable=False),
    Column("visit_on", String(TIME_CHARACTERS), nullable=False),
    Column("place", String(200), nullable=False),
    Column("done", Boolean, nullable=False),
    Index("visits_by_day", "visit_on", "visit_id"),
    Index("visits_by_model", "model", "visit_on"),
)


def _members(recorded: Recorded[TeamAssigned]) -> Iterable[RowChange]:
    for member in recorded.event.members:
        row = {
            "appraisal_id": str(recorded.event.appraisal_id),
            "appraiser": str(member.appraiser_id),
            "payload": str(member.person.payload),
            "commitment": member.person.commitment,
            "team": str(recorded.id),
        }
        yield Put(appraisers, row)


def _withdrawn(recorded: Recorded[EvidenceWithdrawn]) -> Iterable[RowChange]:
    key = {"model_id": str(recorded.event.model_id), "sha256": recorded.event.sha256}
    yield Patch(evidence, key, {"withdrawn": True})


HANDLERS: Final[tuple[Handler, ...]] = (
    on(TeamAssigned, _members),
    puts(
        AppraiserRecused,
        appraisers,
        payload=lambda r: r.event.person.payload,
        commitment=lambda r: r.event.person.commitment,
        team=None,
    ),
    puts(ScoreSealed, sealed),
    puts(SiteVisitScheduled, visits, visit_on=lambda r: r.event.on.isoformat(), done=False),
    puts(SiteVisited, visits, visit_on=lambda r: r.event.on.isoformat(), done=True),
    puts(EvidenceAttached, evidence, sha256=lambda r: r.event.sha256, withdrawn=False),
    on(EvidenceWithdrawn, _withdrawn),
)
