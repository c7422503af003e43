"""Presets: a rule set and criteria as versioned data, each setting with its source.

A preset binds nobody. A body reads it (`GET /presets`), changes what it decides differently, and adopts
the result by its own document.
"""

from importlib.resources import files
from typing import Final

import msgspec

from services.evaluation.domain.inheritance import GivenSettings
from shared.contracts.evaluation import Criterion, RuleSettings
from shared.contracts.values import Line, Text

_PRESETS: Final = ("dan-van-kheo.json", "huong-dan-2016.json")
_VARIATIONS: Final = ("phuong-2026.json", "danh-hieu-nha-nuoc.json")


class PresetRuleSet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of the body of `POST /rule-sets` what the preset can say; whose document it is the body adds."""

    title: Line
    settings: RuleSettings


class PresetCriteria(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of the body of `POST /criteria-sets` what the preset can say; whose document it is the body adds."""

    title: Line
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


class Variation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings from practice for a body that builds on another's rule set: the `settings` of a `POST
    /rule-sets` that names a `parent`.
    """

    id: Line
    revision: int
    about_vi: Text
    about_en: Text
    settings: GivenSettings


def load_presets() -> list[Preset]:
    """Every whole preset that comes with the service."""
    return [msgspec.json.decode(_read(name), type=Preset) for name in _PRESETS]


def load_variations() -> list[Variation]:
    """Every variation that comes with the service."""
    return [msgspec.json.decode(_read(name), type=Variation) for name in _VARIATIONS]


def _read(name: str) -> bytes:
    return (files(__package__) / name).read_bytes()
