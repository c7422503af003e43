"""A real `dvk serve` for a test: started as a user would, ended with Ctrl-C."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

DVK = Path(sys.executable).parent / "dvk"
START_SECONDS_MAX = 300.0
STOP_SECONDS_MAX = 30.0


def dvk(*arguments: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command to its end, as a script would."""
    return subprocess.run(
        [DVK, *arguments],
        env=_environment(env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=START_SECONDS_MAX,
        check=False,
    )


def _environment(env: dict[str, str] | None) -> dict[str, str]:
    """The test's own settings: none of the machine's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DVK_")}
    return {**kept, "LANG": "en_US.UTF-8", "LC_ALL": "en_US.UTF-8", **(env or {})}


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


@dataclass
class Serving:
    """A server that runs, and what it has said so far."""

    address: str
    process: subprocess.Popen[str]
    output: Path

    def said(self) -> str:
        return self.output.read_text()

    def wait_until_said(self, text: str, seconds_max: float = START_SECONDS_MAX) -> str:
        until = time.monotonic() + seconds_max
        while text not in self.said():
            assert self.process.poll() is None, f"the server has ended:\n{self.said()}"
            assert time.monotonic() < until, f"{text!r} was not said:\n{self.said()}"
            time.sleep(0.05)
        return self.said()

    def stop(self) -> int:
        """Ctrl-C; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(STOP_SECONDS_MAX)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(STOP_SECONDS_MAX)

    def get(self, path: str, token: str | None = None, clock: str | None = None) -> Any:  # noqa: ANN401 - any JSON
        """A JSON answer; `clock` moves the demo clock first."""
        headers = {} if token is None else {"authorization": f"Bearer {token}"}
        headers |= {} if clock is None else {"dvk-clock": clock}
        answer = httpx.get(f"{self.address}{path}", headers=headers, timeout=10)
        answer.raise_for_status()
        return answer.json()

    def token(self, user: str) -> str:
        return dvk("token", user, "--url", self.address).stdout.strip()


@contextmanager
def serving_demo(data: Path, models: int, *, port: int | None = None) -> Iterator[Serving]:
    """`dvk serve --demo` on a data folder; killed at the end if it still runs."""
    number = port or free_port()
    output = data.with_name(f"{data.name}.out.{number}.{time.monotonic_ns()}")
    with output.open("w") as out:
        process = subprocess.Popen(
            [DVK, "serve", "--demo", "--data", str(data), "--models", str(models)],
            env=_environment({"DVK_PORT": str(number)}),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            text=True,
        )
        server = Serving(f"http://127.0.0.1:{number}", process, output)
        try:
            yield server
        finally:
            if process.poll() is None:
                server.kill()
