"""Processes beside this one: what is measured, as a user starts it."""

import contextlib
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

DVK: Final = Path(sys.executable).parent / "dvk"
START_SECONDS_MAX: Final = 60.0
STOP_SECONDS_MAX: Final = 30.0
_POLL_SECONDS: Final = 0.05
_LOG_CHARACTERS_SHOWN: Final = 2_000


class NotServingError(Exception):
    """The process ended or did not answer; the message has the end of what it said."""


@contextlib.contextmanager
def serving(
    command: Sequence[str], alive: str, log: Path, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A server for the length of the block, from when it answers at `alive` with any status."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DVK_")}
    with log.open("wb") as said:
        process = subprocess.Popen(
            command,
            env={**kept, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
    try:
        until = time.monotonic() + START_SECONDS_MAX
        while not _answers(alive):
            if process.poll() is not None or time.monotonic() > until:
                raise NotServingError(log.read_text("utf-8")[-_LOG_CHARACTERS_SHOWN:])
            time.sleep(_POLL_SECONDS)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own http
            return True
    except urllib.error.HTTPError:
        return True
    except (urllib.error.URLError, OSError):
        return False
