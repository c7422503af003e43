"""Text without diacritics and case, as it is searched and compared."""

import unicodedata
from typing import Final

_LETTERS_WITHOUT_DECOMPOSITION: Final = str.maketrans({"đ": "d", "Đ": "d"})
"""Unicode does not decompose the Vietnamese đ."""

_MARKED_LATIN: Final = bytes(range(0xC0)) + b"\xcc"
"""The bytes of text in UTF-8 that is ASCII and marks of U+0300 to U+033F: what Vietnamese decomposes to."""

_MARKS: Final = bytes(range(0x80, 0x100))
_SMALL: Final = bytes(range(0x100)).lower()


def fold(text: str) -> str:
    """`text` without diacritics and case, blanks collapsed: "Đường  Hoa" and "duong hoa" are one.

    Idempotent, and the same on both sides: store `fold(name)`, look for `fold(q)`.
    """
    decomposed = unicodedata.normalize("NFKD", text)
    # As bytes, because a read model folds much text, and character by character takes ten times as long.
    spelled = decomposed.replace("đ", "d").replace("Đ", "D").encode(errors="surrogatepass")
    if spelled.translate(None, _MARKED_LATIN):
        return _fold_any(decomposed)
    return " ".join(spelled.translate(_SMALL, _MARKS).decode("ascii").split())


def _fold_any(decomposed: str) -> str:
    """The same for every script."""
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    folded = bare.translate(_LETTERS_WITHOUT_DECOMPOSITION).casefold()
    # Folding the case of a few letters brings marks back (İ becomes i and a dot above).
    again = "".join(
        c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c)
    )
    return " ".join(again.split())
