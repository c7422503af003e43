"""What recognition answers about a decision and what became of it: all of it public but complaints' words."""

from datetime import date
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import Row, select

from services.recognition.domain.case import CASE
from services.recognition.domain.case_state import Case, Complaint, FormerRefusal
from services.recognition.queries import NoParameters
from services.recognition.readmodel import Standing, cases, certificates, models
from shared.contracts.exemplar import DependentRecognitionDecided, ExemplarPutForward
from shared.contracts.holding import JointHolder
from shared.contracts.recognition import (
    CaseOpened,
    CertificateIssued,
    CompetenceDetermined,
    ComplaintOutcome,
    DecisionAmended,
    DecisionDepartedFromAdvice,
    Declined,
    RecognitionRevoked,
    Recognized,
    Remedy,
    RevocationDismissed,
    RevocationProposed,
)
from shared.contracts.values import Aim
from shared.host.cursor import Order, PageParameters, fetch_page
from shared.host.lists import where_equal
from shared.host.policy import Role
from shared.host.service import NotFoundError, Page, Query

COMPLAINT_READERS: Final = (Role.SIGNER, Role.OFFICE_CLERK, Role.AUDITOR)
"""Who may read complaints: of the deciding body, which answers them, and auditors of any."""


class Complainant(msgspec.Struct, frozen=True, kw_only=True):
    """A complaint with its signature, as the vault holds it."""

    name: str
    address: str
    words: str


class AnsweredComplaint(msgspec.Struct, frozen=True, kw_only=True):
    """What everybody may know of a complaint."""

    complaint_id: UUID
    lodged_on: date
    outcome: ComplaintOutcome | None
    answer: str | None
    answered_on: date | None
    remedy: Remedy | None
    amended: bool


class DecisionView(msgspec.Struct, frozen=True, kw_only=True):
    """A decision, what it rests on, and what became of it; names are references. While a refusal is undone
    and the case waits for its new decision, it stands in `former` alone.
    """

    case_id: UUID
    revision: int
    standing: Standing
    case: CaseOpened
    competence: CompetenceDetermined | None
    recognized: Recognized | None
    declined: Declined | None
    departure: DecisionDepartedFromAdvice | None
    former: tuple[FormerRefusal, ...]
    certificate: CertificateIssued | None
    amendments: tuple[DecisionAmended, ...]
    complaints: tuple[AnsweredComplaint, ...]
    revocation_proposed: RevocationProposed | None
    revocation_dismissed: RevocationDismissed | None
    revoked: RecognitionRevoked | None
    put_forward: ExemplarPutForward | None
    fallen: tuple[UUID, ...]
    decided_anew: tuple[DependentRecognitionDecided, ...]


def standing(state: Case) -> Standing:
    """How a decision stands."""
    if state.decision is None:
        return "reopened"
    if state.revoked is not None:
        return "revoked"
    if state.fell:
        return "ended"
    return "suspended" if state.fallen else "stands"


async def get_decision(query: Query[NoParameters]) -> DecisionView:
    """A decision with its grounds, certificate, amendments, complaints and, if it was revoked, why."""
    loaded = await query.load(CASE, query.path_id("case_id"))
    state = loaded.state
    decision = state.decision
    if state.opened is None or (decision is None and not state.former):
        raise NotFoundError("decision")
    return DecisionView(
        case_id=state.opened.case_id,
        revision=loaded.revision,
        standing=standing(state),
        case=state.opened,
        competence=state.competence,
        recognized=decision if isinstance(decision, Recognized) else None,
        declined=decision if isinstance(decision, Declined) else None,
        departure=state.departure,
        former=state.former,
        certificate=state.certificate,
        amendments=state.amendments,
        complaints=_public(state),
        revocation_proposed=state.revocation,
        revocation_dismissed=state.revocation_dismissed,
        revoked=state.revoked,
        put_forward=state.forward,
        fallen=state.fallen,
        decided_anew=state.decided_anew,
    )


def _public(state: Case) -> tuple[AnsweredComplaint, ...]:
    return tuple(_answered(complaint) for complaint in state.complaints.values())


def _answered(complaint: Complaint) -> AnsweredComplaint:
    lodged, answer = complaint.lodged, complaint.answer
    return AnsweredComplaint(
        complaint_id=lodged.complaint_id,
        lodged_on=lodged.lodged_on,
        outcome=None if answer is None else answer.outcome,
        answer=None if answer is None else answer.answer,
        answered_on=None if answer is None else answer.answered_on,
        remedy=None if answer is None else answer.remedy,
        amended=complaint.amendment is not None,
    )


# --- complaints for those who answer them -------------------------------------------------------


class SignedComplaint(msgspec.Struct, frozen=True, kw_only=True):
    """A complaint with its signature; the texts are None once erased."""

    complaint_id: UUID
    lodged_on: date
    name: str | None
    address: str | None
    words: str | None
    answer: str | None


class ComplaintsView(msgspec.Struct, frozen=True, kw_only=True):
    """Every complaint about a decision."""

    case_id: UUID
    complaints: tuple[SignedComplaint, ...]


async def get_complaints(query: Query[NoParameters]) -> ComplaintsView:
    """The complaints about a decision in full: for the deciding body, which answers them, and auditors."""
    state = (await query.load(CASE, query.path_id("case_id"))).state
    actor = query.actor
    if state.opened is None or actor is None:
        raise NotFoundError("case")
    if Role.AUDITOR not in actor.roles and actor.organization != state.deciding_body:
        raise NotFoundError("case")
    found = []
    for complaint_id, complaint in state.complaints.items():
        kept = await query.reveal(complaint.lodged.complaint)
        signed = None if kept is None else msgspec.json.decode(kept, type=Complainant)
        found.append(
            SignedComplaint(
                complaint_id=complaint_id,
                lodged_on=complaint.lodged.lodged_on,
                name=None if signed is None else signed.name,
                address=None if signed is None else signed.address,
                words=None if signed is None else signed.words,
                answer=None if complaint.answer is None else complaint.answer.answer,
            )
        )
    return ComplaintsView(case_id=state.opened.case_id, complaints=tuple(found))


# --- certificates -------------------------------------------------------------------------------


class ListCertificates(PageParameters, frozen=True, kw_only=True):
    """Filters of the register of certificates: to check one, its number."""

    number: str | None = None
    body: UUID | None = None


class CertificateRow(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate, and whether the recognition behind it stands."""

    case_id: UUID
    certificate_number: str
    issued_by: UUID
    issued_on: date
    decision_number: str
    model_id: UUID
    model_name: str
    aim: Aim
    holder: UUID
    joint_holders: tuple[JointHolder, ...]
    standing: Standing


_CERTIFICATES: Final = (
    select(
        certificates,
        cases.c.model_id,
        cases.c.aim,
        cases.c.holder,
        cases.c.standing,
        models.c.name.label("model_name"),
    )
    .join(cases, cases.c.case_id == certificates.c.case_id)
    .join(models, models.c.model_id == cases.c.model_id)
)


async def list_certificates(query: Query[ListCertificates]) -> Page[CertificateRow]:
    """Certificates, the latest first; look one up by its number to see whether it holds."""
    wanted = query.parameters
    statement = where_equal(
        _CERTIFICATES,
        (certificates.c.certificate_number, wanted.number),
        (certificates.c.issued_by, wanted.body),
    )
    order = (
        Order(certificates.c.issued_on, descending=True),
        Order(certificates.c.case_id, descending=True),
    )
    return await fetch_page(query.read, statement, order, wanted, _certificate)


def _certificate(row: Row[*tuple[object, ...]]) -> CertificateRow:
    shown = {str(name): value for name, value in row._mapping.items()}  # noqa: SLF001 - public there
    joint = msgspec.json.decode(str(shown["joint_holders"]))
    return msgspec.convert(shown | {"joint_holders": joint}, CertificateRow, strict=False)
