"""Logs to prove things about, and the definitions of RFC 6962 §2.1 as they stand there: recursive and slow."""

import hashlib

from shared.tlog.hashes import leaf_hash
from shared.tlog.tree import Node, Span, combine, grown, root


def tree_hash(leaves: list[bytes]) -> bytes:
    """MTH(D[n]) of §2.1, of leaf hashes."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = largest_power_below(len(leaves))
    return hashlib.sha256(b"\x01" + tree_hash(leaves[:k]) + tree_hash(leaves[k:])).digest()


def path(m: int, leaves: list[bytes]) -> list[bytes]:
    """PATH(m, D[n]) of §2.1.1."""
    if len(leaves) == 1:
        return []
    k = largest_power_below(len(leaves))
    if m < k:
        return [*path(m, leaves[:k]), tree_hash(leaves[k:])]
    return [*path(m - k, leaves[k:]), tree_hash(leaves[:k])]


def proof(m: int, leaves: list[bytes], *, known: bool = True) -> list[bytes]:
    """PROOF(m, D[n]) of §2.1.2; `known` is its b."""
    if m == len(leaves):
        return [] if known else [tree_hash(leaves)]
    k = largest_power_below(len(leaves))
    if m <= k:
        return [*proof(m, leaves[:k], known=known), tree_hash(leaves[k:])]
    return [*proof(m - k, leaves[k:], known=False), tree_hash(leaves[:k])]


def largest_power_below(n: int) -> int:
    """The largest power of two smaller than n."""
    k = 1
    while k * 2 < n:
        k *= 2
    return k


class Log:
    """Leaves, and the hashes of every complete subtree, grown as a server grows them."""

    def __init__(self) -> None:
        self.leaves = list[bytes]()
        self.hashes = dict[Node, bytes]()

    def add(self, *entries: bytes) -> None:
        """Append entries in one go."""
        new = [leaf_hash(entry) for entry in entries]
        size = len(self.leaves)
        left = {node: self.hashes[node] for node in root(size).nodes}
        self.hashes |= grown(size, new, left)
        self.leaves += new

    def root(self, size: int | None = None) -> bytes:
        """The root at a size, of today where none is given."""
        return self.combine(root(len(self.leaves) if size is None else size))

    def combine(self, span: Span) -> bytes:
        """The hash over a span."""
        return combine(span, self.hashes)


def log_of(count: int) -> Log:
    """A log of so many different entries."""
    log = Log()
    log.add(*(f"entry {number}".encode() for number in range(count)))
    return log
