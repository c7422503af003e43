"""The HTTP API of evaluation: each route turns a request into a command, or a query into an answer."""

from typing import TypeVar
from uuid import UUID

import msgspec
from msgspec.structs import asdict

from services.evaluation import (
    ballot_api,
    council_api,
    facts,
    minutes_api,
    queries,
    rescoring_api,
    rules_api,
    sheet_api,
    sitting_api,
    team_api,
    team_facts,
    visit_api,
)
from services.evaluation.ballot_queries import NoParameters
from services.evaluation.domain.appraisal import APPRAISAL
from services.evaluation.domain.erasure import ERASURE
from services.evaluation.domain.posting import (
    AnswerOpinion,
    AnswerOpinionForm,
    ClosePosting,
    ClosePostingForm,
    OpenPosting,
    OpenPostingForm,
    PostingRules,
    ReceiveOpinion,
    ReceiveOpinionForm,
    takes_opinions,
)
from services.evaluation.domain.scoring import (
    CheckGate,
    CheckGateForm,
    CompleteAppraisal,
    CompleteAppraisalForm,
    ScoreCriterion,
    ScoreCriterionForm,
    refuse_unknown_files,
)
from services.evaluation.persons import Citizen
from shared.contracts.appraisal import AppraisalOpened
from shared.domain.decider import Request
from shared.host.cursor import PageParameters
from shared.host.erasure import erasure_routes
from shared.host.service import Api, Call, NotFoundError, Outcome, Page

F = TypeVar("F", bound=Request)

# --- appraisals --------------------------------------------------------------------------------


async def _dossier(call: Call[F]) -> tuple[UUID, AppraisalOpened]:
    appraisal = call.path_id("appraisal_id")
    opened = (await call.load(APPRAISAL, appraisal)).state.opened
    if opened is None:
        raise NotFoundError("appraisal")
    return appraisal, opened


async def check_gate(call: Call[CheckGateForm]) -> Outcome:
    """Check compliance with Party lines and State law: pass or fail, no points (clause II.2)."""
    appraisal, dossier = await _dossier(call)
    command = CheckGate(**asdict(call.body), at=call.now)
    return await call.execute(APPRAISAL, appraisal, command, rules=facts.rule_set_name(dossier))


async def score_criterion(call: Call[ScoreCriterionForm]) -> Outcome:
    """Give the unit's points for a criterion where no team is assigned, with the evidence; scoring again
    replaces the former points.
    """
    appraisal, dossier = await _dossier(call)
    standard, cites = await facts.standard_of(call, dossier)
    known = await team_facts.attached(call.read, dossier.model, call.body.files)
    refuse_unknown_files(call.body.files, known)
    command = ScoreCriterion(**asdict(call.body), standard=standard, at=call.now)
    rules = facts.rule_set_name(dossier)
    return await call.execute(APPRAISAL, appraisal, command, cites=cites, rules=rules)


async def complete_appraisal(call: Call[CompleteAppraisalForm]) -> Outcome:
    """Complete the appraisal: every criterion scored by everyone of the team, divergences discussed, the
    gate checked. The points, and whether the standard is met, follow from them.
    """
    appraisal, dossier = await _dossier(call)
    standard, cites = await facts.standard_of(call, dossier)
    settings, cited = await facts.rules_of(call, dossier.rule_set, dossier.rule_set_version)
    command = CompleteAppraisal(
        **asdict(call.body),
        standard=standard,
        score_rule=settings.score_rule.value,
        site_visit=settings.site_visit.value,
        at=call.now,
    )
    rules = facts.rule_set_name(dossier)
    return await call.execute(APPRAISAL, appraisal, command, cites=(*cites, *cited), rules=rules)


async def open_posting(call: Call[OpenPostingForm]) -> Outcome:
    """Post the appraisal in public for at least the rule set's working days (clause I.2.1b). The day
    of opening is not counted.
    """
    appraisal, dossier = await _dossier(call)
    settings, cites = await facts.rules_of(call, dossier.rule_set, dossier.rule_set_version)
    terms = PostingRules(
        working_days=settings.posting_working_days.value, holidays=settings.holidays.value
    )
    command = OpenPosting(**asdict(call.body), rules=terms, at=call.now)
    rules = facts.rule_set_name(dossier)
    return await call.execute(APPRAISAL, appraisal, command, cites=cites, rules=rules)


async def send_opinion(call: Call[ReceiveOpinionForm]) -> Outcome:
    """Send an opinion on a posting, signed with name and address. No account is needed; what you write
    is read by the appraising unit, is not published and can be erased.
    """
    appraisal = call.path_id("appraisal_id")
    state = (await call.load(APPRAISAL, appraisal)).state
    if state.posting is None:
        raise NotFoundError("posting")
    opinion_id = call.new_id
    if opinion_id not in state.opinions:
        takes_opinions(state, call.now)
    kept = await call.keep("opinion", msgspec.json.encode(Citizen(**asdict(call.body))))
    command = ReceiveOpinion(opinion_id=opinion_id, opinion=kept, at=call.now)
    return await call.execute(APPRAISAL, appraisal, command)


async def answer_opinion(call: Call[AnswerOpinionForm]) -> Outcome:
    """Answer an opinion, in public: do not repeat what identifies the citizen."""
    appraisal, _ = await _dossier(call)
    command = AnswerOpinion(**asdict(call.body), opinion_id=call.path_id("opinion_id"), at=call.now)
    return await call.execute(APPRAISAL, appraisal, command)


async def close_posting(call: Call[ClosePostingForm]) -> Outcome:
    """Close the posting once its last day has passed and every opinion has its answer."""
    appraisal, dossier = await _dossier(call)
    command = ClosePosting(at=call.now)
    return await call.execute(APPRAISAL, appraisal, command, rules=facts.rule_set_name(dossier))


# --- routes ------------------------------------------------------------------------------------


def routes(api: Api) -> None:
    """Declare every route."""
    erasure_routes(api, ERASURE, files=True)
    rules_api.routes(api)
    council_api.routes(api)
    team_api.routes(api)
    rescoring_api.routes(api)
    visit_api.routes(api)
    _appraisal_writes(api)
    _appraisal_reads(api)
    _posting_routes(api)
    sitting_api.routes(api)
    sheet_api.routes(api)
    minutes_api.routes(api)
    ballot_api.routes(api)


def _appraisal_writes(api: Api) -> None:
    tag, one = "appraisals", "/appraisals/{appraisal_id}"
    api.write(f"{one}/gate", CheckGateForm, check_gate, command=CheckGate, tag=tag)
    api.write(f"{one}/scores", ScoreCriterionForm, score_criterion, command=ScoreCriterion, tag=tag)
    api.write(
        f"{one}/completion",
        CompleteAppraisalForm,
        complete_appraisal,
        command=CompleteAppraisal,
        tag=tag,
    )
    api.write(f"{one}/posting", OpenPostingForm, open_posting, command=OpenPosting, tag=tag)
    api.write(
        f"{one}/posting/closure", ClosePostingForm, close_posting, command=ClosePosting, tag=tag
    )
    api.write(
        f"{one}/opinions/{{opinion_id}}/answer",
        AnswerOpinionForm,
        answer_opinion,
        command=AnswerOpinion,
        tag=tag,
    )


def _appraisal_reads(api: Api) -> None:
    tag, one = "appraisals", "/appraisals/{appraisal_id}"
    api.read(
        "/appraisals",
        queries.ListAppraisals,
        queries.list_appraisals,
        answer=Page[queries.AppraisalRow],
        tag=tag,
    )
    api.read(
        "/appraisals/waiting",
        PageParameters,
        queries.list_waiting,
        answer=Page[queries.WaitingRow],
        tag=tag,
    )
    api.read(
        one,
        NoParameters,
        queries.get_appraisal,
        answer=queries.AppraisalView,
        tag=tag,
    )
    api.read(
        f"{one}/opinions",
        NoParameters,
        queries.get_opinions,
        answer=queries.OpinionsView,
        tag=tag,
        roles=queries.OPINION_READERS,
    )


def _posting_routes(api: Api) -> None:
    tag, one = "postings", "/postings/{appraisal_id}"
    api.read(
        "/postings",
        queries.ListPostings,
        queries.list_postings,
        answer=Page[queries.PostingRow],
        tag=tag,
        public=True,
    )
    api.read(
        one,
        NoParameters,
        queries.get_posting,
        answer=queries.PostingView,
        tag=tag,
        public=True,
    )
    api.write(f"{one}/opinions", ReceiveOpinionForm, send_opinion, command=ReceiveOpinion, tag=tag)
