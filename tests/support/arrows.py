"""The arrows between the stages of every aggregate, as its decider decides them: docs/reference/states.md.

`arrows()` runs the specifications of the domains with this module as a plugin. Every command that any of them gives is
then tried on every history that any of them begins from or leads to; what `decide` lets happen is an arrow, the rest is
refused. So an arrow that the code takes away or adds changes the page, and the page's test fails.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import msgspec
import pytest

from services.audit.domain.deciders import DECIDERS, AnyDecider
from shared.contracts.event import Event
from shared.domain.decider import UNKNOWN
from shared.domain.refusal import RefusedError
from tests.support.specification import WATCHERS, When

ROOT: Final = Path(__file__).resolve().parent.parent.parent
SPECIFICATIONS: Final = sorted(
    str(path)
    for pattern in ("services/*/domain", "test_erasure.py")
    for path in (ROOT / "tests" / "unit").glob(pattern)
)
PAGE: Final = ROOT / "docs" / "reference" / "states.md"
_ON_PAGE: Final = re.compile(r"    (\S+) --> (\S+): (.+)")
_WORD: Final = MappingProxyType({"[*]": UNKNOWN})
FILE: Final = "DVK_ARROWS_FILE"
"""Where the plugin writes what it found."""


class Arrow(msgspec.Struct, frozen=True, order=True):
    """An event that `decide` gave at `stage`, and the stage it leads to."""

    category: str
    stage: str
    event: str
    then: str


def arrows_of(decider: AnyDecider, state: Any, events: Sequence[Event]) -> Iterator[Arrow]:  # noqa: ANN401 -- any decider's
    """The arrows that `events` follow from `state` on."""
    for event in events:
        after = decider.evolve(state, event)
        stages = decider.stage_of(state), decider.stage_of(after)
        yield Arrow(decider.category, stages[0], type(event).__name__, stages[1])
        state = after


def arrows() -> frozenset[Arrow]:
    """Every arrow. Raises RuntimeError where a specification does not hold."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", __name__]
    read, write = os.pipe()
    with os.fdopen(read, "rb") as found, os.fdopen(write, "wb") as given:
        done = subprocess.Popen(
            [*command, "-m", "not hypothesis", *SPECIFICATIONS],
            cwd=ROOT,
            stdout=sys.stderr,
            env={**os.environ, FILE: f"/dev/fd/{write}"},
            pass_fds=(write,),
        )
        given.close()
        data = found.read()
        if done.wait() != 0:
            raise RuntimeError("a specification of a domain does not hold; run them first")
    return msgspec.json.decode(data, type=frozenset[Arrow])


@cache
def drawn() -> frozenset[Arrow]:
    """The arrows of the page that lead to another stage."""
    found: set[Arrow] = set()
    category = ""
    for line in PAGE.read_text().splitlines():
        if line.startswith("### "):
            category = line.removeprefix("### ")
        if arrow := _ON_PAGE.match(line):
            stage, then = (_WORD.get(end, end.replace("_", "-")) for end in arrow.group(1, 2))
            found |= {Arrow(category, stage, event, then) for event in arrow[3].split(", ")}
    return frozenset(found)


def not_drawn(decider: AnyDecider, state: Any, events: Sequence[Event]) -> set[Arrow]:  # noqa: ANN401 -- any decider's
    """The steps `events` take from `state` on to another stage that the page lacks."""
    taken = {arrow for arrow in arrows_of(decider, state, events) if arrow.stage != arrow.then}
    return taken - drawn()


@dataclass(frozen=True)
class _Tried:
    """What the specifications of an aggregate gave, by its bytes: each once."""

    histories: dict[bytes, tuple[Event, ...]]
    commands: dict[bytes, Any]


_tried: Final[dict[str, _Tried]] = {}


def _watch(when: When[Any, Any, Any]) -> None:
    tried = _tried.setdefault(when.decider.category, _Tried({}, {}))
    tried.histories.setdefault(_bytes(when.history), when.history)
    tried.commands.setdefault(_bytes((type(when.command).__name__, when.command)), when.command)
    try:
        led_to = (*when.history, *when.decide())
    except RefusedError:
        return
    tried.histories.setdefault(_bytes(led_to), led_to)


def _bytes(thing: object) -> bytes:
    return msgspec.json.encode(thing)


def _every(category: str, tried: _Tried) -> Iterator[Arrow]:
    decider = DECIDERS[category]
    drawn: set[Arrow] = set()
    states = [decider.fold(history) for history in tried.histories.values()]
    # Grows while it is walked: where an arrow that is new leads to, all is tried again.
    for state in states:
        for command in tried.commands.values():
            try:
                events = decider.decide(state, command)
            except RefusedError:
                continue
            found = set(arrows_of(decider, state, events)) - drawn
            if found:
                drawn |= found
                states.append(decider.fold(events, state))
    yield from drawn


def pytest_configure(config: pytest.Config) -> None:
    del config
    WATCHERS.append(_watch)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    del session
    if exitstatus != 0:
        return
    found = {arrow for category, tried in _tried.items() for arrow in _every(category, tried)}
    Path(os.environ[FILE]).write_bytes(msgspec.json.encode(sorted(found)))
