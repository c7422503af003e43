"""The HTTP API of recognition: each route turns a request into a command, or a query into an answer."""

from uuid import UUID

from msgspec.structs import asdict

from services.recognition import (
    after_api,
    earlier_facts,
    exemplar_facts,
    facts,
    graph_facts,
    queries,
    review_api,
)
from services.recognition.domain.case import CASE
from services.recognition.domain.case_state import Case
from services.recognition.domain.deciding import (
    Decline,
    DeclineForm,
    Recognize,
    RecognizeForm,
)
from services.recognition.domain.determining import (
    DetermineCompetence,
    DetermineCompetenceForm,
    NameDecidingBody,
    NameDecidingBodyForm,
)
from services.recognition.domain.erasure import ERASURE
from services.recognition.domain.exemplar import ExemplarFacts
from services.recognition.domain.proposing import (
    RecordDuplicate,
    RecordDuplicateForm,
    ReturnProposal,
    ReturnProposalForm,
    SubmitProposal,
    SubmitProposalForm,
    WithdrawDuplicate,
    WithdrawDuplicateForm,
)
from services.recognition.loading import F, acting, case_of, case_state
from shared.contracts.recognition import CaseOpened
from shared.contracts.values import CaseId
from shared.domain.time import legal_date
from shared.host.erasure import erasure_routes
from shared.host.service import Api, Call, NotFoundError, Outcome, Page
from shared.host.successions import Successions


async def record_duplicate(call: Call[RecordDuplicateForm]) -> Outcome:
    """Put on record that another case came first and is about the same achievement, as found by
    comparing the two. This case then waits for the other (practice: one achievement, one reward).
    """
    case, _ = await case_of(call)
    other = await call.load(CASE, call.body.other_case)
    if other.state.opened is None:
        raise NotFoundError("case")
    command = RecordDuplicate(
        **asdict(call.body),
        other_model=other.state.opened.model,
        other_body=other.state.opened.deciding_body,
        mutual=any(found.other_case == case for found in other.state.duplicates),
    )
    cites = () if other.event_id is None else (other.event_id,)
    return await call.execute(CASE, case, command, cites=cites)


async def withdraw_duplicate(call: Call[WithdrawDuplicateForm]) -> Outcome:
    """Take back a finding that another case is about the same achievement: it was wrong, for the reason given.
    This case no longer waits for the other.
    """
    case, _ = await case_of(call)
    other = CaseId(call.path_id("other_case"))
    command = WithdrawDuplicate(reason=call.body.reason, other_case=other)
    return await call.execute(CASE, case, command)


async def submit_proposal(call: Call[SubmitProposalForm]) -> Outcome:
    """Submit the proposal to recognise to the deciding body, as the appraising unit or the committee."""
    case, opened = await case_of(call)
    by = acting(call, opened.appraising_unit)
    command = SubmitProposal(**asdict(call.body), submitted_by=by, at=call.now)
    return await call.execute(CASE, case, command, rules=facts.rule_set_name(opened))


async def return_proposal(call: Call[ReturnProposalForm]) -> Outcome:
    """Give the proposal back to the unit that submitted it, with reasons."""
    case, opened = await case_of(call)
    command = ReturnProposal(**asdict(call.body), at=call.now)
    return await call.execute(CASE, case, command, rules=facts.rule_set_name(opened))


async def determine_competence(call: Call[DetermineCompetenceForm]) -> Outcome:
    """Determine the competent bodies again (clause I.2.2), after lines or competences were corrected."""
    case, state, opened = await case_state(call)
    named = state.named or opened.deciding_body
    graph, cites = await graph_facts.graph_above(
        call.read, opened.holder, named, legal_date(call.now)
    )
    command = DetermineCompetence(at=call.now, graph=graph)
    return await call.execute(CASE, case, command, cites=cites)


async def name_deciding_body(call: Call[NameDecidingBodyForm]) -> Outcome:
    """Name one of the competent bodies to decide, where the one named in the registration is not competent
    (clause I.2.2).
    """
    case, opened = await case_of(call)
    by = acting(call, opened.committee)
    command = NameDecidingBody(organization=call.body.organization, named_by=by)
    return await call.execute(CASE, case, command)


async def recognize(call: Call[RecognizeForm]) -> Outcome:
    """Recognise the model as the competent body named in its registration. The signer's name is kept
    apart and can be erased.
    """
    case, state, opened = await case_state(call)
    rules, cites = await facts.decision_rules(call.read, opened)
    earlier, known = await earlier_facts.of(call, state, opened)
    exemplar, resting = await _exemplar(call, state)
    terms = asdict(call.body)
    signer = await call.keep("signer", terms.pop("signer_name").encode())
    ends = await _still_there(call, state, opened)
    command = Recognize(
        **terms,
        signer=signer,
        at=call.now,
        rules=rules,
        earlier=earlier,
        exemplar=exemplar,
        graph=ends.graph,
    )
    cites = (*cites, *ends.cites, *known, *resting)
    return await call.execute(CASE, case, command, cites=cites, rules=facts.rule_set_name(opened))


async def _still_there(call: Call[F], state: Case, opened: CaseOpened) -> Successions:
    """Whether the body that decides is still there today."""
    decides = state.deciding_body or opened.deciding_body
    return await graph_facts.deciding_successions(call.read, decides, legal_date(call.now))


async def _exemplar(call: Call[F], state: Case) -> tuple[ExemplarFacts | None, tuple[UUID, ...]]:
    """How the review and the models of an exemplar stand now; None before it was put forward."""
    if state.forward is None:
        return None, ()
    models = [one.model for one in state.forward.rests_on]
    return await exemplar_facts.of(call, state.forward.review, models)


async def decline(call: Call[DeclineForm]) -> Outcome:
    """Decline to recognise the model, with reasons, as the competent body named in its registration.
    The signer's name is kept apart and can be erased.
    """
    case, state, opened = await case_state(call)
    rules, cites = await facts.decision_rules(call.read, opened)
    terms = asdict(call.body)
    signer = await call.keep("signer", terms.pop("signer_name").encode())
    ends = await _still_there(call, state, opened)
    command = Decline(**terms, signer=signer, at=call.now, rules=rules, graph=ends.graph)
    cites = (*cites, *ends.cites)
    return await call.execute(CASE, case, command, cites=cites, rules=facts.rule_set_name(opened))


def routes(api: Api) -> None:
    """Declare every route."""
    erasure_routes(api, ERASURE)
    _case_routes(api)
    after_api.routes(api)
    review_api.routes(api)


def _case_routes(api: Api) -> None:
    tag, one = "cases", "/cases/{case_id}"
    api.write(
        f"{one}/competence",
        DetermineCompetenceForm,
        determine_competence,
        command=DetermineCompetence,
        tag=tag,
    )
    api.write(
        f"{one}/deciding-body",
        NameDecidingBodyForm,
        name_deciding_body,
        command=NameDecidingBody,
        tag=tag,
    )
    api.write(
        f"{one}/duplicates", RecordDuplicateForm, record_duplicate, command=RecordDuplicate, tag=tag
    )
    api.write(
        f"{one}/duplicates/{{other_case}}/withdrawal",
        WithdrawDuplicateForm,
        withdraw_duplicate,
        command=WithdrawDuplicate,
        tag=tag,
    )
    api.write(
        f"{one}/proposal", SubmitProposalForm, submit_proposal, command=SubmitProposal, tag=tag
    )
    api.write(
        f"{one}/proposal/return",
        ReturnProposalForm,
        return_proposal,
        command=ReturnProposal,
        tag=tag,
    )
    api.write(f"{one}/recognition", RecognizeForm, recognize, command=Recognize, tag=tag)
    api.write(f"{one}/refusal", DeclineForm, decline, command=Decline, tag=tag)
    api.read(
        "/cases",
        queries.ListCases,
        queries.list_cases,
        answer=Page[queries.CaseRow],
        tag=tag,
        public=True,
    )
    api.read(
        one, queries.NoParameters, queries.get_case, answer=queries.CaseView, tag=tag, public=True
    )
    api.read(
        "/decisions",
        queries.ListDecisions,
        queries.list_decisions,
        answer=Page[queries.CaseRow],
        tag="decisions",
        public=True,
    )
