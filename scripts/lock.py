#!/usr/bin/env python3
"""Write requirements/*.lock from pyproject.toml: exact versions and hashes, no index address.

    python3 scripts/lock.py               keep the locked versions that still fit
    python3 scripts/lock.py --upgrade     take the newest that fit
    python3 scripts/lock.py --check       are the locks made from this pyproject.toml? (no network)

One lock holds for Python 3.11 to 3.13 on every platform. The resolver (uv) lives in a scratch
environment that is thrown away; whoever installs from the locks needs only pip.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "requirements"
RESOLVER = "uv>=0.9"
PYTHON_OLDEST = "3.11"

# "dev" comes first: the others are held to its versions, so "run" is a subset of it.
GROUPS = {"dev": ("build", "dev"), "run": ("build",), "bench": ("build", "bench")}


def fingerprint() -> str:
    """What the locks depend on, and nothing else of pyproject.toml."""
    document = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    project = document["project"]
    parts = [project["requires-python"], project["dependencies"], document["dependency-groups"]]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def header() -> str:
    return f"# Written by `make lock`; do not edit.\n# made from: sha256 {fingerprint()}\n"


def stale_locks() -> list[str]:
    return [
        name
        for name in GROUPS
        if not (LOCKS / f"{name}.lock").exists()
        or not (LOCKS / f"{name}.lock").read_text("utf-8").startswith(header())
    ]


def compile_lock(uv: Path, name: str, work: Path, *, upgrade: bool) -> str:
    output = work / f"{name}.lock"
    known = LOCKS / f"{name}.lock"
    if known.exists() and not upgrade:
        output.write_bytes(known.read_bytes())
    command: list[str | Path] = [uv, "pip", "compile", "pyproject.toml", "--quiet", "--no-header"]
    command += ["--universal", "--python-version", PYTHON_OLDEST]
    command += ["--generate-hashes", "--no-emit-index-url", "--no-annotate"]
    for group in GROUPS[name]:
        command += ["--group", group]
    if name != "dev":
        command += ["--constraints", work / "dev.lock"]
    subprocess.run([*command, "--output-file", output], cwd=ROOT, check=True)
    text = output.read_text("utf-8")
    if "://" in text:
        raise SystemExit(f"{name}.lock would name an address; it must hold names and hashes only")
    return text


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--upgrade", action="store_true")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    if arguments.check:
        if stale := stale_locks():
            raise SystemExit(f"out of date: {', '.join(stale)} (run `make lock`)")
        return
    with tempfile.TemporaryDirectory(prefix="dvk-lock-") as folder:
        work = Path(folder)
        venv.create(work / "uv", with_pip=True)
        python = work / "uv" / "bin" / "python"
        subprocess.run([python, "-m", "pip", "install", "--quiet", RESOLVER], check=True)
        uv = work / "uv" / "bin" / "uv"
        texts = {name: compile_lock(uv, name, work, upgrade=arguments.upgrade) for name in GROUPS}
    # All or none: locks from different resolutions must never stand side by side.
    LOCKS.mkdir(exist_ok=True)
    for name, text in texts.items():
        (LOCKS / f"{name}.lock").write_text(header() + text, "utf-8")
        sys.stdout.write(f"requirements/{name}.lock written\n")


if __name__ == "__main__":
    main()
