"""What a reaction or a schedule works with."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from shared.host.clock import DemoClock
from shared.host.commands import Caller
from shared.host.work import OwnWork

BEFORE_MIDNIGHT = datetime(2026, 10, 1, 16, 59, 59, tzinfo=UTC)
CALLER = Caller("service:here", None, UUID(int=1), UUID(int=1), "")
UNASKED = cast("Any", None)
"""Nothing here reads or writes."""


def test_one_run_has_one_instant_though_midnight_passes(tmp_path: Path) -> None:
    clock = DemoClock(tmp_path / "clock.json")
    clock.pin(BEFORE_MIDNIGHT)
    work = OwnWork(UNASKED, UNASKED, clock, UNASKED, CALLER)
    assert work.now == BEFORE_MIDNIGHT
    clock.pin(BEFORE_MIDNIGHT + timedelta(seconds=2))
    assert work.now == BEFORE_MIDNIGHT
