"""Shows how far a demonstration is: a bar on a terminal, else a line a phase."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from dvk.language import in_words


class LineStage:
    """A line a phase, when it is over."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._title, self._total, self._began = "", 0, 0.0

    def begin(self, vi: str, en: str, total: int) -> None:
        """See Stage.begin."""
        self._title, self._total = in_words(vi, en).replace("\n", " / "), total
        self._began = time.monotonic()

    def advance(self) -> None:
        """See Stage.advance."""

    def end(self) -> None:
        """See Stage.end."""
        seconds = time.monotonic() - self._began
        self._console.print(f"  {self._title}: {self._total} ({seconds:.1f} s)", markup=False)


class BarStage:
    """One bar that is used phase by phase."""

    def __init__(self, console: Console) -> None:
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        )
        self._task = self._bar.add_task("", total=None)

    def begin(self, vi: str, en: str, total: int) -> None:
        """See Stage.begin."""
        title = in_words(vi, en).partition("\n")[0]
        self._bar.reset(self._task, description=title, total=total)

    def advance(self) -> None:
        """See Stage.advance."""
        self._bar.advance(self._task)

    def end(self) -> None:
        """See Stage.end."""

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()
