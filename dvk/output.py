"""Writes to the terminal, and runs what is asynchronous."""

import asyncio
import sys
from collections.abc import Coroutine, Sequence
from typing import Any, Final, TypeVar

import msgspec
import uvloop
from rich.console import Console
from rich.table import Table

from dvk.language import in_words

T = TypeVar("T")

NARROW_COLUMNS: Final = 160
"""How wide tables are written where nobody looks at a terminal."""


def console(*, error: bool = False) -> Console:
    """Where the command writes: standard output, or standard error."""
    terminal = (sys.stderr if error else sys.stdout).isatty()
    width = None if terminal else NARROW_COLUMNS
    return Console(stderr=error, highlight=False, soft_wrap=not terminal, width=width)


def say(vi: str, en: str) -> None:
    """A sentence to standard output, in the languages spoken."""
    console().print(in_words(vi, en), markup=False)


def warn(vi: str, en: str) -> None:
    """A sentence to standard error."""
    console(error=True).print(in_words(vi, en), markup=False)


def say_json(value: object) -> None:
    """A value as JSON to standard output, for scripts."""
    text = msgspec.json.format(msgspec.json.encode(value)).decode()
    sys.stdout.write(f"{text}\n")


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """A plain table."""
    made = Table(*columns, title=title, title_justify="left", box=None, pad_edge=False)
    for row in rows:
        made.add_row(*row)
    return made


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end on a fast event loop."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)
