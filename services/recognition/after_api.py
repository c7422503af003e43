"""The HTTP API for what follows a decision: certificate, amendment, complaint, revocation."""

from typing import TypeVar

import msgspec
from msgspec.structs import asdict

from services.recognition import after_queries, facts
from services.recognition.after_queries import Complainant
from services.recognition.domain.afterwards import (
    AmendDecision,
    AmendDecisionForm,
    IssueCertificate,
    IssueCertificateForm,
)
from services.recognition.domain.case import CASE
from services.recognition.domain.complaints import (
    AnswerComplaint,
    AnswerComplaintForm,
    LodgeComplaint,
    LodgeComplaintForm,
    takes_complaint,
)
from services.recognition.domain.revocation import (
    DismissRevocation,
    DismissRevocationForm,
    ProposeRevocation,
    ProposeRevocationForm,
    Revoke,
    RevokeForm,
)
from services.recognition.loading import acting, case_of, case_state
from services.recognition.queries import NoParameters
from shared.contracts.values import Forgettable
from shared.host.service import Api, Call, Outcome, Page

S = TypeVar("S", AmendDecisionForm, RevokeForm)


async def _signer(call: Call[S]) -> Forgettable:
    return await call.keep("signer", call.body.signer_name.encode())


async def issue_certificate(call: Call[IssueCertificateForm]) -> Outcome:
    """Issue the certificate of a recognition under its number."""
    case, opened = await case_of(call)
    command = IssueCertificate(**asdict(call.body), at=call.now)
    return await call.execute(CASE, case, command, rules=facts.rule_set_name(opened))


async def amend_decision(call: Call[AmendDecisionForm]) -> Outcome:
    """Amend the decision by another document: what changes and why, in public. The signer's name is kept
    apart and can be erased.
    """
    case, opened = await case_of(call)
    terms = asdict(call.body)
    del terms["signer_name"]
    command = AmendDecision(**terms, signer=await _signer(call), at=call.now)
    return await call.execute(CASE, case, command, rules=facts.rule_set_name(opened))


async def lodge_complaint(call: Call[LodgeComplaintForm]) -> Outcome:
    """Complain about a decision, signed with name and address. No account is needed; what you write is
    read by the deciding body, is not published and can be erased.
    """
    case, state, opened = await case_state(call)
    rules, cites = await facts.after_rules(call.read, opened)
    complaint_id = call.new_id
    if complaint_id not in state.complaints:
        takes_complaint(state, call.now, rules)
    content = msgspec.json.encode(Complainant(**asdict(call.body)))
    kept = await call.keep("complaint", content)
    command = LodgeComplaint(complaint_id=complaint_id, complaint=kept, at=call.now, rules=rules)
    return await call.execute(CASE, case, command, cites=cites, rules=facts.rule_set_name(opened))


async def answer_complaint(call: Call[AnswerComplaintForm]) -> Outcome:
    """Answer a complaint, in public: do not repeat what identifies the complainant. Upholding it with a
    revocation proposes that at the same time.
    """
    case, opened = await case_of(call)
    rules, cites = await facts.after_rules(call.read, opened)
    body = call.body
    command = AnswerComplaint(
        outcome=body.outcome,
        answer=body.answer,
        remedy=body.remedy,
        reported=body.reported,
        complaint_id=call.path_id("complaint_id"),
        at=call.now,
        rules=rules,
    )
    return await call.execute(CASE, case, command, cites=cites, rules=facts.rule_set_name(opened))


async def propose_revocation(call: Call[ProposeRevocationForm]) -> Outcome:
    """Report a ground to revoke the recognition: fraud, a forged dossier, an unlawful procedure, or a
    violation concluded later.
    """
    case, opened = await case_of(call)
    rules, cites = await facts.after_rules(call.read, opened)
    command = ProposeRevocation(
        reported=call.body.reported,
        proposed_by=acting(call, opened.committee),
        at=call.now,
        rules=rules,
    )
    return await call.execute(CASE, case, command, cites=cites, rules=facts.rule_set_name(opened))


async def dismiss_revocation(call: Call[DismissRevocationForm]) -> Outcome:
    """Let the recognition stand, with reasons."""
    case, opened = await case_of(call)
    command = DismissRevocation(**asdict(call.body), at=call.now)
    return await call.execute(CASE, case, command, rules=facts.rule_set_name(opened))


async def revoke(call: Call[RevokeForm]) -> Outcome:
    """Revoke the recognition on the ground proposed. What rests on it is suspended and decided anew."""
    case, opened = await case_of(call)
    terms = asdict(call.body)
    del terms["signer_name"]
    command = Revoke(**terms, signer=await _signer(call), at=call.now)
    return await call.execute(CASE, case, command, rules=facts.rule_set_name(opened))


def routes(api: Api) -> None:
    """Declare every route on what follows a decision."""
    one = "/cases/{case_id}"
    _decision_routes(api, one)
    _complaint_routes(api, one)
    tag, proposed = "revocations", f"{one}/revocation"
    api.write(
        proposed, ProposeRevocationForm, propose_revocation, command=ProposeRevocation, tag=tag
    )
    api.write(
        f"{proposed}/dismissal",
        DismissRevocationForm,
        dismiss_revocation,
        command=DismissRevocation,
        tag=tag,
    )
    api.write(f"{proposed}/decision", RevokeForm, revoke, command=Revoke, tag=tag)


def _decision_routes(api: Api, one: str) -> None:
    tag = "decisions"
    api.write(
        f"{one}/certificate",
        IssueCertificateForm,
        issue_certificate,
        command=IssueCertificate,
        tag=tag,
    )
    api.write(
        f"{one}/amendments", AmendDecisionForm, amend_decision, command=AmendDecision, tag=tag
    )
    api.read(
        "/decisions/{case_id}",
        NoParameters,
        after_queries.get_decision,
        answer=after_queries.DecisionView,
        tag=tag,
        public=True,
    )
    api.read(
        "/certificates",
        after_queries.ListCertificates,
        after_queries.list_certificates,
        answer=Page[after_queries.CertificateRow],
        tag=tag,
        public=True,
    )


def _complaint_routes(api: Api, one: str) -> None:
    tag, complaints = "complaints", f"{one}/complaints"
    api.write(complaints, LodgeComplaintForm, lodge_complaint, command=LodgeComplaint, tag=tag)
    api.write(
        f"{complaints}/{{complaint_id}}/answer",
        AnswerComplaintForm,
        answer_complaint,
        command=AnswerComplaint,
        tag=tag,
    )
    api.read(
        complaints,
        NoParameters,
        after_queries.get_complaints,
        answer=after_queries.ComplaintsView,
        tag=tag,
        roles=after_queries.COMPLAINT_READERS,
    )
