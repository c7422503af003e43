"""`python -m tests.bench [--quick] [--only ROW …] [--json FILE]`: measure, tell, never fail."""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from shared.host.clock import SystemClock
from shared.host.logs import configure_logging
from shared.host.settings import Settings
from tests.bench import appends, commands, delivery, growth, rebuilds, replays, web
from tests.bench.report import Bench, Result, is_busy, machine, opened, told, write_json

ROWS: Final[dict[str, Callable[[Bench], Result]]] = {
    "append": appends.run,
    "command": commands.run,
    "http": web.run,
    "replay": replays.run,
    "rebuild": rebuilds.run,
    "delivery": delivery.run,
    "growth": growth.run,
}


def main() -> None:
    """Run the rows that were asked for."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench", description="Measurements beside comparable systems."
    )
    parser.add_argument(
        "--only", action="append", choices=ROWS, metavar="ROW", help=", ".join(ROWS)
    )
    parser.add_argument("--quick", action="store_true", help="one pass, less work, rougher figures")
    parser.add_argument("--json", type=Path, default=Path("build/bench.json"), metavar="FILE")
    arguments = parser.parse_args()
    configure_logging(Settings.of({"log_level": "warning"}))
    where = machine()
    say(f"{where}\n\n")
    if is_busy():
        say("Others are using this machine: figures and ratios alike say little.\n\n")
    results: list[Result] = []
    begun = SystemClock().now()
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    with opened(quick=arguments.quick) as bench:
        for name in arguments.only or ROWS:
            started = time.monotonic()
            results.append(ROWS[name](bench))
            # After each row: an interrupted run keeps what it measured.
            write_json(arguments.json, results, begun, where, quick=arguments.quick)
            say(f"{told(results[-1])}  ({time.monotonic() - started:.0f} s)\n\n")
    goals = [goal for result in results for goal in result.goals]
    reached = sum(goal.reached for goal in goals)
    say(f"{reached} of {len(goals)} goals reached; {machine()}; all figures in {arguments.json}\n")


def say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
