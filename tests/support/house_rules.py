"""The house rules no linter knows: what shell and domain code must not use, and what to use instead.

Reads source, runs nothing. ``test_house_rules.py`` holds the whole tree to it.
"""

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

CHECKED_FOLDERS = ("shared", "services", "dvk")

MODULE_LINES_MAX = 500
FUNCTION_LINES_MAX = 60

CLOCK = "take the time from the command or, outside the domain, from shared.host.clock.Clock"
KEYS = "derive it with shared.host.ids.derive_id, or take a fresh shared.host.ids.new_key"
CHANCE = "use secrets for secrets; whatever a decision depends on arrives in its command"
AWARE = "give it tzinfo=UTC, or shared.domain.time.VIET_NAM for a legal date"

INSTEAD_OF_CALL = {
    "datetime.datetime.now": ("clock", CLOCK),
    "datetime.datetime.today": ("clock", CLOCK),
    "datetime.datetime.utcnow": ("clock", CLOCK),
    "datetime.datetime.utcfromtimestamp": ("naive-datetime", AWARE),
    "datetime.date.today": ("clock", CLOCK),
    "time.time": ("clock", CLOCK),
    "time.time_ns": ("clock", CLOCK),
    "uuid.uuid1": ("uuid", KEYS),
    "uuid.uuid4": ("uuid", KEYS),
}

# How many positional arguments it takes for the time zone to be among them.
ZONE_IS_POSITIONAL = {"datetime.datetime": 8, "datetime.datetime.fromtimestamp": 2}

# Standard library, but not pure: a decision that reaches for these cannot be repeated by an auditor.
IMPURE = frozenset(
    {
        *("asyncio", "concurrent", "ctypes", "fcntl", "ftplib", "http", "io", "logging", "mmap"),
        *("multiprocessing", "os", "pathlib", "queue", "random", "sched", "secrets", "select"),
        *("selectors", "shutil", "signal", "smtplib", "socket", "socketserver", "sqlite3", "ssl"),
        *("subprocess", "sys", "tempfile", "threading", "time", "urllib"),
    }
)
PURE = frozenset({"msgspec", "shared.contracts", "shared.domain"})

# The audit's domain decides again what every service decided, and checks the log that holds it.
AUDIT_DOMAIN = "services.audit.domain"
PURE_FOR_AUDIT = re.compile(r"(services\.\w+\.domain|shared\.tlog)\.")


@dataclass(frozen=True, order=True)
class Violation:
    """One place that breaks a rule, and what to do instead."""

    path: str
    line: int
    rule: str
    advice: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.advice}"


def violations_of_tree(root: Path) -> Iterator[Violation]:
    for folder in CHECKED_FOLDERS:
        for file in sorted((root / folder).rglob("*.py")):
            path = file.relative_to(root).as_posix()
            yield from violations_of(path, file.read_text("utf-8"))


def violations_of(path: str, source: str) -> list[Violation]:
    """Check one module as if it stood at `path` (relative to the repository)."""
    tree = ast.parse(source, filename=path)
    module = Module(path, origins_of_names(tree))
    found = list(module.too_long(tree, len(source.splitlines())))
    for node in ast.walk(tree):
        found += module.check(node)
    return sorted(set(found))


def origins_of_names(tree: ast.Module) -> dict[str, str]:
    """What each imported name stands for: ``from datetime import datetime as d`` → datetime.datetime."""
    origins: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                origins[alias.asname or top] = alias.name if alias.asname else top
        elif isinstance(node, ast.ImportFrom) and node.module is not None and node.level == 0:
            for alias in node.names:
                origins[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return origins


class Module:
    """One module's place and imports, which decide what its expressions mean."""

    def __init__(self, path: str, origins: Mapping[str, str]) -> None:
        self._path = path
        self._origins = origins
        parts = PurePosixPath(path).with_suffix("").parts
        self._package = parts[:-1]
        self._domain: str | None = None
        if len(parts) > 2 and parts[0] == "services" and parts[2] == "domain":
            self._domain = ".".join(parts[:3])

    def check(self, node: ast.AST) -> Iterator[Violation]:
        match node:
            case ast.Import() | ast.ImportFrom():
                yield from self._imported(node)
            case ast.Call():
                yield from self._called(node)
            case ast.ExceptHandler(type=None):
                yield self._violation(node, "bare-except", "name the exceptions you can handle")
            case ast.Name() | ast.Attribute() if self._domain and self._origin(node) in {
                "typing.Any",
                "typing_extensions.Any",
            }:
                yield self._violation(node, "any", "name the type; a domain has no unknown values")

    def too_long(self, tree: ast.Module, lines: int) -> Iterator[Violation]:
        if lines > MODULE_LINES_MAX:
            advice = f"{lines} lines, {MODULE_LINES_MAX} at most: split it by what it is about"
            yield Violation(self._path, 1, "long-module", advice)
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = function_lines(node)
                if length > FUNCTION_LINES_MAX:
                    advice = f"{node.name} has {length} lines, {FUNCTION_LINES_MAX} at most"
                    yield self._violation(node, "long-function", f"{advice}: name its parts")

    def _violation(self, node: ast.AST, rule: str, advice: str) -> Violation:
        return Violation(self._path, getattr(node, "lineno", 1), rule, advice)

    def _origin(self, node: ast.expr) -> str | None:
        """The full name an expression refers to, as far as the imports tell."""
        if isinstance(node, ast.Name):
            return self._origins.get(node.id)
        if isinstance(node, ast.Attribute):
            owner = self._origin(node.value)
            return None if owner is None else f"{owner}.{node.attr}"
        return None

    def _imported(self, node: ast.Import | ast.ImportFrom) -> Iterator[Violation]:
        for name in self._imported_names(node):
            if name.partition(".")[0] == "random":
                yield self._violation(node, "random", CHANCE)
            if self._domain and not self._is_pure(name):
                advice = (
                    f"{name}: a domain imports pure standard library, msgspec, shared.contracts"
                )
                yield self._violation(node, "impure-domain", f"{advice}, shared.domain and itself")

    def _imported_names(self, node: ast.Import | ast.ImportFrom) -> list[str]:
        if isinstance(node, ast.Import):
            return [alias.name for alias in node.names]
        base = node.module or ""
        if node.level:
            anchor = self._package[: len(self._package) - node.level + 1]
            base = ".".join((*anchor, *filter(None, [node.module])))
        return [f"{base}.{alias.name}" for alias in node.names]

    def _is_pure(self, name: str) -> bool:
        top = name.partition(".")[0]
        if top in sys.stdlib_module_names:
            return top not in IMPURE
        allowed = {*PURE, self._domain}
        if self._domain == AUDIT_DOMAIN and PURE_FOR_AUDIT.match(name):
            return True
        return any(name == package or name.startswith(f"{package}.") for package in allowed)

    def _called(self, node: ast.Call) -> Iterator[Violation]:
        if isinstance(node.func, ast.Name) and node.func.id == "print":
            advice = "log with structlog; a command writes to its rich console"
            yield self._violation(node, "print", advice)
        name = self._origin(node.func)
        if name in INSTEAD_OF_CALL:
            yield self._violation(node, *INSTEAD_OF_CALL[name])
        if name in ZONE_IS_POSITIONAL and not (
            len(node.args) >= ZONE_IS_POSITIONAL[name]
            or any(keyword.arg in {"tzinfo", "tz", None} for keyword in node.keywords)
            or any(isinstance(argument, ast.Starred) for argument in node.args)
        ):
            yield self._violation(node, "naive-datetime", AWARE)


def function_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """From ``def`` to the end, without the docstring: explaining must not cost lines."""
    length = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    if ast.get_docstring(node) is not None:
        length -= (first.end_lineno or first.lineno) - first.lineno + 1
    return length
