"""What `Service.routes` declares: the operations, before anything serves them."""

import inspect
import re
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import msgspec

from shared.domain.decider import Request
from shared.host.policy import Grant, Role, Rules
from shared.host.service import Call, Outcome, Query, Service

R = TypeVar("R", bound=msgspec.Struct)
A = TypeVar("A", bound=msgspec.Struct)

WRITE_METHODS: Final = ("POST", "PUT", "PATCH", "DELETE")
_PATH: Final = re.compile(r"(/([a-z0-9-]+|\{[a-z_]+\}))+")


@dataclass(frozen=True)
class WriteOperation:
    """A command over HTTP."""

    id: str
    method: str
    path: str
    tag: str
    summary: str
    description: str
    body: type[msgspec.Struct]
    handler: Callable[[Call[Any]], Awaitable[Outcome]]
    command: type[Request]
    grants: tuple[Grant, ...]
    creates: bool
    body_bytes_max: int | None


@dataclass(frozen=True)
class ReadOperation:
    """A read over HTTP."""

    id: str
    path: str
    tag: str
    summary: str
    description: str
    parameters: type[msgspec.Struct]
    handler: Callable[[Query[Any]], Awaitable[msgspec.Struct]]
    answer: type[msgspec.Struct]
    public: bool
    roles: frozenset[Role]
    refuses: bool

    @property
    def method(self) -> str:
        """Reads are GET; HEAD comes with it."""
        return "GET"


Operation = WriteOperation | ReadOperation


class DeclarationError(Exception):
    """A service declares something that cannot be served; said before anything starts."""


class Operations:
    """Collects what a service declares; see service.Api."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._all: dict[str, Operation] = {}

    @classmethod
    def of(cls, service: Service) -> "tuple[Operation, ...]":
        """The operations of `service`. Raises DeclarationError."""
        collected = cls(service)
        service.routes(collected)
        return tuple(collected._all.values())

    def write(
        self,
        path: str,
        body: type[R],
        handler: Callable[[Call[R]], Awaitable[Outcome]],
        *,
        command: type[Request],
        tag: str,
        creates: bool = False,
        method: str = "POST",
        body_bytes_max: int | None = None,
    ) -> None:
        """See service.Api."""
        if method not in WRITE_METHODS:
            raise DeclarationError(f"{method} {path}: a write is one of {', '.join(WRITE_METHODS)}")
        summary, description = _documentation(handler)
        self._add(
            WriteOperation(
                id=_name(handler),
                method=method,
                path=path,
                tag=tag,
                summary=summary,
                description=description,
                body=body,
                handler=handler,
                command=command,
                grants=self._grants(path, command),
                creates=creates,
                body_bytes_max=body_bytes_max,
            )
        )

    def read(
        self,
        path: str,
        parameters: type[R],
        handler: Callable[[Query[R]], Awaitable[A]],
        *,
        answer: type[A],
        tag: str,
        public: bool = False,
        roles: Collection[str] = (),
        refuses: bool = False,
    ) -> None:
        """See service.Api."""
        summary, description = _documentation(handler)
        self._add(
            ReadOperation(
                id=_name(handler),
                path=path,
                tag=tag,
                summary=summary,
                description=description,
                parameters=parameters,
                handler=handler,
                answer=answer,
                public=public,
                roles=frozenset(Role(role) for role in roles),
                refuses=refuses,
            )
        )

    def _add(self, operation: Operation) -> None:
        if _PATH.fullmatch(operation.path) is None:
            raise DeclarationError(f"{operation.path}: segments are a-z, 0-9, - or a {{name}}")
        if operation.id in self._all:
            raise DeclarationError(f"{operation.id}: two operations have this name")
        self._all[operation.id] = operation

    def _grants(self, path: str, command: type[Request]) -> tuple[Grant, ...]:
        rules = [rules for rules in self._service.rules if command in _commands(rules)]
        if len(rules) != 1:
            raise DeclarationError(
                f"{path}: {command.__name__} belongs to {len(rules)} aggregates of "
                f"{self._service.name}'s policy table, not to one"
            )
        return tuple(rules[0].grants.get(command, ()))


def _commands(rules: Rules[Any, Any, Any]) -> Collection[type]:
    return rules.decider.commands.values()


def _name(handler: Callable[..., object]) -> str:
    return getattr(handler, "__name__", type(handler).__name__)


def _documentation(handler: Callable[..., object]) -> tuple[str, str]:
    text = inspect.getdoc(handler)
    if text is None:
        raise DeclarationError(f"{_name(handler)}: its docstring is what the API's users read")
    summary, _, description = text.partition("\n\n")
    return " ".join(summary.split()), description.strip()
