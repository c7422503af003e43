"""A model's term of years: each begins, the term changes; and a model that continues another after it."""

from datetime import date

import msgspec

from shared.contracts.event import Event
from shared.contracts.running import Milestone, Target
from shared.contracts.values import ModelId, OrganizationId, Text


class TermYearBegun(Event, frozen=True):
    """The next year of the model's term began, on the day registration opened in its calendar or since (practice: models
    run for a term). From now on `year` is the one under report: its results are due before `results_before`
    (clause III.2.1b), and `committee` organises its session.
    """

    model_id: ModelId
    year: int
    committee: OrganizationId
    begun_on: date
    results_before: date


class TermChanged(Event, frozen=True):
    """The model's committee put on record that its term ends with `last_year` instead, and why (practice)."""

    model_id: ModelId
    committee: OrganizationId
    former_last_year: int
    last_year: int
    reason: Text


class CarriedPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The forerunner's plan, its dates moved to the new year; adopted when the registration is accepted."""

    targets: tuple[Target, ...]
    measures: Text
    milestones: tuple[Milestone, ...]
    resources: Text
    starts_on: date
    ends_on: date


class ModelContinued(Event, frozen=True):
    """The registration beside it carries on `continues`, a model of a former year, whose term ended with
    `former_last_year` (practice: "continue last year's model"; clause II.5).
    """

    model_id: ModelId
    continues: ModelId
    former_last_year: int
    plan: CarriedPlan | None = None
