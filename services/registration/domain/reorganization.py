"""The end of a body and who succeeds it: dissolution, merger, split, and succession in a competence."""

from datetime import date, timedelta
from typing import Annotated, Final

import msgspec

from services.registration.domain import organization_refusals as refuse
from services.registration.domain.organization_state import Competence, Organization
from services.registration.domain.surroundings import Surroundings
from shared.contracts.registration import (
    CompetenceSucceeded,
    OrganizationCreated,
    OrganizationDissolved,
    OrganizationMerged,
    OrganizationSplit,
    Part,
)
from shared.contracts.values import CompetenceClause, Line, LineKind, OrganizationId
from shared.domain.decider import Request
from shared.domain.graph import OrganizationEnded, Succession
from shared.domain.time import Instant

LINES: Final[tuple[LineKind, ...]] = ("party", "vertical", "territory")
PARTS_MIN: Final = 2
PARTS_MAX: Final = 50


class DissolveOrganizationForm(Request, frozen=True, kw_only=True):
    """From when on the body is no more, by which document, and who takes over; null says that nobody does,
    and has to be said.
    """

    effective_on: date
    successor: OrganizationId | None
    source: Line


class DissolveOrganization(DissolveOrganizationForm, frozen=True, kw_only=True):
    """Dissolve the body."""

    at: Instant
    surroundings: Surroundings


class MergeOrganizationForm(Request, frozen=True, kw_only=True):
    """Into which body this one is merged, from when on, by which document."""

    into: OrganizationId
    effective_on: date
    source: Line


class MergeOrganization(MergeOrganizationForm, frozen=True, kw_only=True):
    """Merge the body into another."""

    at: Instant
    surroundings: Surroundings


class SplitOrganizationForm(Request, frozen=True, kw_only=True):
    """Into which bodies this one is split, what each takes, and to which of them all the rest goes."""

    effective_on: date
    parts: Annotated[tuple[Part, ...], msgspec.Meta(max_length=PARTS_MAX)]
    default_successor: OrganizationId
    source: Line


class SplitOrganization(SplitOrganizationForm, frozen=True, kw_only=True):
    """Split the body."""

    at: Instant
    surroundings: Surroundings


class SucceedCompetenceForm(Request, frozen=True, kw_only=True):
    """Whose competence the body takes over, advised by whom, since when, by which document."""

    clause: CompetenceClause
    former: OrganizationId
    advised_by: OrganizationId
    valid_from: date
    source: Line


class SucceedCompetence(SucceedCompetenceForm, frozen=True, kw_only=True):
    """Let the body succeed another in a competence of clause I.2.2."""

    at: Instant
    surroundings: Surroundings


ReorganizationCommand = (
    DissolveOrganization | MergeOrganization | SplitOrganization | SucceedCompetence
)


def decide(
    state: Organization, created: OrganizationCreated, command: ReorganizationCommand
) -> tuple[OrganizationEnded | CompetenceSucceeded, ...]:
    """What follows from `command`. Raises RefusedError."""
    match command:
        case DissolveOrganization():
            dissolved = OrganizationDissolved(
                organization_id=created.organization_id,
                effective_on=command.effective_on,
                successor=command.successor,
                source=command.source,
            )
            return _end(state, created, dissolved, command.surroundings)
        case MergeOrganization():
            merged = OrganizationMerged(
                organization_id=created.organization_id,
                into=command.into,
                effective_on=command.effective_on,
                source=command.source,
            )
            return _end(state, created, merged, command.surroundings)
        case SplitOrganization():
            _check_parts(command)
            split = OrganizationSplit(
                organization_id=created.organization_id,
                effective_on=command.effective_on,
                parts=command.parts,
                default_successor=command.default_successor,
                source=command.source,
            )
            return _end(state, created, split, command.surroundings)
        case SucceedCompetence():
            return _succeed(state, created, command)


def _check_parts(command: SplitOrganization) -> None:
    bodies = [part.organization for part in command.parts]
    if len(bodies) < PARTS_MIN or len(set(bodies)) != len(bodies):
        raise refuse.PARTS_MISSING()
    if command.default_successor not in bodies:
        raise refuse.DEFAULT_NOT_A_PART()
    taken = [*(duty for part in command.parts for duty in part.duties)]
    models = [*(model for part in command.parts for model in part.models)]
    if len(set(taken)) != len(taken) or len(set(models)) != len(models):
        raise refuse.TAKEN_TWICE()


def _end(
    state: Organization,
    created: OrganizationCreated,
    event: OrganizationEnded,
    around: Surroundings,
) -> tuple[OrganizationEnded, ...]:
    """A body ends once; whoever succeeds it is there on that day, and lines and successions stay free of
    circles.
    """
    if state.ended == event:
        return ()
    if state.ended is not None:
        raise refuse.ENDED(on=state.ended.effective_on.isoformat())
    on = event.effective_on
    if on < created.established_on:
        raise refuse.BEFORE_ESTABLISHED(on=created.established_on.isoformat())
    succession = Succession.of(event)
    for successor in sorted(succession.successors, key=str):
        if created.organization_id in around.graph.succeeding(successor):
            raise refuse.OWN_SUCCESSOR()
        around.require_living(successor, on)
    after = msgspec.structs.replace(
        around.graph, successions=(*around.graph.successions, succession)
    )
    if succession.successor is not None:
        # The successor may end too: who stood below the body is then below whoever takes over from it.
        heads = after.succeeding(succession.successor)
        days = [after.circle(head, line) for head in heads for line in LINES]
        found = min((day for day in days if day is not None), default=None)
        if found is not None:
            raise refuse.SUCCESSOR_BELOW(on=max(found, on).isoformat())
    return (event,)


def _succeed(
    state: Organization, created: OrganizationCreated, command: SucceedCompetence
) -> tuple[CompetenceSucceeded, ...]:
    """Whom the body succeeds held the competence on the day before."""
    organization_id = created.organization_id
    if command.former == organization_id:
        raise refuse.OWN_COMPETENCE()
    if command.advised_by == organization_id:
        raise refuse.ADVISER_DECIDES()
    entry = Competence(command.clause, command.advised_by, command.valid_from, command.former)
    if entry in state.competences:
        return ()
    day_before = command.valid_from - timedelta(days=1)
    if not command.surroundings.holds(command.former, command.clause, day_before):
        raise refuse.COMPETENCE_NOT_HELD(clause=command.clause, on=command.valid_from.isoformat())
    command.surroundings.require_living(command.advised_by, command.valid_from)
    return (
        CompetenceSucceeded(
            organization_id=organization_id,
            clause=command.clause,
            former=command.former,
            advised_by=command.advised_by,
            valid_from=command.valid_from,
            source=command.source,
        ),
    )
