"""Search without diacritics: what a projection stores and what a query looks for."""

import unicodedata
from typing import Final

_LETTERS_WITHOUT_DECOMPOSITION: Final = str.maketrans({"đ": "d", "Đ": "d"})
"""Unicode does not decompose the Vietnamese đ."""

_ESCAPE: Final = "\\"


def fold(text: str) -> str:
    """`text` without diacritics and case, blanks collapsed: "Đường  Hoa" and "duong hoa" are one.

    Idempotent, and the same on both sides: store `fold(name)`, look for `fold(q)`.
    """
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    folded = bare.translate(_LETTERS_WITHOUT_DECOMPOSITION).casefold()
    # Folding the case of a few letters brings marks back (İ becomes i and a dot above).
    again = "".join(
        c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c)
    )
    return " ".join(again.split())


def contains(q: str) -> str:
    r"""The LIKE pattern (escape character `\`) that finds `q` inside a folded column."""
    pattern = fold(q)
    for special in (_ESCAPE, "%", "_"):
        pattern = pattern.replace(special, _ESCAPE + special)
    return f"%{pattern}%"
