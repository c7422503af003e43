#!/usr/bin/env python3
"""All that can be checked without a server, two checks at a time: ``make check``.

Prints a line per check as it ends, the output of those that failed, and exits 1 if any did.
"""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
FOLDERS = ("shared", "services", "dvk", "tests", "scripts")
AT_A_TIME = 2


@dataclass(frozen=True)
class Check:
    """A name for people, and the command that holds it."""

    name: str
    command: list[str]


@dataclass(frozen=True)
class Outcome:
    """How a check ended."""

    check: Check
    passed: bool
    output: str
    seconds: float


def checks() -> list[Check]:
    """Longest first, so that the short ones fill the gaps."""
    folders = [folder for folder in FOLDERS if any((ROOT / folder).rglob("*.py"))]
    needs_servers = "integration or e2e or faults or browser"
    return [
        Check("types", [f"{BIN}/mypy", *folders]),
        Check(
            "unit tests",
            [
                f"{BIN}/pytest",
                "-q",
                "-n",
                "auto",
                "--maxprocesses=4",
                "-m",
                f"not ({needs_servers})",
            ],
        ),
        Check("import contracts", [f"{BIN}/lint-imports", "--no-cache"]),
        Check("lint", [f"{BIN}/ruff", "check", "--output-format=concise", "."]),
        Check("format", [f"{BIN}/ruff", "format", "--check", "--output-format=concise", "."]),
        Check("locks", [sys.executable, "scripts/lock.py", "--check"]),
    ]


def run(check: Check) -> Outcome:
    started = time.monotonic()
    done = subprocess.run(
        check.command,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    return Outcome(check, done.returncode == 0, done.stdout, time.monotonic() - started)


def main() -> None:
    started = time.monotonic()
    failed: list[Outcome] = []
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        for future in as_completed([pool.submit(run, check) for check in checks()]):
            outcome = future.result()
            mark = "ok    " if outcome.passed else "FAILED"
            print(f"{mark} {outcome.check.name} ({outcome.seconds:.1f} s)", flush=True)
            if not outcome.passed:
                failed.append(outcome)
    for outcome in failed:
        print(f"\n── {outcome.check.name} ──\n{outcome.output.rstrip()}")
    print(f"check: {'failed' if failed else 'passed'} in {time.monotonic() - started:.0f} s")
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()
