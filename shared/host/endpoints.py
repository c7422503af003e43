"""Serves the operations of one service: authenticate, parse, hand over, answer."""

import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

import msgspec
import structlog

from shared.domain.paper import PAPER_NOT_NEEDED, Papers
from shared.domain.time import legal_date
from shared.eventstore.port import START, EventStore, StoredEvent
from shared.host.asgi import Headers, Receive, Reply, Scope, Send, preferred_language, read_body
from shared.host.authority import forbidden
from shared.host.calls import HttpCall, HttpQuery
from shared.host.clock import Clock
from shared.host.commands import Caller, Executor
from shared.host.database import ServiceDatabase
from shared.host.errors import (
    Fault,
    InvalidError,
    MalformedError,
    MethodNotAllowedError,
    NotYetError,
    UnauthenticatedError,
    UnsupportedMediaError,
)
from shared.host.files import FileStore
from shared.host.identity import Verifier
from shared.host.ids import new_key
from shared.host.known_successions import KnownSuccessions
from shared.host.metrics import Metrics, OperationMeter
from shared.host.operations import Operation, Operations, ReadOperation, WriteOperation
from shared.host.parsing import JsonParser, QueryParser
from shared.host.policy import EVERYONE, Actor, Role, Rules, from_paper, permits
from shared.host.problems import problem
from shared.host.routing import Router
from shared.host.service import Download, NotFoundError, Outcome, Page, Service
from shared.host.standing import Standings
from shared.host.tracing import Tracing, traceparent
from shared.host.vault import Vault

AT_LEAST_SECONDS_MAX: Final = 2.0
"""How long a read waits for the projection before it answers 503."""

KEY_VERSION: Final = 7

_REVISION_TAG: Final = re.compile(rb'"[0-9]{1,18}"')
_SHA256: Final = re.compile(rb"[0-9a-f]{64}")
_POSITION: Final = re.compile(r"[0-9]{1,18}")
_KEY_HEADER: Final = b"idempotency-key"

ACTING_FOR_HEADER: Final = b"dvk-acting-for"
"""The organisation acted for, where it is not the token's own: by delegation, or an office taken over."""

PAPER_HEADER: Final = b"dvk-paper"
"""The SHA-256 of the scan that an entry on behalf of others is made from (ADR 0012)."""

Endpoint = Callable[["Exchange"], Awaitable[Reply]]

_LOG = structlog.get_logger("dvk.http")


class Written(msgspec.Struct, frozen=True):
    """What a command led to: the aggregate's id and revision, the position to ask lists for
    (`at_least`), and the stored types of the events.
    """

    id: str
    revision: int
    position: int
    events: list[str]


@dataclass(frozen=True)
class ServiceParts:
    """What serves one service's HTTP; the process puts it together."""

    service: Service
    store: EventStore
    executor: Executor
    database: ServiceDatabase
    vault: Vault
    clock: Clock
    verifier: Verifier
    metrics: Metrics
    tracing: Tracing
    body_bytes_max: int
    standings: Standings
    successions: KnownSuccessions
    files: FileStore

    @property
    def papers(self) -> Papers | None:
        """What entries on behalf of others are made from."""
        return self.service.papers

    @property
    def rules(self) -> tuple[Rules[Any, Any, Any], ...]:
        """The policy table."""
        return self.service.rules


@dataclass(slots=True)
class Exchange:
    """A request on its way through an endpoint. `key` is the idempotency key if a good one was sent;
    it is the correlation then, so that a retry stays one story.
    """

    scope: Scope
    receive: Receive
    headers: Headers
    path: dict[str, str]
    key: UUID | None
    correlation: UUID
    trace: str
    rule_set: str | None = None


class ServiceEndpoints:
    """The ASGI application of one service, mounted by the process under the service's name.

    `extra` are addresses the process adds (health, documents, administration), by method and path.
    """

    def __init__(self, parts: ServiceParts, extra: Mapping[tuple[str, str], Endpoint]) -> None:
        self.operations = Operations.of(parts.service)
        self._parts = parts
        self._router: Router[tuple[Endpoint, OperationMeter]] = Router()
        for operation in self.operations:
            endpoint = _endpoint(parts, operation)
            self._add(operation.method, operation.path, operation.id, endpoint)
        for (method, path), endpoint in extra.items():
            self._add(method, path, path.strip("/"), endpoint)

    def _add(self, method: str, path: str, name: str, endpoint: Endpoint) -> None:
        meter = OperationMeter(self._parts.metrics, self._parts.service.name, name)
        self._router.add(method, path, (endpoint, meter))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI. Answers whatever happens; only a cancelled task ends without an answer."""
        began = time.perf_counter()
        headers: Headers = dict(scope["headers"])
        method = scope["method"]
        meter = None
        key = _good_key(headers)
        correlation = key or new_key(self._parts.clock.now())
        trace = traceparent(headers.get(b"traceparent"), correlation)
        exchange = Exchange(scope, receive, headers, {}, key, correlation, trace)
        try:
            (endpoint, meter), exchange.path = self._find(method, _path_in(scope))
            with self._parts.tracing.span(meter.name, trace, server=True) as inner:
                exchange.trace = inner
                reply = await endpoint(exchange)
        except Exception as error:  # noqa: BLE001 - the edge: whatever it is becomes a problem document
            reply = problem(
                error, preferred_language(headers), f"urn:uuid:{correlation}", exchange.rule_set
            )
            if isinstance(error, MalformedError | InvalidError | UnsupportedMediaError):
                _LOG.info("rejected", status=reply.status, correlation=str(correlation))
        reply.headers.append((b"traceparent", exchange.trace.encode()))
        if meter is not None:
            meter.answered(reply.status, time.perf_counter() - began)
        await reply.send(send, head=method == "HEAD")

    def _find(
        self, method: str, path: str
    ) -> tuple[tuple[Endpoint, OperationMeter], dict[str, str]]:
        methods, named = self._router.find(path)
        found = methods.get("GET" if method == "HEAD" else method)
        if found is None:
            raise _no_such_address(tuple(methods))
        return found, named


def _endpoint(parts: ServiceParts, operation: Operation) -> Endpoint:
    if isinstance(operation, WriteOperation):
        return _WriteEndpoint(parts, operation)
    return _ReadEndpoint(parts, operation)


class _WriteEndpoint:
    def __init__(self, parts: ServiceParts, operation: WriteOperation) -> None:
        self._parts = parts
        self._operation = operation
        self._parser: JsonParser[Any] = JsonParser(operation.body)
        self._roles = frozenset(grant.role for grant in operation.grants)

    async def __call__(self, exchange: Exchange) -> Reply:
        headers = exchange.headers
        if Role.PUBLIC in self._roles:
            actor = EVERYONE
        else:
            actor = signed_in(await _caller(self._parts, headers))
        if self._roles.isdisjoint(actor.roles):
            raise forbidden()
        _require_json(headers)
        if exchange.key is None:
            _refuse_key(headers)
        if_match, paper = _if_match(headers), _paper(headers)
        if paper is not None and not from_paper(self._operation.grants):
            raise PAPER_NOT_NEEDED()
        bytes_max = self._operation.body_bytes_max or self._parts.body_bytes_max
        raw = await read_body(exchange.receive, headers, bytes_max)
        body = self._parser.parse(raw or b"{}")
        caller = Caller(
            actor.subject,
            actor.organization,
            exchange.correlation,
            exchange.correlation,
            exchange.trace,
        )
        call = HttpCall(
            self._parts,
            exchange.path,
            now=self._parts.clock.now(),
            body=body,
            actor=actor,
            caller=caller,
            if_match=if_match,
            paper=paper,
        )
        try:
            outcome = await self._operation.handler(call)
        except NotFoundError as error:
            if exchange.path and not self._knows_all(actor):
                # As for a thing that is another's: who may not see it does not learn that it is missing.
                raise forbidden() from error
            raise
        finally:
            exchange.rule_set = call.rules_cited
            await call.close()
        return self._answer(exchange, outcome)

    def _knows_all(self, actor: Actor) -> bool:
        """Whether a row lets the caller do this to any such thing."""
        return bool(permits(self._operation.grants, actor, {}))

    def _answer(self, exchange: Exchange, outcome: Outcome) -> Reply:
        aggregate_id = outcome.stream.partition("-")[2]
        types = [self._parts.service.catalogue.type_of(event) for event in outcome.events]
        written = Written(aggregate_id, outcome.revision, outcome.position, types)
        reply = Reply(200, msgspec.json.encode(written))
        reply.headers = [
            (b"etag", b'"%d"' % outcome.revision),
            (b"dvk-position", b"%d" % outcome.position),
            (b"idempotency-key", str(exchange.correlation).encode("ascii")),
            (b"cache-control", b"no-store"),
        ]
        if outcome.repeated:
            reply.headers.append((b"idempotent-replayed", b"true"))
        if self._operation.creates:
            reply.status = 201
            # The raw path: decoded, it could carry a line break into the header.
            address = exchange.scope["raw_path"].rstrip(b"/")
            reply.headers.append((b"location", address + b"/" + quote(aggregate_id).encode()))
        return reply


class _ReadEndpoint:
    def __init__(self, parts: ServiceParts, operation: ReadOperation) -> None:
        self._parts = parts
        self._operation = operation
        self._parser: QueryParser[Any] = QueryParser(operation.parameters)
        followed = (parts.service.catalogue, *parts.service.consumes)
        self._sources = {
            category: catalogue.service
            for catalogue in followed
            for category in catalogue.categories
        }

    async def __call__(self, exchange: Exchange) -> Reply:
        headers = exchange.headers
        actor = await _caller(self._parts, headers)
        if not self._operation.public:
            actor = signed_in(actor)
            if self._operation.roles and self._operation.roles.isdisjoint(actor.roles):
                raise forbidden()
        parameters, at_least = self._parser.parse(exchange.scope["query_string"])
        if at_least is not None:
            await self._wait_for(_position(at_least))
        query = HttpQuery(self._parts, exchange.path, self._parts.clock.now(), parameters, actor)
        try:
            answer = await self._operation.handler(query)
        finally:
            await query.close()
        return self._answer(exchange, answer)

    def _answer(self, exchange: Exchange, answer: msgspec.Struct) -> Reply:
        if isinstance(answer, Download):
            return _file(answer)
        reply = Reply(200, msgspec.json.encode(answer))
        revision = getattr(answer, "revision", None)
        if isinstance(revision, int):
            etag = b'"%d"' % revision
        else:
            etag = b'W/"%s"' % blake2b(reply.body, digest_size=12).hexdigest().encode()
            if exchange.headers.get(b"if-none-match") == etag:
                reply.status, reply.body = 304, b""
        caching = b"public, no-cache" if self._operation.public else b"private, no-cache"
        reply.headers = [(b"etag", etag), (b"cache-control", caching), (b"vary", b"authorization")]
        if isinstance(answer, Page) and answer.next is not None:
            reply.headers.append((b"link", _next_link(exchange.scope, answer.next)))
        return reply

    async def _wait_for(self, position: int) -> None:
        """Wait until the read model has taken the event at `position`, if it is one it follows."""
        database = self._parts.database
        if max(database.progress().values()) >= position:
            return
        event = await self._event_at(position)
        reached = event is not None
        if event is not None:
            source = self._sources.get(event.category)
            reached = source is None or await database.wait_for(
                source, position, AT_LEAST_SECONDS_MAX
            )
        if not reached:
            raise NotYetError(
                f"Dữ liệu chưa cập nhật tới vị trí {position}; hãy thử lại sau ít giây.",
                f"The data has not reached position {position} yet; try again shortly.",
            )

    async def _event_at(self, position: int) -> StoredEvent | None:
        """The event at a position. Positions are opaque: the one before is found, not calculated."""
        store = self._parts.store
        before = await store.read_log_backwards(before=position, limit=1)
        after = before.events[0].position if before.events else START
        page = await store.read_log(after=after, limit=1)
        return page.events[0] if page.events else None


def _path_in(scope: Scope) -> str:
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))


def _file(file: Download) -> Reply:
    """To be saved, not run: what people upload must not act in the name of this address."""
    reply = Reply(200, file.content, file.media_type.encode("ascii"))
    named = b"" if file.name is None else b'; filename="%s"' % file.name.encode("ascii")
    reply.headers = [
        (b"content-disposition", b"attachment" + named),
        (b"x-content-type-options", b"nosniff"),
        (b"cache-control", b"private, no-store"),
    ]
    return reply


async def _caller(parts: ServiceParts, headers: Headers) -> Actor | None:
    """Who the token says calls, with the roles held today in the organisation acted for."""
    actor = await parts.verifier.actor(headers.get(b"authorization"))
    if actor is None:
        return None
    today = legal_date(parts.clock.now())
    return await parts.standings.complete(actor, _acting_for(headers), today)


def _acting_for(headers: Headers) -> UUID | None:
    raw = headers.get(ACTING_FOR_HEADER)
    if raw is None:
        return None
    try:
        return UUID(raw.decode("ascii").strip())
    except ValueError as error:
        raise MalformedError(
            "Dvk-Acting-For là mã (UUID) của đơn vị mà bạn đang thay mặt.",
            "Dvk-Acting-For is the id (UUID) of the organisation you act for.",
        ) from error


def signed_in(actor: Actor | None) -> Actor:
    """The caller, where one is needed. Raises UnauthenticatedError."""
    if actor is None:
        raise UnauthenticatedError(
            "Hãy đăng nhập: cần tiêu đề Authorization: Bearer.",
            "Sign in: the header Authorization: Bearer is needed.",
        )
    return actor


def _require_json(headers: Headers) -> None:
    declared = headers.get(b"content-type")
    if declared is None and headers.get(b"content-length", b"0") == b"0":
        return
    media = (declared or b"").partition(b";")[0].strip().lower()
    if media != b"application/json":
        raise UnsupportedMediaError(
            "Hãy gửi JSON với tiêu đề Content-Type: application/json.",
            "Send JSON with the header Content-Type: application/json.",
        )


def _good_key(headers: Headers) -> UUID | None:
    """The idempotency key, if the caller sent one that is good."""
    raw = headers.get(_KEY_HEADER)
    if raw is None:
        return None
    try:
        key = UUID(raw.decode("ascii").strip().strip('"'))
    except ValueError:
        return None
    return key if key.version == KEY_VERSION else None


def _refuse_key(headers: Headers) -> None:
    """Raise MalformedError where a key was sent that is not good."""
    if _KEY_HEADER in headers:
        raise MalformedError(
            "Idempotency-Key phải là UUID phiên bản 7 (RFC 9562), mỗi yêu cầu một khoá mới.",
            "Idempotency-Key is a UUID of version 7 (RFC 9562), a new one for each request.",
        )


def _if_match(headers: Headers) -> int | None:
    raw = headers.get(b"if-match")
    if raw is None:
        return None
    tag = raw.strip()
    if _REVISION_TAG.fullmatch(tag):
        return int(tag[1:-1])
    raise MalformedError(
        'If-Match phải là ETag đã nhận, ví dụ "3".', 'If-Match is an ETag you were given, like "3".'
    )


def _paper(headers: Headers) -> str | None:
    raw = headers.get(PAPER_HEADER)
    if raw is None:
        return None
    tag = raw.strip()
    if _SHA256.fullmatch(tag):
        return tag.decode("ascii")
    raise MalformedError(
        "Dvk-Paper là mã SHA-256 của bản quét: 64 chữ số hệ 16, viết thường.",
        "Dvk-Paper is the SHA-256 of the scan: 64 hexadecimal digits in lower case.",
    )


def _position(text: str) -> int:
    if _POSITION.fullmatch(text) is None:
        vi, en = "at_least phải là vị trí đã nhận.", "at_least is a position you were given."
        raise InvalidError(vi, en, [Fault("at_least", vi, en)])
    return int(text)


def _no_such_address(methods: tuple[str, ...]) -> Exception:
    if not methods:
        return NotFoundError("address")
    return MethodNotAllowedError(
        f"Địa chỉ này chỉ nhận: {', '.join(methods)}.",
        f"This address takes: {', '.join(methods)}.",
        methods,
    )


def _next_link(scope: Scope, cursor: str) -> bytes:
    kept = [
        part
        for part in scope["query_string"].split(b"&")
        if part and not part.startswith((b"cursor=", b"at_least="))
    ]
    query = b"&".join((*kept, b"cursor=" + cursor.encode()))
    path: bytes = scope["raw_path"]
    return b"<" + path + b"?" + query + b'>; rel="next"'
