"""The HTTP API of recognition: each route turns a request into a command, or a query into an answer."""

from typing import TypeVar
from uuid import UUID

from msgspec.structs import asdict

from services.recognition import facts, queries
from services.recognition.domain.case import (
    CASE,
    Decline,
    DeclineForm,
    DetermineCompetence,
    DetermineCompetenceForm,
    Recognize,
    RecognizeForm,
)
from shared.contracts.recognition import CaseOpened
from shared.domain.time import legal_date
from shared.host.service import Api, Call, NotFoundError, Outcome, Page

F = TypeVar("F", RecognizeForm, DeclineForm, DetermineCompetenceForm)


async def _case(call: Call[F]) -> tuple[UUID, CaseOpened]:
    case = call.path_id("case_id")
    opened = (await call.load(CASE, case)).state.opened
    if opened is None:
        raise NotFoundError("case")
    return case, opened


async def determine_competence(call: Call[DetermineCompetenceForm]) -> Outcome:
    """Determine the competent bodies again (clause I.2.2), after lines or competences were corrected."""
    case, opened = await _case(call)
    graph, cites = await facts.graph_above(call.read, opened.holder, legal_date(call.now))
    command = DetermineCompetence(at=call.now, graph=graph)
    return await call.execute(CASE, case, command, cites=cites)


async def recognize(call: Call[RecognizeForm]) -> Outcome:
    """Recognise the model as the competent body named in its registration. The signer's name is kept
    apart and can be erased.
    """
    case, opened = await _case(call)
    month, cites = await facts.month_of(call.read, opened)
    terms = asdict(call.body)
    signer = await call.keep("signer", terms.pop("signer_name").encode())
    command = Recognize(**terms, signer=signer, at=call.now, month=month)
    return await call.execute(CASE, case, command, cites=cites, rules=facts.rule_set_name(opened))


async def decline(call: Call[DeclineForm]) -> Outcome:
    """Decline to recognise the model, with reasons, as the competent body named in its registration.
    The signer's name is kept apart and can be erased.
    """
    case, opened = await _case(call)
    month, cites = await facts.month_of(call.read, opened)
    terms = asdict(call.body)
    signer = await call.keep("signer", terms.pop("signer_name").encode())
    command = Decline(**terms, signer=signer, at=call.now, month=month)
    return await call.execute(CASE, case, command, cites=cites, rules=facts.rule_set_name(opened))


def routes(api: Api) -> None:
    """Declare every route."""
    tag, one = "cases", "/cases/{case_id}"
    api.write(
        f"{one}/competence",
        DetermineCompetenceForm,
        determine_competence,
        command=DetermineCompetence,
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
