"""What checking a table of bodies comes to."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from dvk.api import Json
from dvk.importing.checking import Fault
from dvk.importing.known import KnownBody


@dataclass(frozen=True)
class CheckedBody:
    """A row that can be sent: the body, and the competences it is given."""

    line: int
    known: KnownBody
    creation: Json
    competences: Sequence[Json]
    exists: bool
    """Whether a body with this code is there: then it is left as it is."""
    wave: int = 0
    """Bodies are entered wave by wave, so that whoever stands above is there."""
    later: Sequence[Json] = ()
    """Lines to bodies that are entered no earlier than this one, because their lines cross: they follow."""

    @property
    def fingerprint(self) -> str:
        """Tells what is sent of a row apart."""
        return hashlib.sha256(msgspec.json.encode(self.creation)).hexdigest()


@dataclass(frozen=True)
class Findings:
    """What came out: rows to send, what is wrong, and where a row differs from the body that is there."""

    bodies: Sequence[CheckedBody]
    faults: Sequence[Fault]
    differences: Sequence[Fault]
