"""Who is competent to decide a case (clause I.2.2), and which of several competent bodies does."""

from services.recognition.domain import case_refusals as refuse
from services.recognition.domain.case_state import Case, Events, undecided
from services.recognition.domain.competence import Graph, competent_bodies, deciding_body_on
from shared.contracts.recognition import CompetenceDetermined, DecidingBodyNamed
from shared.contracts.values import OrganizationId
from shared.domain.decider import Request
from shared.domain.time import Instant, legal_date

# --- commands ---------------------------------------------------------------------------------


class DetermineCompetenceForm(Request, frozen=True, kw_only=True):
    """Nothing to fill in: competence follows from the organisation graph."""


class DetermineCompetence(DetermineCompetenceForm, frozen=True, kw_only=True):
    """Compute the competent bodies as of the day."""

    at: Instant
    graph: Graph


class NameDecidingBodyForm(Request, frozen=True, kw_only=True):
    """The competent body that is to decide."""

    organization: OrganizationId


class NameDecidingBody(NameDecidingBodyForm, frozen=True, kw_only=True):
    """Name the body for the holder, in the place of one that is not competent."""

    named_by: OrganizationId


# --- rules ------------------------------------------------------------------------------------


def determine(state: Case, command: DetermineCompetence) -> Events:
    """Competence as of the day, on record where it differs from what is known; nothing once decided."""
    opened = state.opened
    if opened is None:
        raise refuse.UNKNOWN()
    if state.decision is not None or state.discontinued is not None:
        return ()
    as_of = legal_date(command.at)
    named = state.named or opened.deciding_body
    bodies = competent_bodies(
        command.graph,
        holder=opened.holder,
        holder_kind=opened.holder_kind,
        aim=opened.aim,
        on=as_of,
        model=opened.model,
    )
    deciding = deciding_body_on(command.graph, named, bodies, on=as_of, model=opened.model)
    successor = None if deciding == named else deciding
    known = state.competence
    if known is not None and (known.bodies, known.successor) == (bodies, successor):
        return ()
    return (
        CompetenceDetermined(
            case_id=opened.case_id,
            as_of=as_of,
            bodies=bodies,
            named_body_competent=any(body.organization == deciding for body in bodies),
            successor=successor,
        ),
    )


def name(state: Case, command: NameDecidingBody) -> tuple[DecidingBodyNamed, ...]:
    """One of the competent bodies, where the one named before is not among them (clause I.2.2: they overlap
    without precedence, and whoever registers names one). Raises RefusedError.
    """
    opened = undecided(state)
    competence = state.competence
    if competence is None:
        raise refuse.COMPETENCE_OPEN()
    if state.deciding_body == command.organization and competence.named_body_competent:
        return ()
    if competence.named_body_competent:
        raise refuse.NAMED_BODY_COMPETENT()
    if all(body.organization != command.organization for body in competence.bodies):
        raise refuse.NAMED_NOT_COMPETENT(as_of=competence.as_of.isoformat())
    if command.organization == opened.appraising_unit:
        raise refuse.ADVISER_DECIDES()
    return (
        DecidingBodyNamed(
            case_id=opened.case_id,
            model=opened.model,
            organization=command.organization,
            named_by=command.named_by,
        ),
    )
