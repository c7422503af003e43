"""Search without diacritics: what a projection stores and what a query looks for."""

from typing import Final

from shared.domain.text import fold

__all__ = ["contains", "fold"]

_ESCAPE: Final = "\\"


def contains(q: str) -> str:
    r"""The LIKE pattern (escape character `\`) that finds `q` inside a folded column."""
    pattern = fold(q)
    for special in (_ESCAPE, "%", "_"):
        pattern = pattern.replace(special, _ESCAPE + special)
    return f"%{pattern}%"
