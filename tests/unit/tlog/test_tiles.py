"""Tiles, bundles, proof files and requests to witnesses: C2SP's examples, and what is cut off is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.refusal import RefusedError
from shared.tlog.adding import REQUEST_MALFORMED, AddCheckpoint, parse_request, write_request
from shared.tlog.checkpoint import Checkpoint
from shared.tlog.note import Note, Signer
from shared.tlog.offline import (
    PROOF_MALFORMED,
    OfflineProof,
    parse_proof,
    verify_entry,
    write_proof,
)
from shared.tlog.proofs import NOT_INCLUDED
from shared.tlog.tiles import (
    BUNDLE_MALFORMED,
    TILE_SHORT,
    WIDTH,
    Tile,
    entries_path,
    number_path,
    parse_number_path,
    read_bundle,
    read_node,
    read_nodes,
    tile_of,
    tiles_at,
    width_at,
    write_bundle,
)
from shared.tlog.tree import Node, combine, inclusion, nodes_of
from tests.unit.tlog.logs import Log, log_of
from tests.unit.tlog.test_tree import refused

SIGNER = Signer("danvankheo.example/log", bytes(range(32)))


def tiles_of(log: Log, size: int) -> dict[Tile, bytes]:
    """The tiles a server of the log would hold at a size."""
    return {
        tile: b"".join(
            log.hashes[Node(8 * tile.level, tile.number * WIDTH + place)] for place in range(width)
        )
        for tile, width in tiles_at(size)
    }


def test_the_specifications_example_of_seventy_thousand_entries() -> None:
    widths = list(tiles_at(70_000))
    lowest = [width for tile, width in widths if tile.level == 0]
    assert (lowest.count(WIDTH), lowest[-1]) == (273, 112)
    assert [width for tile, width in widths if tile.level == 1] == [WIDTH, 17]
    assert [width for tile, width in widths if tile.level == 2] == [1]
    assert list(tiles_at(256)) == [(Tile(0, 0), WIDTH), (Tile(1, 0), 1)]
    assert list(tiles_at(0)) == []
    assert width_at(Tile(0, 300), 70_000) == 0


def test_addresses_are_those_of_the_specification() -> None:
    assert number_path(1_234_067) == "x001/x234/067"
    assert Tile(0, 5).path() == "tile/0/005"
    assert Tile(1, 1_234).path(17) == "tile/1/x001/234.p/17"
    assert entries_path(273, 112) == "tile/entries/273.p/112"


@given(st.integers(0, 2**55))
def test_a_number_reads_as_it_was_written(number: int) -> None:
    assert parse_number_path(number_path(number)) == number


@pytest.mark.parametrize(
    "path",
    ["", "5", "0005", "x000/005", "001/234", "x1/234", "x001/x234", "٠٠٥", "x001/" * 9 + "000"],
)
def test_a_number_is_written_one_way(path: str) -> None:
    assert parse_number_path(path) is None


@pytest.mark.parametrize("size", [1, 255, 256, 257, 700])
def test_every_hash_is_found_in_its_tile(size: int) -> None:
    log = log_of(size)
    tiles = tiles_of(log, size)
    assert read_nodes(log.hashes, tiles) == log.hashes
    needed = nodes_of(inclusion(size // 2, size))
    hashes = read_nodes(needed, {tile_of(node): tiles[tile_of(node)] for node in needed})
    assert [combine(span, hashes) for span in inclusion(size // 2, size)] == [
        log.combine(span) for span in inclusion(size // 2, size)
    ]


def test_a_tile_that_ends_early_is_refused() -> None:
    tile = tiles_of(log_of(10), 10)[Tile(0, 0)]
    with refused(TILE_SHORT):
        read_node(Node(1, 4), tile[:-1])


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_a_bundle_reads_as_it_was_written(entries: list[bytes]) -> None:
    assert read_bundle(write_bundle(entries)) == entries


@pytest.mark.parametrize("raw", [b"\x00", b"\x00\x01", b"\x00\x01a\x00\x02a"])
def test_a_bundle_that_is_cut_off_is_refused(raw: bytes) -> None:
    with refused(BUNDLE_MALFORMED):
        read_bundle(raw)


def proof_of(index: int, size: int) -> tuple[Log, OfflineProof]:
    log = log_of(size)
    checkpoint = Checkpoint("danvankheo.example/log", size, log.root())
    note = Note(checkpoint.text, (SIGNER.sign(checkpoint.text),))
    hashes = tuple(log.combine(span) for span in inclusion(index, size))
    return log, OfflineProof(index, hashes, str(note).encode())


def test_a_proof_file_shows_that_the_entry_stands_in_the_log() -> None:
    _, proof = proof_of(5, 11)
    file = write_proof(proof)
    assert file.startswith(b"c2sp.org/tlog-proof@v1\nindex 5\n")
    assert parse_proof(file) == proof
    signed = verify_entry(b"entry 5", proof, "danvankheo.example/log", [SIGNER.key])
    assert signed.checkpoint.size == 11
    with refused(NOT_INCLUDED):
        verify_entry(b"entry 6", proof, "danvankheo.example/log", [SIGNER.key])


def test_extra_data_is_read_over() -> None:
    _, proof = proof_of(0, 1)
    assert parse_proof(write_proof(proof).replace(b"index", b"extra AAAA\nindex")) == proof


_FILE = write_proof(proof_of(5, 11)[1])


@given(st.integers(0, len(_FILE) - 1), st.integers(1, 255))
def test_no_altered_byte_of_a_proof_goes_unnoticed(place: int, bits: int) -> None:
    altered = bytearray(_FILE)
    altered[place] ^= bits
    with pytest.RaisesExc(RefusedError):
        verify_entry(
            b"entry 5", parse_proof(bytes(altered)), "danvankheo.example/log", [SIGNER.key]
        )


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"c2sp.org/tlog-proof@v1\n\nlog\n",
        b"c2sp.org/tlog-proof@v2\nindex 0\n\nlog\n",
        b"c2sp.org/tlog-proof@v1\nindex 00\n\nlog\n",
        b"c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\nlog\n",
        b"c2sp.org/tlog-proof@v1\nextra AA==\n\nlog\n",
        b"c2sp.org/tlog-proof@v1\nindex 0\n" + b"\n".join([b"A" * 43 + b"="] * 64) + b"\n\nlog\n",
        b"x" * 100_001,
    ],
)
def test_what_is_no_proof_file_is_refused(raw: bytes) -> None:
    with refused(PROOF_MALFORMED):
        parse_proof(raw)


@given(
    st.integers(0, 2**63 - 1),
    st.lists(st.binary(min_size=32, max_size=32), max_size=63),
    st.binary(max_size=50),
)
def test_a_request_to_a_witness_reads_as_it_was_written(
    old: int, proof: list[bytes], checkpoint: bytes
) -> None:
    request = AddCheckpoint(old, tuple(proof), checkpoint)
    assert parse_request(write_request(request)) == request


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"old 1\n",
        b"old 01\n\nlog\n",
        b"new 1\n\nlog\n",
        b"old 1\nAAAA\n\nlog\n",
        b"old 1" + b"\n" + b"\n".join([b"A" * 43 + b"="] * 64) + b"\n\nlog\n",
        b"old \xff\n\nlog\n",
        b"x" * 100_001,
    ],
)
def test_what_is_no_request_to_a_witness_is_refused(raw: bytes) -> None:
    with refused(REQUEST_MALFORMED):
        parse_request(raw)
