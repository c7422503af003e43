"""The one decision of a case: who may take it, on what, and what it has to say."""

from datetime import date
from typing import Literal

import msgspec

from services.recognition.domain import case_refusals as refuse
from services.recognition.domain import exemplar
from services.recognition.domain.case_state import Case, Events, undecided
from services.recognition.domain.exemplar import ExemplarFacts
from shared.contracts.evaluation import ExemplarBasis
from shared.contracts.recognition import (
    CaseOpened,
    DecisionDepartedFromAdvice,
    Declined,
    Recognized,
)
from shared.contracts.values import (
    CaseId,
    CompetenceClause,
    Forgettable,
    Line,
    OrganizationId,
    Text,
)
from shared.domain.decider import Request
from shared.domain.graph import Graph
from shared.domain.time import Instant, legal_date

# --- commands ---------------------------------------------------------------------------------


class DecisionRules(msgspec.Struct, frozen=True, kw_only=True):
    """The Mass Mobilisation Month of the case's year, both days included, and the settings of its rule
    set that govern a decision.
    """

    month_from: date
    month_to: date
    outside_month: Literal["reason_required", "allowed"]
    proposal: Literal["required", "none"]
    same_achievement: Literal["recognised_once", "allowed"]
    exemplar_basis: ExemplarBasis


class EarlierCase(msgspec.Struct, frozen=True, kw_only=True):
    """How a case stands that came first with the same achievement. What has ended stays ended, or stands
    behind once it is reopened: then it waits for this one.
    """

    case_id: CaseId
    ended_without_recognition: bool
    decision_number: str | None
    stands_behind: bool = False


class DecisionTerms(Request, frozen=True, kw_only=True):
    """The decision's document, and the reasons asked where it is out of the ordinary."""

    decision_number: Line
    signer_office: Line
    departure_reason: Text | None = None
    outside_month_reason: Text | None = None


class RecognizeForm(DecisionTerms, frozen=True, kw_only=True):
    """A recognition as its signer enters it. The name is kept apart, forgettable."""

    signer_name: Line


class RecognizeRecord(DecisionTerms, frozen=True, kw_only=True):
    """The recognition with its signer as a reference: what stands in the record."""

    signer: Forgettable


class Recognize(RecognizeRecord, frozen=True, kw_only=True):
    """Recognise the model. `earlier` is None while a row it has to stand in lacks its entry."""

    at: Instant
    rules: DecisionRules | None
    earlier: tuple[EarlierCase, ...] | None = ()
    exemplar: ExemplarFacts | None = None
    graph: Graph = Graph()


class DeclineTerms(DecisionTerms, frozen=True, kw_only=True):
    """A refusal's document and its reasons."""

    reasons: Text


class DeclineForm(DeclineTerms, frozen=True, kw_only=True):
    """A refusal as its signer enters it. The name is kept apart, forgettable."""

    signer_name: Line


class DeclineRecord(DeclineTerms, frozen=True, kw_only=True):
    """The refusal with its signer as a reference: what stands in the record."""

    signer: Forgettable


class Decline(DeclineRecord, frozen=True, kw_only=True):
    """Decline to recognise the model."""

    at: Instant
    rules: DecisionRules | None
    graph: Graph = Graph()


# --- rules ------------------------------------------------------------------------------------


def recognize(state: Case, command: Recognize) -> Events:
    """Recognise what was registered, advised on and meets the standard. Raises RefusedError."""
    opened, decides, clauses = may_decide(state, command)
    grounds = {ground.clause for ground in opened.grounds}
    if "I.2.1a" not in grounds:
        raise refuse.NOT_REGISTERED()
    if "I.2.1c" not in grounds:
        raise refuse.BELOW_STANDARD()
    rules = _rules(opened, command)
    _check_duplicates(state, command, rules)
    if opened.aim == "exemplar":
        facts = command.exemplar or ExemplarFacts(review=None, basis=())
        exemplar.check(state, facts, rules.exemplar_basis)
    if rules.proposal == "required" and state.proposal is None:
        raise refuse.PROPOSAL_MISSING()
    departure = _departure(opened, command, follows=opened.advice == "recognise")
    recognized = Recognized(
        case_id=opened.case_id,
        model=opened.model,
        movement=opened.movement,
        year=opened.year,
        aim=opened.aim,
        holder=opened.holder,
        joint_holders=opened.joint_holders,
        committee=opened.committee,
        appraising_unit=opened.appraising_unit,
        decided_by=decides,
        clauses=clauses,
        decision_number=command.decision_number,
        decided_on=legal_date(command.at),
        signer_office=command.signer_office,
        signer=command.signer,
        outside_month_reason=_outside_month_reason(opened, command, rules),
    )
    return (recognized, *departure)


def decline(state: Case, command: Decline) -> Events:
    """Decline, with reasons. Raises RefusedError."""
    opened, decides, clauses = may_decide(state, command)
    rules = _rules(opened, command)
    departure = _departure(opened, command, follows=opened.advice == "decline")
    declined = Declined(
        case_id=opened.case_id,
        model=opened.model,
        movement=opened.movement,
        year=opened.year,
        aim=opened.aim,
        holder=opened.holder,
        joint_holders=opened.joint_holders,
        committee=opened.committee,
        appraising_unit=opened.appraising_unit,
        decided_by=decides,
        clauses=clauses,
        decision_number=command.decision_number,
        decided_on=legal_date(command.at),
        signer_office=command.signer_office,
        signer=command.signer,
        reasons=command.reasons,
        outside_month_reason=_outside_month_reason(opened, command, rules),
    )
    return (declined, *departure)


def may_decide(
    state: Case, command: Recognize | Decline
) -> tuple[CaseOpened, OrganizationId, tuple[CompetenceClause, ...]]:
    """The case, the body that may decide it now, and the clauses that make the body competent. `graph` of
    the command says whether that body is still there today.
    """
    opened = undecided(state)
    decides, clauses = competent_under(state)
    if opened.appraising_unit == decides:
        raise refuse.ADVISER_DECIDES()
    today = legal_date(command.at)
    if command.graph.ended(decides, today):
        raise refuse.DECIDING_BODY_ENDED(on=today.isoformat())
    return opened, decides, clauses


def competent_under(state: Case) -> tuple[OrganizationId, tuple[CompetenceClause, ...]]:
    """Who decides, and the clauses that make that body competent. Raises RefusedError where there are
    none.
    """
    decides, competence = state.deciding_body, state.competence
    if decides is None or competence is None:
        raise refuse.COMPETENCE_OPEN()
    clauses = tuple(body.clause for body in competence.bodies if body.organization == decides)
    if not clauses:
        others = sorted({body.clause for body in competence.bodies})
        if not others:
            raise refuse.NO_COMPETENT_BODY(as_of=competence.as_of.isoformat())
        raise refuse.NOT_COMPETENT(as_of=competence.as_of.isoformat(), clauses=", ".join(others))
    return decides, clauses


def _check_duplicates(state: Case, command: Recognize, rules: DecisionRules) -> None:
    """Every case that came first has ended without a recognition, or nothing is recognised here."""
    if rules.same_achievement == "allowed":
        return
    if command.earlier is None:
        raise refuse.NOT_IN_ITS_ROW()
    known = {one.case_id: one for one in command.earlier}
    for case in dict.fromkeys((*(found.other_case for found in state.duplicates), *known)):
        one = known.get(case)
        if one is not None and (one.ended_without_recognition or one.stands_behind):
            continue
        if one is None or one.decision_number is None:
            raise refuse.EARLIER_CASE_OPEN(case=str(case))
        raise refuse.RECOGNISED_ALREADY(case=str(case), number=one.decision_number)


def _departure(
    opened: CaseOpened, terms: DecisionTerms, *, follows: bool
) -> tuple[DecisionDepartedFromAdvice, ...]:
    if follows:
        if terms.departure_reason is not None:
            raise refuse.NO_DEPARTURE()
        return ()
    if terms.departure_reason is None:
        raise refuse.DEPARTURE_REASON_MISSING()
    return (
        DecisionDepartedFromAdvice(
            case_id=opened.case_id, advice=opened.advice, reason=terms.departure_reason
        ),
    )


def _rules(opened: CaseOpened, command: Recognize | Decline) -> DecisionRules:
    if command.rules is None:
        raise refuse.CALENDAR_MISSING(year=opened.year)
    return command.rules


def _outside_month_reason(
    opened: CaseOpened, command: Recognize | Decline, rules: DecisionRules
) -> str | None:
    """The reason to record: none within the month, whatever was filled in, and none for an exemplar, whose
    occasion is the review (clause III.2.2a).
    """
    if opened.aim == "exemplar":
        return None
    if rules.month_from <= legal_date(command.at) <= rules.month_to:
        return None
    if rules.outside_month == "reason_required" and command.outside_month_reason is None:
        raise refuse.OUTSIDE_MONTH(
            month_from=rules.month_from.isoformat(), month_to=rules.month_to.isoformat()
        )
    return command.outside_month_reason
