#!/usr/bin/env python3
"""Make this checkout runnable: a virtual environment from a lock file and, on request, the servers.

Needs nothing but ``python3``; a second run answers from a stamp in a fraction of a second.

    python3 scripts/bootstrap.py                       what `make run` needs, in .venv
    python3 scripts/bootstrap.py --profile dev         the same and the tests' tools
    python3 scripts/bootstrap.py --profile bench       the benchmarks' peers, in .venv-bench
    python3 scripts/bootstrap.py --servers             also Debian's postgresql and rabbitmq-server
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
PYTHON_MIN = (3, 11)
OUTPUT_LINES_SHOWN = 40
PYTHONS_TRIED = ("python3.13", "python3.12", "python3.11")


@dataclass(frozen=True)
class Profile:
    """Which lock goes into which environment; `covers` names the profiles it makes unnecessary."""

    lock: str
    venv: str
    covers: tuple[str, ...] = ()


PROFILES = {
    "run": Profile(lock="run.lock", venv=".venv"),
    "dev": Profile(lock="dev.lock", venv=".venv", covers=("run",)),
    "bench": Profile(lock="bench.lock", venv=".venv-bench"),
}

SERVER_PACKAGES = {
    "postgresql": ("/usr/lib/postgresql/*/bin/postgres",),
    "rabbitmq-server": ("/usr/lib/rabbitmq/bin/rabbitmq-server",),
}

# Debian starts a server as it installs it. policy-rc.d exit code 101 forbids that; one that is there already
# belongs to the machine's owner and stays.
APT_SCRIPT = """
set -e
if [ ! -e /usr/sbin/policy-rc.d ]; then
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
    trap 'exit 130' HUP INT TERM
    printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d
    chmod 755 /usr/sbin/policy-rc.d
fi
export DEBIAN_FRONTEND=noninteractive
apt-get -q update -o DPkg::Lock::Timeout=300 || echo 'package lists could not be refreshed' >&2
apt-get -q install -y --no-install-recommends -o DPkg::Lock::Timeout=300 "$@"
"""


def say(text: str) -> None:
    sys.stdout.write(f"bootstrap: {text}\n")
    sys.stdout.flush()


def give_up(sentence: str) -> NoReturn:
    sys.stderr.write(f"bootstrap: {sentence}\n")
    raise SystemExit(1)


def run_quietly(command: list[str], *, failure: str, env: dict[str, str] | None = None) -> None:
    """Run a command; its output matters only if it fails, and then its end says why."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    try:
        output, _ = process.communicate()
    except KeyboardInterrupt:
        # The terminal has told the command as well; it may have something to put back.
        process.communicate()
        give_up("interrupted; the next run takes up from here")
    if process.returncode != 0:
        sys.stderr.write("\n".join(output.splitlines()[-OUTPUT_LINES_SHOWN:]) + "\n")
        give_up(failure)


# ── Debian packages ──────────────────────────────────────────────────────────────────────────────


def install_debian_packages(packages: list[str], *, why: str) -> None:
    wanted = " ".join(packages)
    by_hand = f"{why}: please run  apt-get install --no-install-recommends {wanted}  as root"
    if shutil.which("apt-get") is None:
        give_up(f"{why}: please install {wanted} with this system's package manager")
    prefix: list[str] = []
    if os.geteuid() != 0:
        if shutil.which("sudo") is None:
            give_up(by_hand)
        if subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode:
            give_up(by_hand)
        prefix = ["sudo", "-n"]
    say(f"installing {wanted} (Debian packages; their system services stay stopped)")
    run_quietly([*prefix, "sh", "-c", APT_SCRIPT, "apt", *packages], failure=by_hand)


def ensure_servers() -> None:
    missing = [
        package
        for package, patterns in SERVER_PACKAGES.items()
        if not any(any(Path("/").glob(pattern.lstrip("/"))) for pattern in patterns)
    ]
    if missing:
        install_debian_packages(missing, why="the integration tests need real servers")


# ── Python ───────────────────────────────────────────────────────────────────────────────────────


def ensure_python_is_new_enough() -> None:
    if sys.version_info[:2] >= PYTHON_MIN:
        return
    for name in PYTHONS_TRIED:
        newer = shutil.which(name)
        if newer is not None:
            os.execv(newer, [newer, *sys.argv])  # noqa: S606 - this same script
    give_up(f"Python {sys.version.split()[0]} is too old: please install Python 3.11 or newer")


def venv_python(profile: Profile) -> Path:
    return ROOT / profile.venv / "bin" / "python"


def create_venv(profile: Profile) -> None:
    """Create the environment, or create it anew where its interpreter is gone or another version."""
    python = venv_python(profile)
    if python.exists():
        probe = subprocess.run(
            [python, "-c", "import sys, pip; print(sys.version_info[:3])"],
            capture_output=True,
            text=True,
            check=False,
        )
        if probe.returncode == 0 and probe.stdout.strip() == str(sys.version_info[:3]):
            return
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        install_debian_packages([package], why="Python's venv module is missing")
    say(f"creating {profile.venv} with Python {sys.version.split()[0]}")
    run_quietly(
        [sys.executable, "-m", "venv", "--clear", str(ROOT / profile.venv)],
        failure=f"{profile.venv} could not be created",
    )


def install_lock(profile: Profile, lock: Path) -> None:
    count = sum(1 for line in lock.read_text("utf-8").splitlines() if line[:1].isalnum())
    say(f"installing {count} packages from requirements/{lock.name} (hashes checked)")
    # The lock is a complete resolution, so pip need not resolve again.
    run_pip(
        profile,
        ["--require-hashes", "-r", str(lock)],
        failure=f"the packages of requirements/{lock.name} could not be installed",
    )


def install_project(profile: Profile) -> None:
    say("installing the project itself (editable)")
    # "compat" puts the checkout on the path as a whole: a package added later needs no reinstall.
    # What builds it is in the lock, so nothing is fetched here.
    run_pip(
        profile,
        [
            *("--no-index", "--no-build-isolation"),
            *("--config-settings", "editable_mode=compat", "-e", str(ROOT)),
        ],
        failure="the project could not be installed into its environment",
    )


def run_pip(profile: Profile, options: list[str], *, failure: str) -> None:
    run_quietly(
        [str(venv_python(profile)), "-m", "pip", "install", "--no-input", "--no-deps", *options],
        env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore"},
        failure=failure,
    )


# ── Stamps ───────────────────────────────────────────────────────────────────────────────────────


def lock_stamp(lock: Path) -> str:
    version = ".".join(map(str, sys.version_info[:3]))
    return hashlib.sha256(version.encode() + b"\0" + lock.read_bytes()).hexdigest()


def project_stamp() -> str:
    """Only what the installed metadata and console script are made from, not the tools' settings."""
    # Here, so that an old Python gets as far as the sentence it is owed.
    import tomllib  # noqa: PLC0415

    document = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    parts = [document["build-system"], document["project"], document["tool"].get("setuptools")]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def ensure_environment(name: str) -> None:
    profile = PROFILES[name]
    stamps = ROOT / profile.venv / "stamps"
    project = project_stamp()
    for candidate in (name, *(n for n, p in PROFILES.items() if name in p.covers)):
        wanted = f"{lock_stamp(ROOT / 'requirements' / PROFILES[candidate].lock)} {project}"
        stamp = stamps / candidate
        if stamp.exists() and stamp.read_text("ascii") == wanted and venv_python(profile).exists():
            return
    started = time.monotonic()
    create_venv(profile)
    stamps.mkdir(exist_ok=True)
    lock = ROOT / "requirements" / profile.lock
    lock_done = stamps / f"{name}-lock"
    if not (lock_done.exists() and lock_done.read_text("ascii") == lock_stamp(lock)):
        install_lock(profile, lock)
        # The lock of a smaller profile may have changed versions under a larger one's stamp.
        for stale in stamps.iterdir():
            stale.unlink()
        lock_done.write_text(lock_stamp(lock), "ascii")
    install_project(profile)
    (stamps / name).write_text(f"{lock_stamp(lock)} {project}", "ascii")
    say(f"{profile.venv} is ready ({time.monotonic() - started:.0f} s)")


def main() -> None:
    ensure_python_is_new_enough()
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--profile", choices=sorted(PROFILES), default="run")
    parser.add_argument("--servers", action="store_true", help="also PostgreSQL and RabbitMQ")
    arguments = parser.parse_args()
    # Two runs at once (an editor and a terminal) take turns; the lock goes with the process.
    with Path(__file__).open("rb") as own_file:
        try:
            fcntl.flock(own_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for another run to finish")
            fcntl.flock(own_file, fcntl.LOCK_EX)
        ensure_environment(arguments.profile)
        if arguments.servers:
            ensure_servers()


if __name__ == "__main__":
    main()
