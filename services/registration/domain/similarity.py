"""How alike two registrations are in name, place and content: whole percents that a person can recount.

A text is taken as the set of its words and of its pairs of neighbouring words, without case and diacritics
(Vietnamese is often typed without them; its words mostly have two syllables). Alike in percent is how many of all
that stand in either text stand in both. Nothing here guesses: the same texts give the same figures for ever.
"""

import re
from collections.abc import Collection
from itertools import pairwise
from typing import Final

import msgspec

from shared.contracts.values import Likeness, Line, ModelId
from shared.domain.text import fold

LIKENESS_PERCENT_MIN: Final = 50
"""The lowest share a rule set may look for; what candidates are found by (see `leading`) relies on it."""

_WORD: Final = re.compile(r"[^\W_]+")
_ALL: Final = 100


class Similar(msgspec.Struct, frozen=True, kw_only=True):
    """Another model that is alike, with the shares in percent."""

    other: ModelId
    other_name: Line
    name_percent: int
    place_percent: int
    content_percent: int


class Texts(msgspec.Struct, frozen=True, kw_only=True):
    """What is compared of a registration."""

    name: str
    place: str
    content: str


def features(text: str) -> frozenset[str]:
    """The words of a text and its pairs of neighbouring words, without case and diacritics."""
    words = _WORD.findall(fold(text))
    pairs = (" ".join(pair) for pair in pairwise(words))
    return frozenset((*words, *pairs))


def percent(one: str, other: str) -> int:
    """How alike two texts are, 0 to 100: symmetric, 100 for the same words; without any word 0."""
    ours, theirs = features(one), features(other)
    either = len(ours | theirs)
    return 0 if either == 0 else _ALL * len(ours & theirs) // either


def leading(text: str) -> tuple[str, ...]:
    """As many of a text's features as make sure that two texts that are at least LIKENESS_PERCENT_MIN alike have one
    in common: pairs first, which are rarer than words.

    Two sets with more than half of their union in common cannot miss each other in the leading half of each
    under one order (prefix filtering), so that no pair is compared for nothing and none is missed.
    """
    ordered = sorted(features(text), key=lambda feature: (" " not in feature, feature))
    needed = -(-len(ordered) * LIKENESS_PERCENT_MIN // _ALL)
    return tuple(ordered[: len(ordered) - needed + 1])


def alike(ours: Texts, theirs: Texts, wanted: Likeness) -> tuple[int, int, int] | None:
    """The shares of name, place and content, where they make it likely that both are the same work: the same place,
    and the same name or content. None elsewhere.
    """
    place = percent(ours.place, theirs.place)
    if place < wanted.place_percent:
        return None
    name, content = percent(ours.name, theirs.name), percent(ours.content, theirs.content)
    if name < wanted.name_percent and content < wanted.content_percent:
        return None
    return name, place, content


def strongest(found: Collection[Similar], most: int) -> tuple[Similar, ...]:
    """The `most` that are most alike, in an order that is always the same."""
    key = {one.other: one.name_percent + one.place_percent + one.content_percent for one in found}
    return tuple(sorted(found, key=lambda one: (-key[one.other], str(one.other)))[:most])
