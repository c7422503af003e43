"""Runs one server and makes sure it never outlives the test run that wanted it.

Started by ``servers.py`` as a process of its own, in a session of its own (Ctrl-C must reach
pytest, not the servers). Standard input is the lifeline: when the test run ends, even by
``kill -9``, the pipe closes and the server is killed. Should this guard itself be killed, the kernel kills the server (PR_SET_PDEATHSIG).
Prints the server's pid, then nothing; it ends when the server and everything the server started has ended.

Standard library only, and it is run with ``-I -S``: nothing but the interpreter has to start.
"""

import contextlib
import ctypes
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from typing import NoReturn, TypedDict

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36

LIFELINE = 0
POLL_MILLISECONDS = 1000
GRACE_SECONDS = 5.0
GUARD_LOST = 70

libc = ctypes.CDLL(None, use_errno=True)


class Launch(TypedDict):
    """What to run, as whom, and which folder goes with the test run."""

    command: list[str]
    user: str | None
    environment: dict[str, str]
    folder: str
    log: str


class AbandonedError(Exception):
    """Whoever wanted the server is gone."""


def abandon(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise AbandonedError


def start(launch: Launch) -> subprocess.Popen[bytes]:
    guard = os.getpid()

    def die_with_guard() -> None:
        # Runs in the child, after it has become the unprivileged user: changing user resets the setting.
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != guard:
            os._exit(GUARD_LOST)

    user = launch["user"]
    with Path(launch["log"]).open("ab") as log:
        return subprocess.Popen(
            launch["command"],
            cwd=launch["folder"],
            env=launch["environment"],
            user=user,
            group=user,
            extra_groups=None if user is None else [],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=die_with_guard,  # noqa: PLW1509 - this process has one thread
        )


def wait_for_end(server: subprocess.Popen[bytes], parent: int) -> None:
    """Return when the server has ended; raise AbandonedError when the test run has."""
    server_ended = os.pidfd_open(server.pid)
    poll = select.poll()
    poll.register(server_ended, select.POLLIN)
    poll.register(LIFELINE, select.POLLHUP | select.POLLIN)
    while True:
        ready = {descriptor for descriptor, _ in poll.poll(POLL_MILLISECONDS)}
        if server_ended in ready:
            return
        # A forked child of the test run may hold the pipe open: so the parent is looked at as well.
        if LIFELINE in ready or os.getppid() != parent:
            raise AbandonedError


def reap_everything() -> None:
    """Wait for what the server left behind (it is ours: we are the subreaper), then insist."""
    deadline = time.monotonic() + GRACE_SECONDS
    with contextlib.suppress(ChildProcessError):
        while True:
            ended, _ = os.waitpid(-1, os.WNOHANG)
            if ended:
                continue
            if time.monotonic() > deadline:
                children = Path(f"/proc/self/task/{os.getpid()}/children").read_text("ascii")
                for child in children.split():
                    os.kill(int(child), signal.SIGKILL)
            time.sleep(0.01)


def main() -> None:
    parent = os.getppid()
    launch: Launch = json.loads(sys.argv[1])
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    signal.signal(signal.SIGTERM, abandon)
    server = start(launch)
    sys.stdout.write(f"{server.pid}\n")
    sys.stdout.flush()
    try:
        wait_for_end(server, parent)
        reap_everything()
    except AbandonedError:
        server.kill()
        reap_everything()
        shutil.rmtree(launch["folder"], ignore_errors=True)


if __name__ == "__main__":
    main()
