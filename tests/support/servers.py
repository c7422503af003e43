"""Private servers for one test run: what PostgreSQL's (``postgres.py``) and RabbitMQ's (``rabbitmq.py``) share.

Each is the machine's real server in a temporary folder, on a free loopback port, as an unprivileged user
(PostgreSQL refuses root), and can be stopped, killed and restarted without touching any other. It ends with
the test run, however that ends (``guard.py``); two runs live side by side.
"""

import contextlib
import json
import os
import pwd
import random
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from tests.support import guard

START_SECONDS_MAX = 60.0
STOP_SECONDS_MAX = 30.0
POLL_SECONDS = 0.02
LOG_LINES_SHOWN = 30

# Below Linux's ephemeral range (32768 and up): while a server is down for a restart, no outgoing connection of the
# machine may be given its port.
PORTS = range(20_000, 32_000)

HOST = "127.0.0.1"
OWNER = "dvk"
INSTALL = "run `python3 scripts/bootstrap.py --servers`"


class ServerMissingError(Exception):
    """The server is not installed on this machine."""


class ServerFailedError(Exception):
    """The server did not start, or did not end, as it should; the message has the end of its log."""


class Service:
    """A server's process over its lives: the same folder and port, a new pid after each start."""

    def __init__(self, launch: guard.Launch, *, is_ready: Callable[[int], bool], stop: int) -> None:
        self._launch = launch
        self._is_ready = is_ready
        self._stop_signal = stop
        self._guard: subprocess.Popen[bytes] | None = None
        self._pid = 0

    def is_running(self) -> bool:
        return self._guard is not None and self._guard.poll() is None

    @property
    def pid(self) -> int:
        if not self.is_running():
            raise ServerFailedError("the server is not running")
        return self._pid

    def start(self) -> None:
        if self.is_running():
            return
        command = [sys.executable, "-I", "-S", guard.__file__, json.dumps(self._launch)]
        self._guard = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )
        assert self._guard.stdout is not None
        line = self._guard.stdout.readline()
        if not line:
            self._reap()
            raise ServerFailedError(f"{self._launch['command'][0]} could not be executed")
        self._pid = int(line)
        deadline = time.monotonic() + START_SECONDS_MAX
        while not (self.is_running() and self._is_ready(self._pid)):
            if not self.is_running() or time.monotonic() > deadline:
                self.kill()
                raise ServerFailedError(f"the server did not start:\n{self._log_end()}")
            time.sleep(POLL_SECONDS)

    def stop(self) -> None:
        """End it in good order: what it was told is on disk."""
        self._end(self._stop_signal)

    def kill(self) -> None:
        """End it as a crash would, with no chance to write or to say goodbye."""
        self._end(signal.SIGKILL)

    def _end(self, how: int) -> None:
        if self._guard is None:
            return
        if self.is_running():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, how)
        try:
            self._guard.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self._guard.terminate()  # the guard then kills the server
            self._guard.wait()
            raise ServerFailedError(f"the server did not stop:\n{self._log_end()}") from None
        finally:
            self._reap()

    def _reap(self) -> None:
        if self._guard is not None:
            with self._guard:  # closes the pipes and waits
                pass
            self._guard = None

    def _log_end(self) -> str:
        log = Path(self._launch["log"])
        lines = log.read_text("utf-8", "replace").splitlines() if log.exists() else []
        return "\n".join(lines[-LOG_LINES_SHOWN:])


@dataclass(frozen=True, kw_only=True)
class Server:
    """What both kinds have in common."""

    folder: Path
    data_dir: Path
    log_path: Path
    port: int
    service: Service

    @property
    def pid(self) -> int:
        """The server's main process; another one after every start."""
        return self.service.pid

    def start(self) -> None:
        self.service.start()

    def stop(self) -> None:
        self.service.stop()

    def kill(self) -> None:
        self.service.kill()

    def restart(self) -> None:
        """Stop in good order and start again, on the same data and port."""
        self.service.stop()
        self.service.start()


def free_port() -> int:
    """A loopback port nobody listens on at this moment; a start that loses the race takes another."""
    while True:
        port = random.choice(PORTS)  # noqa: S311 - not a secret
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port


def answers(port: int, greeting: bytes, _pid: int) -> bool:
    try:
        with socket.create_connection((HOST, port), timeout=5) as connection:
            connection.sendall(greeting)
            return bool(connection.recv(1))
    except OSError:
        return False


ServerT = TypeVar("ServerT", bound=Server)


def on_a_free_port(attempt: Callable[[int], ServerT], log_path: Path) -> ServerT:
    """Start on a free port, and on another if somebody took it in between."""
    while True:
        try:
            return attempt(free_port())
        except ServerFailedError:
            log = log_path.read_text("utf-8", "replace").lower()
            if "address already in use" not in log and "eaddrinuse" not in log:
                raise
            log_path.unlink()


@contextlib.contextmanager
def private_folder(prefix: str, user: str | None) -> Iterator[Path]:
    """A folder of `user`'s own, closed to everybody else."""
    base = Path(tempfile.gettempdir())
    if user is not None and not all(p.stat().st_mode & 0o001 for p in (base, *base.parents)):
        base = Path("/tmp")  # noqa: S108 - $TMPDIR is one the server's user cannot enter
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=base))
    try:
        if user is not None:
            shutil.chown(folder, user, user)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def server_user(name: str) -> str | None:
    """The packaged server's user when we are root; otherwise we stay who we are."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(name).pw_name
    except KeyError:
        raise ServerMissingError(f"this machine has no user {name!r}: {INSTALL}") from None


def run_as(
    user: str | None, command: list[str], environment: dict[str, str], stdin: str = ""
) -> str:
    """Run one of a server's own tools to its end."""
    done = subprocess.run(
        command,
        env=environment,
        user=user,
        group=user,
        extra_groups=None if user is None else [],
        cwd="/",
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=START_SECONDS_MAX,
    )
    if done.returncode != 0:
        raise ServerFailedError(f"{command[0]} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def plain_environment(home: Path) -> dict[str, str]:
    """No PG* or RABBITMQ_* setting of the caller's may reach a private server."""
    return {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(home), "LC_ALL": "C.UTF-8"}


def checked_name(name: str | None) -> str:
    if name is None:
        return f"test_{secrets.token_hex(8)}"
    if re.fullmatch(r"[a-z][a-z0-9_]{0,62}", name) is None:
        raise ValueError(f"{name!r}: lower-case letters, digits and underscores only")
    return name
