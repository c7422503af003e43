"""One HTTP application for any set of services: each under its name, the process at the root."""

import html
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from shared.domain.refusal import Refusal
from shared.host.admin import Admin
from shared.host.asgi import HTML, JSON, Receive, Reply, Scope, Send, preferred_language, read_body
from shared.host.clock import Clock, DemoClock
from shared.host.commands import SOFTWARE
from shared.host.endpoints import Exchange, ServiceEndpoints, ServiceParts
from shared.host.errors import (
    HostError,
    MalformedError,
    MethodNotAllowedError,
    UnsupportedMediaError,
)
from shared.host.health import Health, live
from shared.host.ids import new_key
from shared.host.issuer import Issuer, Token, TokenRefused, TokenRequest
from shared.host.keys import DISCOVERY_PATH
from shared.host.metrics import CONTENT_TYPE
from shared.host.openapi import docs_page, openapi
from shared.host.operations import Operations
from shared.host.parsing import JsonParser
from shared.host.problems import pages_reply, problem, problem_pages
from shared.host.service import NotFoundError, Service

CREDENTIALS_BYTES_MAX: Final = 4_096
FORM: Final = b"application/x-www-form-urlencoded"
CLOCK_HEADER: Final = b"dvk-clock"
RELEASE: Final = b"release"

_METHOD_NOT_ALLOWED: Final = 405
_TAG: Final = "process"
_SHARED_RULES: Final = "shared.domain"


@dataclass(frozen=True)
class AppParts:
    """What the application of a process is made of."""

    services: Sequence[ServiceParts]
    clock: Clock
    health: Health
    issuer: Issuer | None
    admins: Mapping[str, Admin]


def create_app(parts: AppParts) -> ASGIApp:
    """The application. Routing goes by the first segment: a service's name, or one of the process's."""
    app = FastAPI(
        title="Dân vận khéo",
        version=SOFTWARE.rpartition(" ")[2],
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    pages = _Pages(parts)
    add = app.get
    add("/", tags=[_TAG], summary="What runs here")(pages.index)
    add("/health/live", tags=[_TAG], summary="Whether the process answers")(pages.live)
    add("/health/ready", tags=[_TAG], summary="Whether it can serve")(pages.ready)
    add("/health/settled", tags=[_TAG], summary="Whether all that was written is followed")(
        pages.settled
    )
    add("/metrics", tags=[_TAG], summary="Figures for Prometheus")(pages.metrics)
    add("/problems", tags=[_TAG], summary="Every kind of problem")(pages.problems)
    add("/problems/{code}", tags=[_TAG], summary="One kind of problem")(pages.problem)
    if parts.issuer is not None:
        identity = _Identity(parts.issuer)
        add("/identity/jwks", tags=["identity"], summary="The issuer's public keys")(identity.jwks)
        add(f"/identity{DISCOVERY_PATH}", tags=["identity"], summary="What the issuer offers")(
            identity.discovery
        )
        app.post("/identity/token", tags=["identity"], summary="Sign in")(identity.token)
    _answer_problems(app, parts.clock)
    services = {part.service.name: _service_app(part, parts) for part in parts.services}
    return _Root(app, services, parts.clock)


def refusals_of(services: Iterable[Service]) -> list[Refusal]:
    """The refusals that the services' rules can raise: those their domain packages declare, and those of
    the rules they share.
    """
    packages = {
        rules.decider.decide.__module__.rpartition(".")[0] or rules.decider.decide.__module__
        for service in services
        for rules in service.rules
    } | {_SHARED_RULES}
    modules = [
        module
        for name, module in sys.modules.items()
        if name in packages or name.rpartition(".")[0] in packages
    ]
    declared = {
        value.code: value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, Refusal)
    }
    return list(declared.values())


def _service_app(parts: ServiceParts, process: AppParts) -> ServiceEndpoints:
    name, health = parts.service.name, process.health
    document: dict[str, Any] = {}

    async def ready(_: Exchange) -> Reply:
        return await health.reply(name)

    async def is_live(_: Exchange) -> Reply:
        return live()

    async def figures(_: Exchange) -> Reply:
        return Reply(200, await health.exposition(), CONTENT_TYPE)

    async def described(_: Exchange) -> Reply:
        return Reply(200, msgspec.json.encode(document))

    async def docs(_: Exchange) -> Reply:
        return Reply(200, docs_page(document), HTML)

    endpoints = ServiceEndpoints(
        parts,
        {
            ("GET", "/health/live"): is_live,
            ("GET", "/health/ready"): ready,
            ("GET", "/metrics"): figures,
            ("GET", "/openapi.json"): described,
            ("GET", "/docs"): docs,
            **process.admins[name].endpoints(),
        },
    )
    document |= service_document(parts.service)
    return endpoints


def service_document(service: Service) -> dict[str, Any]:
    """The OpenAPI document of a service. Raises DeclarationError."""
    about = (sys.modules[service.routes.__module__].__doc__ or "").strip()
    return openapi(service.name, about, SOFTWARE.rpartition(" ")[2], Operations.of(service))


class _Pages:
    """The process's own addresses."""

    def __init__(self, parts: AppParts) -> None:
        self._parts = parts
        self._names = [service.service.name for service in parts.services]
        self._refusals = refusals_of(service.service for service in parts.services)

    async def index(self, request: Request) -> Response:
        links = {name: f"/{name}/docs" for name in self._names}
        links |= {"health": "/health/ready", "metrics": "/metrics", "problems": "/problems"}
        if self._parts.issuer is not None:
            links["identity"] = "/identity/jwks"
        if not _wants_html(request):
            return _response(
                Reply(200, msgspec.json.encode({"services": self._names, "links": links}))
            )
        items = "".join(
            f"<li><a href='{html.escape(link)}'>{html.escape(name)}</a>"
            for name, link in links.items()
        )
        page = f"<!doctype html><html lang=vi><meta charset=utf-8><h1>Dân vận khéo</h1><ul>{items}</ul>"
        return _response(Reply(200, page.encode(), HTML))

    async def live(self) -> Response:
        return _response(live())

    async def ready(self) -> Response:
        return _response(await self._parts.health.reply())

    async def settled(self) -> Response:
        return _response(await self._parts.health.settled())

    async def metrics(self) -> Response:
        return _response(Reply(200, await self._parts.health.exposition(), CONTENT_TYPE))

    async def problems(self, request: Request) -> Response:
        language = preferred_language(_headers(request))
        pages = problem_pages(self._refusals, language)
        return _response(pages_reply(pages.values(), language, as_html=_wants_html(request)))

    async def problem(self, request: Request, code: str) -> Response:
        language = preferred_language(_headers(request))
        page = problem_pages(self._refusals, language).get(code)
        if page is None:
            raise NotFoundError("problem")
        return _response(pages_reply([page], language, as_html=_wants_html(request)))


class _Identity:
    """The embedded issuer over HTTP."""

    def __init__(self, issuer: Issuer) -> None:
        self._issuer = issuer
        self._parser = JsonParser(TokenRequest)

    async def jwks(self) -> Response:
        return _response(Reply(200, self._issuer.published_keys()))

    async def discovery(self) -> Response:
        return _response(Reply(200, self._issuer.discovery()))

    async def token(self, request: Request) -> Response:
        """People send JSON; machine clients a form, as every OAuth 2.0 library does."""
        headers = _headers(request)
        media = headers.get(b"content-type", JSON)
        if media.startswith(FORM):
            body = await read_body(request.receive, headers, CREDENTIALS_BYTES_MAX)
            return _token_reply(
                await self._issuer.token_for_client(body, headers.get(b"authorization"))
            )
        if not media.startswith(JSON):
            raise UnsupportedMediaError(
                "Hãy gửi JSON, hoặc biểu mẫu với grant_type=client_credentials.",
                "Send JSON, or a form with grant_type=client_credentials.",
            )
        body = await read_body(request.receive, headers, CREDENTIALS_BYTES_MAX)
        return _token_reply(await self._issuer.token(self._parser.parse(body)))


def _token_reply(token: Token | TokenRefused) -> Response:
    reply = Reply(200, msgspec.json.encode(token))
    reply.headers.append((b"cache-control", b"no-store"))
    if isinstance(token, TokenRefused):
        reply.status = 400
        if token.error == "invalid_client":
            reply.status = 401
            reply.headers.append((b"www-authenticate", b'Basic realm="dvk"'))
    return _response(reply)


class _Root:
    """Hands a request to the service its address begins with, or to the process's own application.

    Mounted below FastAPI, a service would pay for two stacks of middleware that it does not use, a
    third of the time of a command. A demo clock is moved first, as the header Dvk-Clock says.
    """

    def __init__(
        self, app: FastAPI, services: Mapping[str, ServiceEndpoints], clock: Clock
    ) -> None:
        self._app = app
        self._services = dict(services)
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if isinstance(self._clock, DemoClock):
            try:
                _move(self._clock, dict(scope["headers"]).get(CLOCK_HEADER))
            except MalformedError as error:
                language = preferred_language(dict(scope["headers"]))
                await problem(error, language, _instance(self._clock)).send(send)
                return
        name = scope["path"].lstrip("/").partition("/")[0]
        service = self._services.get(name)
        if service is None:
            await self._app(scope, receive, send)
        else:
            scope["root_path"] = f"/{name}"
            await service(scope, receive, send)


def _move(clock: DemoClock, header: bytes | None) -> None:
    if header == RELEASE:
        clock.release()
    elif header is not None:
        with suppress(ValueError, OverflowError):
            at = datetime.fromisoformat(header.decode("ascii"))
            if at.tzinfo is not None:
                clock.pin(at.astimezone(UTC))
                return
        raise MalformedError(
            "Dvk-Clock phải là thời điểm như 2026-09-30T02:00:00Z, hoặc release.",
            "Dvk-Clock is an instant like 2026-09-30T02:00:00Z, or release.",
        )


def _answer_problems(app: FastAPI, clock: Clock) -> None:
    async def answer(request: Request, error: Exception) -> Response:
        if isinstance(error, HTTPException):
            error = _as_ours(error)
        language = preferred_language(_headers(request))
        return _response(problem(error, language, _instance(clock)))

    # What is answered as Exception is raised again for the server's log: only what nobody expected.
    for kind in (HTTPException, HostError, NotFoundError, Exception):
        app.add_exception_handler(kind, answer)


def _as_ours(error: HTTPException) -> Exception:
    if error.status_code == _METHOD_NOT_ALLOWED:
        allowed = (error.headers or {}).get("Allow", "")
        return MethodNotAllowedError(
            f"Địa chỉ này chỉ nhận: {allowed}.", f"This address takes: {allowed}.", [allowed]
        )
    return NotFoundError("address")


def _instance(clock: Clock) -> str:
    return f"urn:uuid:{new_key(clock.now())}"


def _headers(request: Request) -> dict[bytes, bytes]:
    return dict(request.scope["headers"])


def _wants_html(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


def _response(reply: Reply) -> Response:
    response = Response(reply.body, reply.status, media_type=reply.content_type.decode())
    response.raw_headers.extend(reply.headers)
    return response
