"""Events of the recognition service: cases and their decisions."""

from datetime import date
from types import MappingProxyType
from typing import Final, Literal
from uuid import UUID

import msgspec

from shared.contracts.event import Catalogue, Event
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

Advice = Literal["recognise", "decline"]


class Ground(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A principle of clause I.2.1 and the event that shows it."""

    clause: Literal["I.2.1a", "I.2.1b", "I.2.1c"]
    event_id: UUID


class CaseOpened(Event, frozen=True):
    """On the appraising unit's advice a case lies before the deciding body, with its grounds.

    `holder_kind` is the registration's: of an individual, `holder` is the committee of residence or
    work, which itself may be competent.
    """

    case_id: CaseId
    model: ModelId
    movement: MovementId
    year: int
    aim: Aim
    holder: OrganizationId
    holder_kind: HolderKind
    committee: OrganizationId
    appraisal: AppraisalId
    appraising_unit: OrganizationId
    deciding_body: OrganizationId
    advice: Advice
    grounds: tuple[Ground, ...]
    rule_set: RuleSetId
    rule_set_version: int


class CompetentBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A body competent for the case, and the clause that makes it so."""

    organization: OrganizationId
    clause: CompetenceClause


class CompetenceDetermined(Event, frozen=True):
    """Every competent body (clause I.2.2 lets them overlap), as the graph stood on `as_of`."""

    case_id: CaseId
    as_of: date
    bodies: tuple[CompetentBody, ...]
    named_body_competent: bool


class Recognized(Event, frozen=True):
    """The competent body recognised the model.

    `clauses` are all that make the body competent: they overlap and none takes precedence (clause
    I.2.2; a commune committee stands under b and d).
    """

    case_id: CaseId
    model: ModelId
    movement: MovementId
    year: int
    aim: Aim
    holder: OrganizationId
    committee: OrganizationId
    appraising_unit: OrganizationId
    decided_by: OrganizationId
    clauses: tuple[CompetenceClause, ...]
    decision_number: Line
    decided_on: date
    signer_office: Line
    signer: Forgettable
    outside_month_reason: Text | None = None


class Declined(Event, frozen=True):
    """The competent body declined, with reasons. `clauses` as in Recognized."""

    case_id: CaseId
    model: ModelId
    movement: MovementId
    year: int
    aim: Aim
    holder: OrganizationId
    committee: OrganizationId
    appraising_unit: OrganizationId
    decided_by: OrganizationId
    clauses: tuple[CompetenceClause, ...]
    decision_number: Line
    decided_on: date
    signer_office: Line
    signer: Forgettable
    reasons: Text
    outside_month_reason: Text | None = None


class DecisionDepartedFromAdvice(Event, frozen=True):
    """The decision departs from the advice; the reason is public (clause III.2.1c)."""

    case_id: CaseId
    advice: Advice
    reason: Text


class CaseDiscontinued(Event, frozen=True):
    """The model was withdrawn before a decision."""

    case_id: CaseId
    model: ModelId
    reason: Text


EVENTS: Final = Catalogue(
    service="recognition",
    categories=("case",),
    current=MappingProxyType(
        {
            "CaseOpened.v1": CaseOpened,
            "CompetenceDetermined.v1": CompetenceDetermined,
            "Recognized.v1": Recognized,
            "Declined.v1": Declined,
            "DecisionDepartedFromAdvice.v1": DecisionDepartedFromAdvice,
            "CaseDiscontinued.v1": CaseDiscontinued,
        }
    ),
)
