"""One command on its way through the executor: what is decided, recorded and recognised again."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec

from shared.contracts.event import Event, UnknownEventTypeError
from shared.contracts.metadata import CommandRecord, Metadata, OnBehalf
from shared.domain.decider import Decider, Request
from shared.domain.logentry import ENTRY_BYTES_MAX, entry_size
from shared.eventstore.port import NewEvent
from shared.host.aggregates import Known
from shared.host.errors import IdempotencyConflictError, StaleRevisionError, TooLargeError
from shared.host.ids import derive_id

SERVICE_ACTOR_PREFIX: Final = "service:"
"""Actors of reactions and schedules; no token may carry such a subject."""


class Caller(msgspec.Struct, frozen=True):
    """Who commands and why. `cause` is the idempotency key, or the id of the event or run behind it;
    `trace` a W3C traceparent or empty.
    """

    actor: str
    organization: UUID | None
    cause: UUID
    correlation: UUID
    trace: str


class Decided(NamedTuple):
    """What follows, and in whose name it was entered where that is another's."""

    events: Sequence[Event]
    on_behalf: OnBehalf | None


class Attempt(msgspec.Struct, frozen=True):
    """One command on its way: what it needs whatever state it is decided on. `paper` is the hash of the one it is
    entered from, if any.
    """

    decider: Decider[Any, Any, Any]
    stream: str
    command: Request
    caller: Caller
    cites: tuple[UUID, ...]
    rules: str | None
    if_match: int | None
    authorise: Callable[[Any], OnBehalf | None] | None
    paper: str | None
    name: str
    first_id: UUID

    def decide(self, known: Known) -> Decided:
        """Permission first: whoever may not act learns nothing, not even the revision."""
        on_behalf = None if self.authorise is None else self.authorise(known.state)
        if self.if_match is not None and self.if_match != known.revision:
            raise StaleRevisionError(
                f"Nội dung đã thay đổi (phiên bản {known.revision}): hãy tải lại rồi quyết định tiếp.",
                f"This has changed, it is at revision {known.revision} now: read it again first.",
            )
        return Decided(self.decider.decide(known.state, self.command), on_behalf)

    def entries(
        self, decided: Decided, types: Mapping[type[Event], str], software: str, time_us: int
    ) -> list[NewEvent]:
        """The events as they are appended. Raises TooLargeError, UnknownEventTypeError."""
        metadata = Metadata(
            actor=self.caller.actor,
            correlation=self.caller.correlation,
            causation=self.caller.cause,
            software=software,
            organization=self.caller.organization,
            rules=self.rules,
            cites=self.cites,
            command=CommandRecord(self.name, msgspec.Raw(msgspec.json.encode(self.command))),
            on_behalf=decided.on_behalf,
        )
        encoded = msgspec.json.encode(metadata)
        entries: list[NewEvent] = []
        for index, event in enumerate(decided.events):
            if index == 1:
                encoded = msgspec.json.encode(msgspec.structs.replace(metadata, command=None))
            stored_type = types.get(type(event))
            if stored_type is None:
                raise UnknownEventTypeError(type(event).__name__)
            entry = NewEvent(
                id=self.first_id if index == 0 else self.event_id(index),
                type=stored_type,
                time_us=time_us,
                data=msgspec.json.encode(event),
                metadata=encoded,
                trace=self.caller.trace,
            )
            _check_size(entry, self.stream)
            entries.append(entry)
        return entries

    def event_id(self, index: int) -> UUID:
        """The id of the append's event number `index`."""
        return derive_id(self.caller.cause, self.stream, str(index))

    def require_same(self, recorded: Metadata) -> None:
        """Raise IdempotencyConflictError unless `recorded` is the same request by the same caller.

        Compared is the request part: the fields of the request that the command extends, and the paper it was
        entered from. What the server added (the instant, facts of other aggregates) may differ on a retry.
        """
        first = recorded.command
        paper = None if recorded.on_behalf is None else recorded.on_behalf.paper
        same = (
            first is not None
            and first.name == self.name
            and recorded.actor == self.caller.actor
            and paper == self.paper
            and _request_part(self.command, msgspec.json.decode(first.data))
            == _request_part(self.command, msgspec.json.decode(msgspec.json.encode(self.command)))
        )
        if not same:
            raise IdempotencyConflictError(
                "Khoá Idempotency-Key này đã dùng cho một yêu cầu khác: hãy tạo khoá mới.",
                "This Idempotency-Key was used for another request: make a new key.",
            )


def stored_name(decider: Decider[Any, Any, Any], command: Request) -> str:
    """The name `command` is recorded under. Raises LookupError for one the aggregate does not have."""
    for name, struct in decider.commands.items():
        if struct is type(command):
            return name
    raise LookupError(f"{decider.category}: {type(command).__name__} is not among its commands")


def _request_part(command: Request, fields: dict[str, object]) -> dict[str, object]:
    """Of the encoded command the fields that it inherits from its request."""
    inherited = {
        name
        for base in type(command).__bases__
        if issubclass(base, Request)
        for name in base.__struct_encode_fields__
    }
    return {name: value for name, value in fields.items() if name in inherited}


def _check_size(entry: NewEvent, stream: str) -> None:
    size = entry_size(entry, stream)
    if size > ENTRY_BYTES_MAX:
        raise TooLargeError(
            f"Nội dung quá dài để ghi vào sổ ({size} byte, tối đa {ENTRY_BYTES_MAX}): hãy rút gọn.",
            f"Too long to be recorded ({size} bytes, at most {ENTRY_BYTES_MAX}): shorten the texts.",
        )
