"""What a measurement is: passes in turns, medians with their spread, ratios beside goals."""

import asyncio
import contextlib
import json
import os
import platform
import statistics
import tempfile
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar

import uvloop

from tests.support.postgres import PrivatePostgres, private_postgres
from tests.support.rabbitmq import PrivateRabbitMQ, private_rabbitmq

PASSES: Final = 3
PASSES_QUICK: Final = 1
QUICK_DIVISOR: Final = 4
LOAD_QUIET_MAX: Final = 0.5
"""Processes waiting or running, above which the figures of a machine are not its own."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Figure:
    """What one contestant did in each pass, in `unit`."""

    work: str
    contestant: str
    unit: str
    values: Sequence[float]

    @property
    def median(self) -> float:
        return statistics.median(self.values)


@dataclass(frozen=True, slots=True)
class Goal:
    """A ratio of two medians of the same run, and what it should be."""

    what: str
    ratio: float
    limit: float
    at_least: bool = True

    @property
    def reached(self) -> bool:
        return self.ratio >= self.limit if self.at_least else self.ratio <= self.limit


@dataclass(slots=True)
class Result:
    """A row of the table of goals, measured."""

    row: str
    figures: list[Figure] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, work: str, unit: str, values: Mapping[str, Sequence[float]]) -> None:
        """Take the values of contestants that took turns."""
        self.figures += [Figure(work, name, unit, found) for name, found in values.items()]

    def median(self, work: str, contestant: str) -> float:
        """The median of what was added."""
        for figure in self.figures:
            if (figure.work, figure.contestant) == (work, contestant):
                return figure.median
        raise LookupError(f"{contestant} did not take part in {work}")

    def aim(self, work: str, who: str, beside: str, limit: float, *, at_least: bool = True) -> None:
        """Hold `who` to `limit` times what `beside` did in the same work."""
        ratio = self.median(work, who) / self.median(work, beside)
        self.goals.append(Goal(f"{work}: {who} / {beside}", ratio, limit, at_least))


@dataclass(frozen=True)
class Bench:
    """What a row measures with: servers of its own, a folder, and how much it may take."""

    quick: bool
    folder: Path
    postgres: PrivatePostgres
    rabbitmq: Callable[[], PrivateRabbitMQ]

    @property
    def passes(self) -> int:
        return PASSES_QUICK if self.quick else PASSES

    def count(self, full: int) -> int:
        """How many of `full` to do."""
        return full // QUICK_DIVISOR if self.quick else full

    @contextlib.contextmanager
    def fresh_folder(self) -> Iterator[Path]:
        """An empty folder for the length of the block."""
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            yield Path(folder)

    @contextlib.contextmanager
    def fresh_database(self) -> Iterator[str]:
        """An empty PostgreSQL database for the length of the block: what it held is in nobody's way."""
        url = self.postgres.create_database()
        try:
            yield url
        finally:
            self.postgres.drop_database(url)

    def in_turns(self, contestants: Mapping[str, Callable[[], float]]) -> dict[str, list[float]]:
        """Each contestant once per pass, so that the machine's moods hit all alike."""
        values: dict[str, list[float]] = {name: [] for name in contestants}
        for _ in range(self.passes):
            for name, run in contestants.items():
                values[name].append(run())
        return values


@contextlib.contextmanager
def opened(*, quick: bool) -> Iterator[Bench]:
    """The servers, durable as in earnest; RabbitMQ only once a row asks for it."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dvk-bench-")))
        postgres = stack.enter_context(private_postgres(fsync=True))
        started: list[PrivateRabbitMQ] = []

        def rabbitmq() -> PrivateRabbitMQ:
            if not started:
                started.append(stack.enter_context(private_rabbitmq()))
            return started[0]

        yield Bench(quick, folder, postgres, rabbitmq)


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end on the event loop that `dvk serve` uses: ours and the limits alike."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


# ── Telling ──────────────────────────────────────────────────────────────────────────────────────


def told(result: Result) -> str:
    """A row's table and its goals, for reading."""
    lines = [f"{result.row}", f"  {'work':34}{'who':36}{'median':>11}   min … max"]
    for figure in result.figures:
        low, high = (_number(value) for value in (min(figure.values), max(figure.values)))
        lines.append(
            f"  {figure.work:34}{figure.contestant:36}{_number(figure.median):>11} {figure.unit:4}"
            f"{low} … {high}"
        )
    for goal in result.goals:
        sign = "≥" if goal.at_least else "≤"
        verdict = "reached" if goal.reached else "MISSED"
        lines.append(f"  {verdict:8}{goal.what}  = {goal.ratio:.2f}  (goal {sign} {goal.limit:g})")
    lines += [f"  note: {note}" for note in result.notes]
    return "\n".join(lines) + "\n"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def write_json(
    file: Path, results: Sequence[Result], at: datetime, where: str, *, quick: bool
) -> None:
    """Everything measured, for comparing runs."""
    document = {
        "at": at.isoformat(timespec="seconds"),
        "machine": where,
        "load_since": os.getloadavg()[0],
        "quick": quick,
        "rows": [
            {
                "row": result.row,
                "figures": [
                    {
                        "work": figure.work,
                        "contestant": figure.contestant,
                        "unit": figure.unit,
                        "values": list(figure.values),
                    }
                    for figure in result.figures
                ],
                "goals": [
                    {
                        "what": goal.what,
                        "ratio": goal.ratio,
                        "goal": f"{'>=' if goal.at_least else '<='} {goal.limit:g}",
                        "reached": goal.reached,
                    }
                    for goal in result.goals
                ],
                "notes": result.notes,
            }
            for result in results
        ],
    }
    file.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", "utf-8")


def is_busy() -> bool:
    """Whether others were using the machine in the last minute; ask before measuring."""
    return os.getloadavg()[0] > LOAD_QUIET_MAX


def machine() -> str:
    """What it is measured on, and how busy that is."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return _machine(line.partition(":")[2].strip())
    return _machine(platform.processor() or platform.machine())


def _machine(processor: str) -> str:
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    return f"{processor}, {os.cpu_count()} cores, Python {platform.python_version()}, load {load}"
