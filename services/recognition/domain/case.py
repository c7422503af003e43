"""A case before a deciding body, from the advice to the decision. Stream `case-<id>`."""

from datetime import date
from types import MappingProxyType
from typing import Final, Literal

import msgspec

from services.recognition.domain import case_refusals as refuse
from services.recognition.domain.competence import Graph, competent_bodies
from shared.contracts.recognition import (
    Advice,
    CaseDiscontinued,
    CaseOpened,
    CompetenceDetermined,
    DecisionDepartedFromAdvice,
    Declined,
    Ground,
    Recognized,
)
from shared.contracts.values import (
    Aim,
    AppraisalId,
    CaseId,
    CompetenceClause,
    Forgettable,
    HolderKind,
    Line,
    ModelId,
    MovementId,
    OrganizationId,
    RuleSetId,
    Text,
)
from shared.domain.decider import Decider, Request
from shared.domain.time import Instant, legal_date

Decision = Recognized | Declined
CaseEvent = (
    CaseOpened | CompetenceDetermined | Decision | DecisionDepartedFromAdvice | CaseDiscontinued
)
Events = tuple[CaseEvent, ...]

# --- state ------------------------------------------------------------------------------------


class Case(msgspec.Struct, frozen=True):
    """`opened` is None before the first event; the others until they happened."""

    opened: CaseOpened | None = None
    competence: CompetenceDetermined | None = None
    decision: Decision | None = None
    departure: DecisionDepartedFromAdvice | None = None
    discontinued: CaseDiscontinued | None = None


def evolve(state: Case, event: CaseEvent) -> Case:
    """What is known after `event`."""
    match event:
        case CaseOpened():
            return msgspec.structs.replace(state, opened=event)
        case CompetenceDetermined():
            return msgspec.structs.replace(state, competence=event)
        case Recognized() | Declined():
            return msgspec.structs.replace(state, decision=event)
        case DecisionDepartedFromAdvice():
            return msgspec.structs.replace(state, departure=event)
        case CaseDiscontinued():
            return msgspec.structs.replace(state, discontinued=event)


# --- commands ---------------------------------------------------------------------------------


class AdviceFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the appraising unit advised, and on what."""

    appraisal: AppraisalId
    model: ModelId
    movement: MovementId
    year: int
    aim: Aim
    holder: OrganizationId
    committee: OrganizationId
    appraising_unit: OrganizationId
    deciding_body: OrganizationId
    advice: Advice
    rule_set: RuleSetId
    rule_set_version: int


class MonthFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The Mass Mobilisation Month of the case's year, both days included, and what the rule set asks
    of a decision outside it.
    """

    month_from: date
    month_to: date
    outside_month: Literal["reason_required", "allowed"]


class OpenCase(Request, frozen=True, kw_only=True):
    """Open the case on the advice, with the events that show the principles of clause I.2.1."""

    case_id: CaseId
    at: Instant
    advice: AdviceFacts
    holder_kind: HolderKind
    grounds: tuple[Ground, ...]


class DetermineCompetenceForm(Request, frozen=True, kw_only=True):
    """Nothing to fill in: competence follows from the organisation graph."""


class DetermineCompetence(DetermineCompetenceForm, frozen=True, kw_only=True):
    """Compute the competent bodies as of the day."""

    at: Instant
    graph: Graph


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
    """Recognise the model."""

    at: Instant
    month: MonthFacts | None


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
    month: MonthFacts | None


class Discontinue(Request, frozen=True, kw_only=True):
    """The model was withdrawn."""

    at: Instant
    reason: Text


CaseCommand = OpenCase | DetermineCompetence | Recognize | Decline | Discontinue

# --- rules ------------------------------------------------------------------------------------


def decide(state: Case, command: CaseCommand) -> Events:
    """What follows from `command`. Raises RefusedError."""
    match command:
        case OpenCase():
            return _open(state, command)
        case DetermineCompetence():
            return _determine_competence(state, command)
        case Recognize():
            return _recognize(state, command)
        case Decline():
            return _decline(state, command)
        case Discontinue():
            return _discontinue(state, command)


def _open(state: Case, command: OpenCase) -> Events:
    if state.opened is not None:
        return ()
    advice = command.advice
    return (
        CaseOpened(
            case_id=command.case_id,
            model=advice.model,
            movement=advice.movement,
            year=advice.year,
            aim=advice.aim,
            holder=advice.holder,
            holder_kind=command.holder_kind,
            committee=advice.committee,
            appraisal=advice.appraisal,
            appraising_unit=advice.appraising_unit,
            deciding_body=advice.deciding_body,
            advice=advice.advice,
            grounds=command.grounds,
            rule_set=advice.rule_set,
            rule_set_version=advice.rule_set_version,
        ),
    )


def _determine_competence(state: Case, command: DetermineCompetence) -> Events:
    opened = state.opened
    if opened is None:
        raise refuse.UNKNOWN()
    if state.decision is not None or state.discontinued is not None:
        return ()
    as_of = legal_date(command.at)
    bodies = competent_bodies(
        command.graph,
        holder=opened.holder,
        holder_kind=opened.holder_kind,
        aim=opened.aim,
        on=as_of,
    )
    if state.competence is not None and state.competence.bodies == bodies:
        return ()
    named = any(body.organization == opened.deciding_body for body in bodies)
    return (
        CompetenceDetermined(
            case_id=opened.case_id, as_of=as_of, bodies=bodies, named_body_competent=named
        ),
    )


def _recognize(state: Case, command: Recognize) -> Events:
    opened, clauses = _may_decide(state)
    grounds = {ground.clause for ground in opened.grounds}
    if "I.2.1a" not in grounds:
        raise refuse.NOT_REGISTERED()
    if "I.2.1c" not in grounds:
        raise refuse.BELOW_STANDARD()
    departure = _departure(opened, command, follows=opened.advice == "recognise")
    recognized = Recognized(
        case_id=opened.case_id,
        model=opened.model,
        movement=opened.movement,
        year=opened.year,
        aim=opened.aim,
        holder=opened.holder,
        committee=opened.committee,
        appraising_unit=opened.appraising_unit,
        decided_by=opened.deciding_body,
        clauses=clauses,
        decision_number=command.decision_number,
        decided_on=legal_date(command.at),
        signer_office=command.signer_office,
        signer=command.signer,
        outside_month_reason=_outside_month_reason(opened, command),
    )
    return (recognized, *departure)


def _decline(state: Case, command: Decline) -> Events:
    opened, clauses = _may_decide(state)
    departure = _departure(opened, command, follows=opened.advice == "decline")
    declined = Declined(
        case_id=opened.case_id,
        model=opened.model,
        movement=opened.movement,
        year=opened.year,
        aim=opened.aim,
        holder=opened.holder,
        committee=opened.committee,
        appraising_unit=opened.appraising_unit,
        decided_by=opened.deciding_body,
        clauses=clauses,
        decision_number=command.decision_number,
        decided_on=legal_date(command.at),
        signer_office=command.signer_office,
        signer=command.signer,
        reasons=command.reasons,
        outside_month_reason=_outside_month_reason(opened, command),
    )
    return (declined, *departure)


def _may_decide(state: Case) -> tuple[CaseOpened, tuple[CompetenceClause, ...]]:
    """The case if the named body may decide it now, and the clauses that make the body competent."""
    opened, competence = state.opened, state.competence
    if opened is None:
        raise refuse.UNKNOWN()
    if state.discontinued is not None:
        raise refuse.DISCONTINUED()
    if state.decision is not None:
        raise refuse.ALREADY_DECIDED(number=state.decision.decision_number)
    if opened.appraising_unit == opened.deciding_body:
        raise refuse.ADVISER_DECIDES()
    if competence is None:
        raise refuse.COMPETENCE_OPEN()
    clauses = tuple(
        body.clause for body in competence.bodies if body.organization == opened.deciding_body
    )
    if not clauses:
        others = sorted({body.clause for body in competence.bodies})
        if not others:
            raise refuse.NO_COMPETENT_BODY(as_of=competence.as_of.isoformat())
        raise refuse.NOT_COMPETENT(as_of=competence.as_of.isoformat(), clauses=", ".join(others))
    return opened, clauses


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


def _outside_month_reason(opened: CaseOpened, command: Recognize | Decline) -> str | None:
    """The reason to record: none within the month, whatever was filled in."""
    month = command.month
    if month is None:
        raise refuse.CALENDAR_MISSING(year=opened.year)
    if month.month_from <= legal_date(command.at) <= month.month_to:
        return None
    if month.outside_month == "reason_required" and command.outside_month_reason is None:
        raise refuse.OUTSIDE_MONTH(
            month_from=month.month_from.isoformat(), month_to=month.month_to.isoformat()
        )
    return command.outside_month_reason


def _discontinue(state: Case, command: Discontinue) -> Events:
    opened = state.opened
    if opened is None or state.decision is not None or state.discontinued is not None:
        return ()
    return (CaseDiscontinued(case_id=opened.case_id, model=opened.model, reason=command.reason),)


CASE: Final[Decider[Case, CaseCommand, CaseEvent]] = Decider(
    category="case",
    initial_state=Case(),
    decide=decide,
    evolve=evolve,
    commands=MappingProxyType(
        {
            "OpenCase": OpenCase,
            "DetermineCompetence": DetermineCompetence,
            "Recognize": Recognize,
            "Decline": Decline,
            "Discontinue": Discontinue,
        }
    ),
)
