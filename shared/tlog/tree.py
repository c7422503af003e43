"""Which hashes a root or a proof is made of. RFC 6962 §2.1.

Nothing here reads anything: a function names what it needs, the caller fetches all of it at once from
wherever it keeps hashes, and `combine` makes the root or the proof.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from shared.tlog.hashes import EMPTY_ROOT, node_hash


class Node(NamedTuple):
    """The hash over the leaves `number · 2^level` to before `(number + 1) · 2^level`, all there: it never changes."""

    level: int
    number: int


class Span(NamedTuple):
    """The leaves from `start` to before `end`, as one of the tree's subtrees, complete or not."""

    start: int
    end: int

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The complete subtrees it is made of, left to right."""
        found, start = list[Node](), self.start
        while start < self.end:
            level = (self.end - start).bit_length() - 1
            found.append(Node(level, start >> level))
            start += 1 << level
        return tuple(found)


def root(size: int) -> Span:
    """What the root of a tree of `size` leaves is made of."""
    return Span(0, size)


def inclusion(index: int, size: int) -> tuple[Span, ...]:
    """What the inclusion proof of leaf `index` is made of, the leaf's sibling first (§2.1.1).

    Raises ValueError unless 0 ≤ index < size.
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    path, start, end = list[Span](), 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(Span(middle, end))
            end = middle
        else:
            path.append(Span(start, middle))
            start = middle
    return tuple(reversed(path))


def consistency(old: int, new: int) -> tuple[Span, ...]:
    """What the proof is made of that the tree of `new` leaves begins with that of `old` (§2.1.2).

    Empty where nothing has to be shown: for old 0 and for old = new. Raises ValueError for old > new.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {new} leaves does not begin with one of {old}")
    if old in {0, new}:
        return ()
    path, start, end = list[Span](), 0, new
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(Span(middle, end))
            end = middle
        else:
            path.append(Span(start, middle))
            start = middle
    if start:
        path.append(Span(start, end))
    return tuple(reversed(path))


def nodes_of(spans: Iterable[Span]) -> frozenset[Node]:
    """All hashes to fetch for `spans`."""
    return frozenset(node for span in spans for node in span.nodes)


def combine(span: Span, hashes: Mapping[Node, bytes]) -> bytes:
    """The hash over `span`, from the hashes of its nodes. Raises KeyError for one that is not there."""
    nodes = span.nodes
    if not nodes:
        return EMPTY_ROOT
    whole = hashes[nodes[-1]]
    for node in reversed(nodes[:-1]):
        whole = node_hash(hashes[node], whole)
    return whole


def grown(size: int, leaves: Sequence[bytes], left: Mapping[Node, bytes]) -> dict[Node, bytes]:
    """Every hash that comes to a tree of `size` leaves when leaf hashes are added to it.

    `left` has the hashes of `root(size).nodes`: what stands to the left of the new leaves. Each is a node that
    is complete with these leaves, so it is written once and never changes.
    """
    new = dict[Node, bytes]()
    level, first = 0, size
    row = list(leaves)
    while row:
        new.update((Node(level, first + place), one) for place, one in enumerate(row))
        if first % 2:
            first -= 1
            row.insert(0, left[Node(level, first)])
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row) - 1, 2)]
        level, first = level + 1, first // 2
    return new


def _split(leaves: int) -> int:
    """The largest power of two below a number of leaves, at least two."""
    return 1 << (leaves - 1).bit_length() - 1
