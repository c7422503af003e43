"""Tiles: how a log is served as files that never change. C2SP tlog-tiles, height 8.

A partial tile is the beginning of the full one, so one growing row of hashes serves every width.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from shared.domain.refusal import Refusal
from shared.tlog.hashes import HASH_BYTES, node_hash
from shared.tlog.tree import Node

HEIGHT: Final = 8
WIDTH: Final = 1 << HEIGHT
"""Hashes of a full tile, entries of a full bundle."""

LEVEL_MAX: Final = 63
_PATH: Final = re.compile(r"(?:x[0-9]{3}/)*[0-9]{3}", re.ASCII)
_PATH_CHARACTERS_MAX: Final = 40
_LENGTH_BYTES: Final = 2

BUNDLE_MALFORMED: Final = Refusal(
    "entry-bundle-malformed",
    vi="Gói mục nhật ký bị cắt ngang: mục số {place} của gói không đủ byte.",
    en="The bundle of log entries is cut off: its entry {place} lacks bytes.",
    specification="C2SP tlog-tiles",
)
TILE_SHORT: Final = Refusal(
    "tile-short",
    vi="Mảnh băm {path} có {bytes} byte, cần {expected}.",
    en="The tile {path} has {bytes} bytes, {expected} are needed.",
    specification="C2SP tlog-tiles",
)


class Tile(NamedTuple):
    """Hashes `number · 256` and on of the tree's level `8 · level`."""

    level: int
    number: int

    def path(self, width: int = WIDTH) -> str:
        """The address below the log's prefix, of the full tile or its first `width` hashes."""
        return f"tile/{self.level}/{number_path(self.number)}{_partial(width)}"


def entries_path(number: int, width: int = WIDTH) -> str:
    """The address of the bundle of entries `number · 256` and on."""
    return f"tile/entries/{number_path(number)}{_partial(width)}"


def number_path(number: int) -> str:
    """1234067 is `x001/x234/067`."""
    groups = [f"{number % 1000:03}"]
    while number := number // 1000:
        groups.append(f"x{number % 1000:03}")
    return "/".join(reversed(groups))


def parse_number_path(path: str) -> int | None:
    """The number that `number_path` writes so, None for anything else."""
    if len(path) > _PATH_CHARACTERS_MAX or not _PATH.fullmatch(path):
        return None
    number = int(path.replace("x", "").replace("/", ""))
    return number if number_path(number) == path else None


def _partial(width: int) -> str:
    return "" if width == WIDTH else f".p/{width}"


def width_at(tile: Tile, size: int) -> int:
    """How many hashes of the tile a tree of `size` leaves has, 0 to 256."""
    hashes = size >> (HEIGHT * tile.level)
    return min(max(hashes - tile.number * WIDTH, 0), WIDTH)


def tiles_at(size: int) -> Iterable[tuple[Tile, int]]:
    """Every tile of a tree of `size` leaves with its width, lowest level first."""
    level = 0
    while hashes := size >> (HEIGHT * level):
        for number in range(-(-hashes // WIDTH)):
            yield Tile(level, number), width_at(Tile(level, number), size)
        level += 1


def tile_of(node: Node) -> Tile:
    """The tile from which a node's hash is made: its own hash, or the smaller subtrees under it."""
    level, below = divmod(node.level, HEIGHT)
    return Tile(level, (node.number << below) // WIDTH)


def read_node(node: Node, tile: bytes) -> bytes:
    """A node's hash from the bytes of its tile. Raises RefusedError where these end before it."""
    below = node.level % HEIGHT
    count = 1 << below
    start = (node.number << below) % WIDTH * HASH_BYTES
    end = start + count * HASH_BYTES
    if len(tile) < end:
        raise TILE_SHORT(path=tile_of(node).path(), bytes=len(tile), expected=end)
    row = [tile[at : at + HASH_BYTES] for at in range(start, end, HASH_BYTES)]
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


def read_nodes(nodes: Iterable[Node], tiles: Mapping[Tile, bytes]) -> dict[Node, bytes]:
    """The hashes of `nodes`. Raises KeyError for a tile that is not there, RefusedError for a short one."""
    return {node: read_node(node, tiles[tile_of(node)]) for node in nodes}


def write_bundle(entries: Sequence[bytes]) -> bytes:
    """Entries as they are served, each behind its length. Raises OverflowError for one of more than 65,535 bytes."""
    return b"".join(len(entry).to_bytes(_LENGTH_BYTES, "big") + entry for entry in entries)


def read_bundle(raw: bytes) -> list[bytes]:
    """The entries of a bundle. Raises RefusedError."""
    entries, at = list[bytes](), 0
    while at < len(raw):
        start = at + _LENGTH_BYTES
        at = start + int.from_bytes(raw[at:start], "big")
        if start > len(raw) or at > len(raw):
            raise BUNDLE_MALFORMED(place=len(entries))
        entries.append(raw[start:at])
    return entries
