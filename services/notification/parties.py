"""What an event is about, and who stands to it in which relation, as far as the read model knows."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, Final, cast
from uuid import UUID

import msgspec
from sqlalchemy import Row, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notification.domain.addressees import Body, addressees
from services.notification.domain.inspection import InspectionEvent
from services.notification.domain.recipients import RESPONSIBLE
from services.notification.inspection_rows import demands
from services.notification.readmodel import (
    SUCCESSIONS,
    advisers,
    cases,
    feedback,
    lines,
    models,
    organizations,
)
from shared.contracts.appraisal import (
    AdviceIssued,
    DossierCorrected,
    PostingOpened,
    SiteVisitScheduled,
)
from shared.contracts.evaluation import RuleSetAdopted
from shared.contracts.event import Event
from shared.contracts.exemplar import DependentRecognitionDecided, DependentRecognitionSuspended
from shared.contracts.holding import HolderChanged, JointHolderConsented
from shared.contracts.notification import (
    BodyUrged,
    DeadlineApproached,
    DeadlineMissed,
    Escalated,
    Matter,
    PeriodicReportIssued,
    Relation,
)
from shared.contracts.recognition import (
    CaseReopened,
    ComplaintAnswered,
    ComplaintLodged,
    DecidingBodyNamed,
    DecisionAmended,
    Declined,
    DuplicateFound,
    DuplicateWithdrawn,
    ProposalReturned,
    RecognitionRevoked,
    Recognized,
    RevocationDismissed,
    RevocationProposed,
)
from shared.contracts.registration import (
    ModelRegistered,
    ModelWithdrawn,
    RegistrationAccepted,
    RegistrationReturned,
    ReportingSessionMissed,
    ReportingSessionScheduled,
    ResultsReported,
    SupplementRequested,
    SupplementSupplied,
)
from shared.contracts.running import (
    DifficultyRaised,
    EvidenceWithdrawn,
    ExtensionGranted,
    ExtensionRefused,
    FeedbackAnswered,
    FeedbackRaised,
    HelpAssigned,
    ModelFellQuiet,
    ModelPraised,
    PlanRevised,
)
from shared.contracts.sitting import MinutesDrafted, ReservationEntered
from shared.contracts.term import TermChanged, TermYearBegun
from shared.contracts.values import Duty, LineKind, ModelId, OrganizationId
from shared.domain.time import legal_date
from shared.host.lists import Statement
from shared.host.service import Recorded
from shared.host.successions import after

Parties = dict[Relation, Sequence[OrganizationId]]

# Made once: building a statement costs as much as asking it.
_MODEL: Final = select(models).where(models.c.model_id == bindparam("model"))
_CASE: Final = select(cases.c.model).where(cases.c.dependent == bindparam("dependent"))
_DEMAND: Final = select(demands).where(demands.c.finding_id == bindparam("finding"))
_FEEDBACK: Final = select(feedback).where(feedback.c.feedback_id == bindparam("feedback"))
_ADVISERS: Final = (
    select(advisers.c.clause, advisers.c.advised_by)
    .where(advisers.c.organization == bindparam("body"), advisers.c.valid_from <= bindparam("day"))
    .order_by(advisers.c.clause, advisers.c.valid_from)
)
_BODIES: Final = (
    select(organizations)
    .where(organizations.c.position < bindparam("before"))
    .order_by(organizations.c.organization_id)
)
_LINES: Final = (
    select(lines)
    .where(lines.c.position < bindparam("before"), lines.c.valid_from <= bindparam("day"))
    .order_by(lines.c.valid_from)
)

_DUTIES: Final[Mapping[Relation, Duty]] = MappingProxyType(
    {
        "organizer": "committee",
        "submitting_unit": "appraising_unit",
        "joint_holder": "holder",
        "represented": "holder",
    }
)
"""The duty behind a relation that has another name: the committee organises the session, and the unit that
appraises submits.
"""


class MissingFactError(LookupError):
    """The read model lacks what stands earlier in the log: its subject is parked or it was damaged."""


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """What an event is about: a model, or a document; its title, and who stands to it."""

    title: str
    parties: Parties
    model: ModelId | None = None
    document: UUID | None = None


async def subject_of(
    read: AsyncConnection, recorded: Recorded[Event], relations: Collection[Relation]
) -> Subject:
    """What an event of the recipients' table is about, and who stands to it in which of `relations`, and
    what is known at no cost beside.
    """
    event, on = recorded.event, legal_date(recorded.at)
    if isinstance(event, InspectionEvent):
        return await _of_inspection(read, event, relations, recorded.stored.position, on)
    match event:
        case RuleSetAdopted():
            bodies = await _bodies(read, recorded.stored.position, on)
            told = addressees(event.settings.recipients.value, event.adopted_by, bodies)
            return Subject(title=event.title, parties=dict(told), document=event.rule_set_id)
        case PeriodicReportIssued():
            bodies = await _bodies(read, recorded.stored.position, on)
            issuer = [one for one in bodies if one.organization == event.issued_by]
            return Subject(
                title=event.title,
                parties={
                    "reported_body": [event.body],
                    "issuing_body": [event.issued_by],
                    "body_above": [above for one in issuer for above in one.superiors.values()],
                },
                document=event.report_id,
            )
        case MinutesDrafted() | ReservationEntered():
            return Subject(
                title=event.question,
                parties={"council_body": [event.council_body]},
                document=event.sitting_id,
            )
        case BodyUrged():
            return Subject(
                title=event.document_number,
                parties={"responsible": [event.body]},
                document=event.urging_id,
            )
        case DeadlineApproached(model=None) | DeadlineMissed(model=None) | Escalated(model=None):
            return await _of_demand(read, event)
        case FeedbackRaised() | FeedbackAnswered():
            given = await _row(read, _FEEDBACK, "feedback", event.feedback_id)
            return Subject(
                title=given.subject,
                parties={
                    "feedback_giver": [_id(given.raised_by)],
                    "launching_body": [_id(given.launching_body)],
                },
                document=event.feedback_id,
            )
        case _:
            model_id = await _model_of(read, event)
            model = await _row(read, _MODEL, "model", model_id)
            parties = await _parties(read, event, relations, model, on)
            return Subject(title=model.name, parties=parties, model=model_id)


async def _of_inspection(
    read: AsyncConnection,
    event: InspectionEvent,
    relations: Collection[Relation],
    before: int,
    on: date,
) -> Subject:
    inspection = event.inspection
    parties: Parties = {
        "inspected_body": [inspection.body],
        "inspecting_body": [inspection.inspected_by],
    }
    if "body_above" in relations:
        bodies = await _bodies(read, before, on)
        inspected = [one for one in bodies if one.organization == inspection.body]
        parties["body_above"] = [above for one in inspected for above in one.superiors.values()]
    return Subject(title=inspection.document_number, parties=parties, document=event.inspection_id)


async def _of_demand(
    read: AsyncConnection, event: DeadlineApproached | DeadlineMissed | Escalated
) -> Subject:
    """What an inspection demands is due of the body it names; who inspects is told like a launching body."""
    demand = await _row(read, _DEMAND, "finding", event.subject)
    responsible = _id(demand.body) if event.responsible is None else event.responsible
    parties: Parties = {
        "responsible": [responsible],
        "launching_body": [_id(demand.inspected_by)],
    }
    if isinstance(event, Escalated):
        parties["superior"] = [event.to]
    return Subject(
        title=demand.document_number, parties=parties, document=UUID(demand.inspection_id)
    )


async def represented_in(
    read: AsyncConnection, model_id: ModelId, bodies: Collection[UUID]
) -> Subject:
    """A model's event that was entered in the name of `bodies`: the model, and them alone."""
    model = await _row(read, _MODEL, "model", model_id)
    parties: Parties = {"represented": [OrganizationId(body) for body in bodies]}
    return Subject(title=str(model.name), parties=parties, model=model_id)


async def _model_of(read: AsyncConnection, event: Event) -> ModelId:
    match event:
        case (
            ModelRegistered()
            | ModelWithdrawn()
            | RegistrationAccepted()
            | RegistrationReturned()
            | SupplementRequested()
            | SupplementSupplied()
            | ReportingSessionMissed()
            | ReportingSessionScheduled()
            | ResultsReported()
            | JointHolderConsented()
            | HolderChanged()
            | TermYearBegun()
            | TermChanged()
            | PlanRevised()
            | ModelPraised()
            | DifficultyRaised()
            | HelpAssigned()
            | ModelFellQuiet()
            | EvidenceWithdrawn()
            | ExtensionGranted()
            | ExtensionRefused()
        ):
            return event.model_id
        case (
            DossierCorrected()
            | SiteVisitScheduled()
            | PostingOpened()
            | AdviceIssued()
            | Recognized()
            | Declined()
            | DuplicateFound()
            | DuplicateWithdrawn()
            | DecidingBodyNamed()
            | ComplaintLodged()
            | ComplaintAnswered()
            | CaseReopened()
            | DecisionAmended()
            | RevocationProposed()
            | RevocationDismissed()
            | RecognitionRevoked()
            | DependentRecognitionDecided()
        ):
            return event.model
        case DeadlineApproached() | DeadlineMissed() | Escalated() if event.model is not None:
            return event.model
        case ProposalReturned():
            return await _model_of_case(read, event.case_id)
        case DependentRecognitionSuspended():
            return await _model_of_case(read, event.dependent_id)
        case _:
            raise MissingFactError(type(event).__name__)


async def _model_of_case(read: AsyncConnection, case_or_award: UUID) -> ModelId:
    return ModelId(UUID((await _row(read, _CASE, "dependent", case_or_award)).model))


async def _parties(
    read: AsyncConnection,
    event: Event,
    relations: Collection[Relation],
    model: Row[*tuple[object, ...]],
    on: date,
) -> Parties:
    """What the event itself says comes before what is known."""
    parties = parties_of(model)
    match event:
        case ReportingSessionMissed() | ReportingSessionScheduled():
            parties["organizer"] = [event.organizer]
        case HolderChanged():
            parties["holder"] = [*parties["holder"], event.holder, event.former]
        case HelpAssigned():
            parties["helper"] = [event.helper]
        case ProposalReturned():
            parties["submitting_unit"] = [event.returned_to]
        case DecidingBodyNamed():
            parties["deciding_body"] = [event.organization]
        case DuplicateFound():
            parties["deciding_body"] = [*parties["deciding_body"], event.other_body]
        case Escalated():
            parties["superior"] = [event.to]
            parties["responsible"] = [] if event.responsible is None else [event.responsible]
        case DeadlineApproached() | DeadlineMissed():
            parties["responsible"] = await responsible_on(
                read, event.matter, event.responsible, model, on
            )
        case AdviceIssued() | Recognized() | Declined() | RecognitionRevoked():
            parties["appraising_unit"] = [event.appraising_unit]
    if "appraising_unit" in relations and "appraising_unit" not in parties:
        decides: Parties = {"deciding_body": [_id(model.deciding_body)]}
        standing, _ = await standing_on(read, decides, ModelId(UUID(model.model_id)), on)
        parties["appraising_unit"] = [
            adviser
            for body in standing["deciding_body"]
            for adviser in await _advisers(read, body, on)
        ]
    return parties


def parties_of(model: Row[*tuple[Any, ...]]) -> Parties:
    """Who stands to a model, by its row of the read model."""
    joint = [_id(one) for one in model.joint_holders.split()]
    return {
        "holder": [_id(model.holder), *joint],
        "joint_holder": joint,
        "committee": [_id(model.committee)],
        "deciding_body": [_id(model.deciding_body)],
        "launching_body": [_id(model.launching_body)],
    }


async def responsible_on(
    read: AsyncConnection,
    matter: Matter,
    named: OrganizationId | None,
    model: Row[*tuple[Any, ...]],
    on: date,
) -> Sequence[OrganizationId]:
    """Who has to act before a deadline: the one `named`, else by its duty towards the model; on a day."""
    relation = RESPONSIBLE[matter]
    if named is None:
        parties = parties_of(model)
        bodies = parties["committee" if relation == "organizer" else relation]
    else:
        bodies = [named]
    model_id = None if model.model_id is None else ModelId(UUID(str(model.model_id)))
    standing, _ = await standing_on(read, {relation: bodies}, model_id, on)
    return standing[relation]


async def standing_on(
    read: AsyncConnection, parties: Parties, model: ModelId | None, on: date
) -> tuple[Parties, tuple[UUID, ...]]:
    """The parties with whoever holds the duty on a day in the place of a body that is no more, and the
    events that say so. Where expressly nobody succeeded it, nobody is told.
    """
    ends = await after(read, SUCCESSIONS, {one for some in parties.values() for one in some}, on)
    standing: Parties = {
        relation: [
            holder
            for body in bodies
            if (holder := ends.graph.holder_on(body, _DUTIES.get(relation, relation), on, model))
            is not None
        ]
        for relation, bodies in parties.items()
    }
    return standing, ends.cites


async def _advisers(read: AsyncConnection, body: OrganizationId, on: date) -> list[OrganizationId]:
    """Who advises a body on a day, under whichever clause (clause III.2.1c); the latest entry counts."""
    valid = await read.execute(_ADVISERS, {"body": str(body), "day": on.isoformat()})
    latest = {row.clause: _id(row.advised_by) for row in valid}
    return list(dict.fromkeys(latest.values()))


async def _bodies(read: AsyncConnection, before: int, on: date) -> list[Body]:
    """Every body as it stood on a day, by what is recorded before a position: the read model may be further."""
    superiors: dict[OrganizationId, dict[LineKind, OrganizationId | None]] = {}
    for row in await read.execute(_LINES, {"before": before, "day": on.isoformat()}):
        above = None if row.superior is None else _id(row.superior)
        superiors.setdefault(_id(row.organization_id), {})[cast("LineKind", row.line)] = above
    named = {one for each in superiors.values() for one in each.values() if one is not None}
    ends = (await after(read, SUCCESSIONS, named, on)).graph
    found: list[Body] = []
    for row in await read.execute(_BODIES, {"before": before}):
        body = _id(row.organization_id)
        standing: dict[LineKind, OrganizationId] = {}
        for line, above in superiors.get(body, {}).items():
            held = None if above is None else ends.holder_on(above, None, on)
            if held is not None and held != body:
                standing[line] = held
        found.append(Body(organization=body, kind=row.kind, superiors=standing))
    return found


async def _row(
    read: AsyncConnection, statement: Statement, name: str, identifier: UUID
) -> Row[*tuple[object, ...]]:
    row: Row[*tuple[object, ...]] | None = (
        await read.execute(statement, {name: str(identifier)})
    ).one_or_none()
    if row is None:
        raise MissingFactError(name)
    return row


def _id(value: object) -> OrganizationId:
    return OrganizationId(UUID(str(value)))
