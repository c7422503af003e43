"""Presets: a rule set and criteria as versioned data, each setting with its source.

A preset binds nobody. A body reads it (`GET /presets`), changes what it decides differently, and adopts
the result by its own document.
"""

from datetime import date
from importlib.resources import files
from typing import Final

import msgspec

from shared.contracts.evaluation import Criterion, RuleSettings
from shared.contracts.values import Line, Text

_FILES: Final = ("dan-van-kheo.json",)


class PresetRuleSet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of `POST /rule-sets`, but for `adopted_by`."""

    title: Line
    document_number: Line
    effective_on: date
    expires_on: date | None
    settings: RuleSettings


class PresetCriteria(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of `POST /criteria-sets`, but for `adopted_by`."""

    title: Line
    effective_on: date
    criteria: tuple[Criterion, ...]
    points_required: int


class Preset(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A preset; `revision` rises with every change of its file."""

    id: Line
    revision: int
    about_vi: Text
    about_en: Text
    rule_set: PresetRuleSet
    criteria_set: PresetCriteria
    criteria_source: Line


def load_presets() -> list[Preset]:
    """Every preset that comes with the service."""
    return [
        msgspec.json.decode((files(__package__) / name).read_bytes(), type=Preset)
        for name in _FILES
    ]
