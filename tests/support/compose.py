"""Reads Compose files as Docker Compose does, as far as ours go; whatever they use beyond that is refused.

Merge keys and anchors are YAML's own. Variables are `${NAME}`, `${NAME:-default}` and `${NAME:?sentence}`;
later files are merged over earlier ones, mappings deeply, everything else replaced.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import reduce
from pathlib import Path
from typing import Final, Literal

import msgspec
import yaml

ROOT: Final = Path(__file__).parents[2]
BASE: Final = ROOT / "docker-compose.yml"
POSTGRES_EVENTS: Final = ROOT / "deploy" / "compose.postgres-events.yml"

_VARIABLE: Final = re.compile(
    r"\$(?:(?P<escaped>\$)|\{(?P<name>[A-Z][A-Z0-9_]*)(?::(?P<kind>[-?])(?P<rest>[^}]*))?\}|(?P<other>))"
)
_APPENDED_BY_COMPOSE: Final = frozenset({"volumes", "ports", "tmpfs", "networks", "security_opt"})

Tree = dict[str, object]
Condition = Literal["service_started", "service_healthy", "service_completed_successfully"]


class MissingVariableError(LookupError):
    """A variable that the files demand is not set; Compose would stop with `sentence`."""

    def __init__(self, name: str, sentence: str) -> None:
        self.name = name
        self.sentence = sentence
        super().__init__(f"{name}: {sentence}")


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A misspelt key is refused, as Compose refuses it."""


class Healthcheck(_Part, frozen=True):
    """How a container is asked whether it can serve."""

    test: tuple[str, ...]
    interval: str
    timeout: str
    retries: int
    start_period: str


class Dependency(_Part, frozen=True):
    """What must have happened to another container before this one starts."""

    condition: Condition
    required: bool = True


class Build(_Part, frozen=True):
    """From what the image is made."""

    context: str
    dockerfile: str


class Limits(_Part, frozen=True):
    """What a container may use."""

    cpus: str
    memory: str
    pids: int


class Resources(_Part, frozen=True):
    """See Limits."""

    limits: Limits


class Deploy(_Part, frozen=True):
    """See Limits."""

    resources: Resources


class Container(_Part, frozen=True, kw_only=True):
    """One service of the files, in Compose's terms."""

    image: str
    restart: str
    networks: tuple[str, ...]
    deploy: Deploy
    build: Build | None = None
    command: tuple[str, ...] = ()
    environment: dict[str, str] = {}
    depends_on: dict[str, Dependency] = {}
    healthcheck: Healthcheck | None = None
    volumes: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    tmpfs: tuple[str, ...] = ()
    cap_drop: tuple[str, ...] = ()
    cap_add: tuple[str, ...] = ()
    security_opt: tuple[str, ...] = ()
    read_only: bool = False
    user: str | None = None
    hostname: str | None = None
    shm_size: str | None = None
    stop_grace_period: str | None = None
    ulimits: dict[str, int] = {}
    logging: dict[str, str | dict[str, str]] = {}

    def mounted(self, path: str) -> Path | None:
        """The file of the repository that the container sees at `path`."""
        for volume in self.volumes:
            source, target, *_ = volume.split(":")
            if target == path and source.startswith("./"):
                return ROOT / source
        return None


class Network(_Part, frozen=True):
    """`internal`: without a way out."""

    internal: bool = False


class Volume(_Part, frozen=True):
    """A named volume with nothing else to say."""


class Composition(msgspec.Struct, frozen=True):
    """What the files come to. Parts whose name begins with `x-` are the files' own."""

    name: str
    services: dict[str, Container]
    networks: dict[str, Network]
    volumes: dict[str, Volume]

    def started(self) -> dict[str, Container]:
        """The containers `up` starts, each after those it depends on. Raises ValueError for a circle."""
        left = {name: one for name, one in self.services.items() if not one.profiles}
        done: dict[str, Container] = {}
        while left:
            free = [name for name, one in left.items() if not left.keys() & one.depends_on.keys()]
            if not free:
                raise ValueError(f"these depend on each other: {', '.join(left)}")
            done |= {name: left.pop(name) for name in free}
        return done


def composition(files: Sequence[Path], environment: Mapping[str, str]) -> Composition:
    """What `files` come to in `environment`. Raises MissingVariableError, ValueError."""
    trees = (_resolved(_read(file), lambda text: interpolate(text, environment)) for file in files)
    return msgspec.convert(reduce(_merged, trees), Composition)


def demanded(files: Sequence[Path]) -> dict[str, set[str]]:
    """The variables without which Compose does not start, with the sentences that say so."""
    found: dict[str, set[str]] = {}
    for match in _matches(files):
        if match["kind"] == "?":
            found.setdefault(match["name"], set()).add(match["rest"])
    return found


def variables(files: Sequence[Path]) -> dict[str, str | None]:
    """Every variable the files use, with its default where it has one.

    Raises ValueError for one that is demanded in one place and has a default, or another, elsewhere.
    """
    found: dict[str, str | None] = {}
    for match in _matches(files):
        if (name := match["name"]) is not None:
            default = match["rest"] if match["kind"] == "-" else None
            if found.setdefault(name, default) != default:
                raise ValueError(f"{name} is used in two ways")
    return found


def interpolate(text: str, environment: Mapping[str, str]) -> str:
    """`text` with its variables replaced. Raises MissingVariableError, ValueError."""

    def value(match: re.Match[str]) -> str:
        if match["escaped"]:
            return "$"
        if match["name"] is None:
            raise ValueError(f"not a variable as we write them: {text!r}")
        held = environment.get(match["name"], "")
        if held or match["kind"] is None:
            return held
        if match["kind"] == "?":
            raise MissingVariableError(match["name"], match["rest"])
        return match["rest"]

    return _VARIABLE.sub(value, text)


def _read(file: Path) -> Tree:
    tree: object = yaml.safe_load(file.read_text("utf-8"))
    if not isinstance(tree, dict):
        raise ValueError(f"{file}: not a mapping")  # noqa: TRY004 - a file's fault, not a caller's
    return tree


def _matches(files: Sequence[Path]) -> Iterator[re.Match[str]]:
    for file in files:
        found: list[str] = []
        # Comments hold no variables: what counts is what YAML reads.
        _resolved(_read(file), lambda text, found=found: (found.append(text), text)[1])  # type: ignore[misc]
        for text in found:
            yield from _VARIABLE.finditer(text)


def _resolved(tree: Tree, replace: Callable[[str], str]) -> Tree:
    def walk(node: object) -> object:
        if isinstance(node, str):
            return replace(node)
        if isinstance(node, list):
            return [walk(item) for item in node]
        if isinstance(node, dict):
            return {key: walk(value) for key, value in node.items()}
        return node

    return {key: walk(value) for key, value in tree.items()}


def _merged(below: Tree, above: Tree) -> Tree:
    merged = dict(below)
    for key, value in above.items():
        held = merged.get(key)
        if isinstance(held, dict) and isinstance(value, dict):
            merged[key] = _merged(held, value)
        elif isinstance(held, list) and key in _APPENDED_BY_COMPOSE:
            raise ValueError(f"{key}: Compose would append here; ours only adds to mappings")
        else:
            merged[key] = value
    return merged
