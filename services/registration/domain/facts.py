"""What a model's rules need to know of other aggregates; it arrives in the commands."""

from datetime import date

import msgspec

from shared.contracts.evaluation import Category, Quota
from shared.contracts.particulars import RegistrationItem, SubField
from shared.contracts.values import (
    LatenessEffect,
    Likeness,
    MovementId,
    OrganizationId,
    RuleSetId,
    SurveyGate,
)


class RegistrationRules(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of the movement's rule set that govern registering and reporting."""

    rule_set: RuleSetId
    version: int
    categories: tuple[Category, ...]
    survey_gate: SurveyGate
    lateness_effect: LatenessEffect
    answer_working_days: int
    holidays: tuple[date, ...]
    help_days: int
    supplements_max: int
    term_years_max: int
    items: tuple[RegistrationItem, ...] = ()
    sub_fields: tuple[SubField, ...] = ()
    models_per_unit: Quota
    similarity: Likeness

    @property
    def name(self) -> str:
        """How metadata names the version."""
        return f"{self.rule_set}/{self.version}"


class MovementYear(msgspec.Struct, frozen=True, kw_only=True):
    """A movement, the year its period ends with, and the calendar of one of its years."""

    movement: MovementId
    year: int
    launching_body: OrganizationId
    registration_opens: date
    registration_closes: date
    results_before: date
    movement_ends_with: int


class HolderFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The holder's organisation: the party committees it can register with, the one that leads it first."""

    organization: OrganizationId
    committees: tuple[OrganizationId, ...]
