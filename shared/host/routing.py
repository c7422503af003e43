"""Finds the operation behind an address: a tree of segments, so that many routes cost no more than few."""

from collections.abc import Mapping
from typing import Final, Generic, TypeVar

T = TypeVar("T")

PATH_CHARACTERS_MAX: Final = 2_000


class _Node(Generic[T]):
    def __init__(self) -> None:
        self.fixed: dict[str, _Node[T]] = {}
        self.named: tuple[str, _Node[T]] | None = None
        self.methods: dict[str, T] = {}


class Router(Generic[T]):
    """Targets by method and path template (`/models/{model_id}/reports`); fixed segments win."""

    def __init__(self) -> None:
        self._root: _Node[T] = _Node()

    def add(self, method: str, path: str, target: T) -> None:
        """Raises ValueError where another target stands, or a segment has another name there."""
        node = self._root
        for segment in _segments(path):
            if segment.startswith("{"):
                name = segment[1:-1]
                if node.named is None:
                    node.named = (name, _Node())
                if node.named[0] != name:
                    raise ValueError(f"{path}: the segment is called {node.named[0]!r} elsewhere")
                node = node.named[1]
            else:
                node = node.fixed.setdefault(segment, _Node())
        if method in node.methods:
            raise ValueError(f"{method} {path} is declared twice")
        node.methods[method] = target

    def find(self, path: str) -> tuple[Mapping[str, T], dict[str, str]]:
        """The targets at `path` by method, none for an unknown address, and its named segments."""
        named: dict[str, str] = {}
        if len(path) > PATH_CHARACTERS_MAX:
            return {}, named
        node = self._root
        for segment in _segments(path):
            child = node.fixed.get(segment)
            if child is None:
                if node.named is None or not segment:
                    return {}, {}
                name, child = node.named
                named[name] = segment
            node = child
        return node.methods, named


def _segments(path: str) -> list[str]:
    stripped = path.strip("/")
    return stripped.split("/") if stripped else []
