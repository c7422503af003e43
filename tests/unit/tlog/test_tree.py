"""Roots and proofs are those of RFC 6962, however a log grew; what a proof does not show is refused."""

import base64
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.refusal import Refusal, RefusedError
from shared.tlog.hashes import EMPTY_ROOT, leaf_hash
from shared.tlog.proofs import (
    INCONSISTENT,
    LEAF_OUTSIDE,
    NOT_INCLUDED,
    SHRUNK,
    verify_consistency,
    verify_inclusion,
)
from shared.tlog.tree import consistency, inclusion
from tests.unit.tlog.logs import Log, log_of, path, proof, tree_hash

CERTIFICATE_TRANSPARENCY_LEAVES = [
    bytes.fromhex(entry)
    for entry in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
SIZES = 70
LOG = log_of(SIZES)

sizes = st.integers(0, SIZES)


def refused(refusal: Refusal) -> "pytest.RaisesExc[RefusedError]":
    return pytest.RaisesExc(RefusedError, check=lambda error: error.refusal is refusal)


def test_the_vectors_of_certificate_transparency() -> None:
    log = Log()
    log.add(*CERTIFICATE_TRANSPARENCY_LEAVES)
    assert log.root().hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    known = base64.b64decode("TszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=")
    assert leaf_hash(b"hello world") == known
    assert Log().root() == EMPTY_ROOT


def test_every_root_and_proof_is_the_rfcs() -> None:
    for size in range(SIZES + 1):
        leaves = LOG.leaves[:size]
        assert LOG.root(size) == tree_hash(leaves)
        for index in range(size):
            assert list(map(LOG.combine, inclusion(index, size))) == path(index, leaves)
        for old in range(1, size + 1):
            assert list(map(LOG.combine, consistency(old, size))) == proof(old, leaves)


@given(st.lists(st.integers(0, 40), max_size=8))
def test_a_log_is_the_same_in_whatever_steps_it_grew(steps: list[int]) -> None:
    log = Log()
    for step in steps:
        log.add(*(f"entry {len(log.leaves) + number}".encode() for number in range(step)))
    at_once = log_of(len(log.leaves))
    assert (log.leaves, log.hashes) == (at_once.leaves, at_once.hashes)


def test_every_proof_shows_what_it_claims() -> None:
    for size in range(SIZES + 1):
        root = LOG.root(size)
        for index in range(size):
            hashes = [LOG.combine(span) for span in inclusion(index, size)]
            verify_inclusion(LOG.leaves[index], index, size, root, hashes)
        for old in range(size + 1):
            hashes = [LOG.combine(span) for span in consistency(old, size)]
            verify_consistency(old, LOG.root(old), size, root, hashes)


@given(st.data())
def test_an_altered_inclusion_proof_shows_nothing(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, SIZES))
    index = data.draw(st.integers(0, size - 1))
    hashes = [LOG.combine(span) for span in inclusion(index, size)]
    altered = data.draw(alterations(hashes))
    with refused(NOT_INCLUDED):
        verify_inclusion(LOG.leaves[index], index, size, LOG.root(size), altered)


class Claim(NamedTuple):
    """What an inclusion proof is to show."""

    leaf: bytes
    place: int
    size: int
    root: bytes


@given(st.data())
def test_a_proof_of_another_leaf_place_or_root_shows_nothing(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, SIZES))
    index = data.draw(st.integers(0, size - 1))
    claim = Claim(LOG.leaves[index], index, size, LOG.root(size))
    other = data.draw(
        st.one_of(
            st.sampled_from(LOG.leaves).map(lambda leaf: claim._replace(leaf=leaf)),
            st.integers(0, SIZES).map(lambda place: claim._replace(place=place)),
            sizes.map(lambda of: claim._replace(root=LOG.root(of))),
        )
    )
    hashes = [LOG.combine(span) for span in inclusion(index, size)]
    if other != claim:
        with pytest.RaisesExc(RefusedError):
            verify_inclusion(*other, hashes)


@given(st.data())
def test_an_altered_consistency_proof_shows_nothing(data: st.DataObject) -> None:
    new = data.draw(st.integers(1, SIZES))
    old = data.draw(st.integers(0, new))
    hashes = [LOG.combine(span) for span in consistency(old, new)]
    altered = data.draw(alterations(hashes))
    with refused(INCONSISTENT):
        verify_consistency(old, LOG.root(old), new, LOG.root(new), altered)


@given(st.data())
def test_a_forked_log_is_not_consistent(data: st.DataObject) -> None:
    new = data.draw(st.integers(1, SIZES))
    old = data.draw(st.integers(1, new))
    fork = Log()
    changed = data.draw(st.integers(0, old - 1))
    fork.add(*(f"entry {n}".encode() + b"!" * (n == changed) for n in range(new)))
    hashes = [fork.combine(span) for span in consistency(old, new)]
    with refused(INCONSISTENT):
        verify_consistency(old, LOG.root(old), new, fork.root(), hashes)


def test_a_log_does_not_shrink_and_has_no_leaf_beyond_its_end() -> None:
    with refused(SHRUNK):
        verify_consistency(8, LOG.root(8), 7, LOG.root(7), [])
    with refused(LEAF_OUTSIDE):
        verify_inclusion(LOG.leaves[7], 7, 7, LOG.root(7), [])
    with pytest.raises(ValueError, match="no leaf"):
        inclusion(7, 7)
    with pytest.raises(ValueError, match="does not begin"):
        consistency(8, 7)


def alterations(hashes: list[bytes]) -> st.SearchStrategy[list[bytes]]:
    """The proof with a hash more, less, altered, or two exchanged."""
    places = st.integers(0, max(len(hashes) - 1, 0))
    flipped = st.integers(1, 255).map(lambda bits: bytes([bits]) + bytes(31))
    ways = [
        st.builds(
            lambda at, extra: [*hashes[:at], extra, *hashes[at:]],
            places,
            st.binary(min_size=32, max_size=32),
        ),
    ]
    if hashes:
        ways += [
            places.map(lambda at: [*hashes[:at], *hashes[at + 1 :]]),
            st.builds(
                lambda at, bits: [
                    *hashes[:at],
                    bytes(a ^ b for a, b in zip(hashes[at], bits, strict=True)),
                    *hashes[at + 1 :],
                ],
                places,
                flipped,
            ),
        ]
    if len(hashes) > 1:
        ways.append(st.just([*hashes[1:], hashes[0]]))
    return st.one_of(ways)
