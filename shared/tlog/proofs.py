"""Whether a proof shows what it claims. RFC 9162 §2.1.3.2 and §2.1.4.2, which RFC 6962 left to the reader."""

from collections.abc import Iterator, Sequence
from typing import Final

from shared.domain.refusal import Refusal
from shared.tlog.hashes import EMPTY_ROOT, node_hash

PROOF_HASHES_MAX: Final = 63
"""A proof of more hashes is of a tree larger than 2^63 leaves (C2SP tlog-witness)."""

LEAF_OUTSIDE: Final = Refusal(
    "leaf-outside-tree",
    vi="Cây có {size} lá, không có lá số {index}.",
    en="A tree of {size} leaves has no leaf {index}.",
    specification="RFC 9162 §2.1.3.2",
)
NOT_INCLUDED: Final = Refusal(
    "inclusion-not-proved",
    vi="Chứng minh không cho thấy mục {index} nằm trong nhật ký {size} mục có gốc {root}.",
    en="The proof does not show that entry {index} stands in the log of {size} entries with root {root}.",
    specification="RFC 9162 §2.1.3.2",
)
SHRUNK: Final = Refusal(
    "log-shrunk",
    vi="Nhật ký từng có {old} mục, nay chỉ còn {new}: nhật ký chỉ được dài thêm.",
    en="The log had {old} entries and now has {new}: a log only ever grows.",
    specification="RFC 9162 §2.1.4.2",
)
INCONSISTENT: Final = Refusal(
    "consistency-not-proved",
    vi="Chứng minh không cho thấy nhật ký {new} mục bắt đầu bằng đúng {old} mục đã biết.",
    en="The proof does not show that the log of {new} entries begins with the {old} known ones.",
    specification="RFC 9162 §2.1.4.2",
)


def verify_inclusion(
    leaf: bytes, index: int, size: int, root: bytes, proof: Sequence[bytes]
) -> None:
    """That the leaf hash `leaf` stands at `index` in the tree. Raises RefusedError where it is not shown."""
    if not 0 <= index < size:
        raise LEAF_OUTSIDE(index=index, size=size)
    failed = NOT_INCLUDED(index=index, size=size, root=root.hex())
    node, last, computed = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise failed
        if node % 2 or node == last:
            computed = node_hash(sibling, computed)
            while node % 2 == 0 and node:
                node, last = node >> 1, last >> 1
        else:
            computed = node_hash(computed, sibling)
        node, last = node >> 1, last >> 1
    if last or computed != root:
        raise failed


def verify_consistency(
    old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """That the newer tree begins with the older one. Raises RefusedError where it is not shown."""
    if old > new:
        raise SHRUNK(old=old, new=new)
    failed = INCONSISTENT(old=old, new=new)
    if old in {0, new}:
        known = EMPTY_ROOT if old == 0 else new_root
        empty_is_empty = new > 0 or new_root == EMPTY_ROOT
        if proof or old_root != known or not empty_is_empty:
            raise failed
        return
    hashes = iter(proof)
    node, last = old - 1, new - 1
    while node % 2:
        node, last = node >> 1, last >> 1
    first = old_root if node == 0 else next(hashes, None)
    if first is None or (_shown(node, last, first, hashes)) != (old_root, new_root):
        raise failed


def _shown(
    node: int, last: int, first: bytes, hashes: Iterator[bytes]
) -> tuple[bytes, bytes] | None:
    """Both roots as the proof's hashes give them, None where it has too many or too few."""
    old = new = first
    for sibling in hashes:
        if last == 0:
            return None
        if node % 2 or node == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while node % 2 == 0 and node:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        node, last = node >> 1, last >> 1
    return (old, new) if last == 0 else None
