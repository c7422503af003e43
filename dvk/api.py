"""A client of the public HTTP APIs: signs in, repeats safely, waits for what follows by itself."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Any, Final, Self, TypeVar
from uuid import UUID

import httpx
import msgspec

from dvk.errors import CommandError, RefusedByServerError, UnreachableError
from dvk.language import languages

OUTAGE_SECONDS_MAX: Final = 30.0
"""How long a request is repeated while the server is away or busy."""
WAIT_SECONDS_MAX: Final = 180.0
"""How long is waited for something that follows by itself; it is there in milliseconds as a rule."""
SETTLE_SECONDS_MAX: Final = 3_600.0
"""How long is waited for a backlog: after a large year's peak, notices take minutes."""
REQUEST_SECONDS_MAX: Final = 30.0
CONNECTIONS_MAX: Final = 64
PAUSE_SECONDS_MIN: Final = 0.02
PAUSE_SECONDS_MAX: Final = 0.5

_TOO_BUSY: Final = 503
_NOT_FOUND: Final = 404
_REFUSED_FROM: Final = 400

Json = dict[str, Any]
"""A JSON object as it came: the server's schemas say what is in it."""

T = TypeVar("T")


@dataclass(frozen=True)
class Addresses:
    """Where the services answer: one address for all, or some on addresses of their own."""

    base: str
    own: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, urls: list[str], default: str) -> Self:
        """From `--url` values: an address for all, or `service=address` each. Raises CommandError."""
        base, own = "", dict[str, str]()
        for url in urls:
            name, equals, rest = url.partition("=")
            named = bool(equals) and "://" not in name
            address = (rest if named else url).rstrip("/")
            if not address.startswith(("http://", "https://")):
                raise CommandError(
                    f"«{url}» không phải địa chỉ http:// hoặc https://.",
                    f"“{url}” is no address: http:// or https:// is needed.",
                    2,
                )
            if named:
                own[name] = address
            else:
                base = address
        return cls(base or next(iter(own.values()), default), own)

    def service(self, name: str) -> str:
        """The address in front of a service's paths."""
        return f"{self.own.get(name, self.base)}/{name}"

    @property
    def processes(self) -> list[str]:
        """Every address that answers for a process."""
        return list(dict.fromkeys([*self.own.values(), self.base]))


class Written(msgspec.Struct, frozen=True):
    """What a write led to; see the API's document."""

    id: str
    revision: int
    position: int
    events: list[str]
    repeated: bool = False
    """Whether the same request had its effect before."""


class Api:
    """The APIs as several users call them. Use it as a context, within one event loop.

    With `at` set every request moves a demo clock forward to it.
    """

    def __init__(self, addresses: Addresses) -> None:
        self.addresses = addresses
        self.at: datetime | None = None
        self.acting_for: UUID | None = None
        """The organisation that commands are sent for where it is not the caller's own (ADR 0007)."""
        self.requests = 0
        self.written: dict[str, int] = {}
        """The last position written to each service: what a read asks for with `at_least`."""
        self._tokens: dict[str, str] = {}
        self._signing_in: dict[str, asyncio.Lock] = {}
        self._language = languages()[0]
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(REQUEST_SECONDS_MAX, pool=None),
            # More of them at once than connections wait their turn, however long that takes.
            limits=httpx.Limits(
                max_connections=CONNECTIONS_MAX, max_keepalive_connections=CONNECTIONS_MAX
            ),
            # Addresses are our own services': a proxy for the wide world has no part in it.
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._client.aclose()

    async def pin(self, at: datetime) -> None:
        """Move every process's demo clock to `at`, and send it with each request from now on."""
        self.at = at
        for address in self.addresses.processes:
            await self._send("GET", f"{address}/health/live")

    async def release(self) -> None:
        """Let every process's demo clock follow the machine's again."""
        self.at = None
        for address in self.addresses.processes:
            await self._send("GET", f"{address}/health/live", headers={"dvk-clock": "release"})

    async def settled(self) -> None:
        """Wait until read models, reactions and relays of every process have taken all there is.

        Raises CommandError when they do not within SETTLE_SECONDS_MAX.
        """

        async def look() -> bool | None:
            for address in self.addresses.processes:
                answer = await self._send("GET", f"{address}/health/settled")
                if not msgspec.json.decode(answer.content)["settled"]:
                    return None
            return True

        await wait_for("lag 0", look, SETTLE_SECONDS_MAX)

    async def sign_in(self, user: str, password: str = "") -> str:
        """A token of the embedded issuer; asked for once a user. Raises CommandError."""
        if user not in self._tokens:
            async with self._signing_in.setdefault(user, asyncio.Lock()):
                if user not in self._tokens:
                    answer = await self._send(
                        "POST",
                        f"{self.addresses.own.get('identity', self.addresses.base)}/identity/token",
                        content=msgspec.json.encode({"user": user, "password": password}),
                        headers={"content-type": "application/json"},
                    )
                    self._tokens[user] = msgspec.json.decode(answer.content)["access_token"]
        return self._tokens[user]

    def use_token(self, user: str, token: str) -> None:
        """Call as `user` with a token from elsewhere."""
        self._tokens[user] = token

    async def write(
        self,
        service: str,
        path: str,
        body: Json,
        *,
        user: str | None,
        key: UUID,
        paper: str | None = None,
    ) -> Written:
        """POST a command; repeating it with its key is safe and done while the server is away. `paper` is the hash of
        the scan it is entered from, on behalf of others (ADR 0012).

        Raises RefusedByServerError, UnreachableError.
        """
        headers = {"content-type": "application/json", "idempotency-key": str(key)}
        if user is not None:
            headers["authorization"] = f"Bearer {await self.sign_in(user)}"
            if self.acting_for is not None:
                headers["dvk-acting-for"] = str(self.acting_for)
        if paper is not None:
            headers["dvk-paper"] = paper
        answer = await self._send(
            "POST",
            f"{self.addresses.service(service)}{path}",
            content=msgspec.json.encode(body),
            headers=headers,
        )
        written = msgspec.json.decode(answer.content, type=Written)
        if answer.headers.get("idempotent-replayed") == "true":
            written = msgspec.structs.replace(written, repeated=True)
        self.written[service] = max(self.written.get(service, 0), written.position)
        return written

    async def post(self, service: str, path: str, body: Json, *, user: str) -> Json:
        """POST what is no command and leaves no event: an administrator's operation."""
        answer = await self._send(
            "POST",
            f"{self.addresses.service(service)}{path}",
            content=msgspec.json.encode(body),
            headers={
                "content-type": "application/json",
                "authorization": f"Bearer {await self.sign_in(user)}",
            },
        )
        decoded: Json = msgspec.json.decode(answer.content)
        return decoded

    async def read(
        self,
        service: str,
        path: str,
        parameters: Mapping[str, str | int | None] | None = None,
        *,
        user: str | None = None,
    ) -> Json:
        """GET a thing or a page. Raises RefusedByServerError, UnreachableError."""
        found: Json = msgspec.json.decode(await self.download(service, path, parameters, user=user))
        return found

    async def download(
        self,
        service: str,
        path: str,
        parameters: Mapping[str, str | int | None] | None = None,
        *,
        user: str | None = None,
    ) -> bytes:
        """GET what is there as it comes: a file. Raises RefusedByServerError, UnreachableError."""
        headers = {}
        if user is not None:
            headers["authorization"] = f"Bearer {await self.sign_in(user)}"
        given = {name: value for name, value in (parameters or {}).items() if value is not None}
        answer = await self._send(
            "GET", f"{self.addresses.service(service)}{path}", params=given, headers=headers
        )
        return answer.content

    async def pages(
        self,
        service: str,
        path: str,
        parameters: Mapping[str, str | int | None] | None = None,
        *,
        user: str | None = None,
    ) -> AsyncIterator[Json]:
        """Every item of a list, page by page."""
        cursor: str | None = None
        while True:
            wanted = {"limit": 200, **(parameters or {}), "cursor": cursor}
            page = await self.read(service, path, wanted, user=user)
            for item in page["items"]:
                yield item
            cursor = page["next"]
            if cursor is None:
                return

    async def found(self, service: str, path: str, *, user: str | None = None) -> Json | None:
        """GET a thing that may not be there yet."""
        try:
            return await self.read(service, path, user=user)
        except RefusedByServerError as error:
            if error.status == _NOT_FOUND:
                return None
            raise

    async def look(self, url: str) -> httpx.Response:
        """One GET whose answer is wanted whatever its status. Raises UnreachableError."""
        try:
            return await self._client.get(url)
        except httpx.TransportError as error:
            raise UnreachableError(url) from error

    async def _send(
        self,
        method: str,
        url: str,
        *,
        content: bytes = b"",
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        sent = {"accept-language": self._language, **(headers or {})}
        if self.at is not None and "dvk-clock" not in sent:
            sent["dvk-clock"] = self.at.isoformat()
        until = asyncio.get_running_loop().time() + OUTAGE_SECONDS_MAX
        pause = PAUSE_SECONDS_MIN
        while True:
            answer = None
            with contextlib.suppress(httpx.TransportError):
                answer = await self._client.request(
                    method, url, params=params, headers=sent, content=content
                )
                self.requests += 1
                if answer.status_code != _TOO_BUSY:
                    break
            if asyncio.get_running_loop().time() > until:
                break
            await asyncio.sleep(pause)
            pause = min(2 * pause, PAUSE_SECONDS_MAX)
        if answer is None:
            raise UnreachableError(url)
        if answer.status_code >= _REFUSED_FROM:
            raise _refused(url, answer)
        return answer


def _refused(url: str, answer: httpx.Response) -> CommandError:
    document: Json = {}
    with contextlib.suppress(msgspec.DecodeError):
        decoded = msgspec.json.decode(answer.content)
        document = decoded if isinstance(decoded, dict) else {}
    code = str(document.get("type", "")).rpartition("/")[2]
    detail = str(document.get("detail") or f"{url}: HTTP {answer.status_code}")
    faults = "; ".join(
        f"{fault.get('path')}: {fault.get('detail')}" for fault in document.get("errors", [])
    )
    return RefusedByServerError(
        answer.status_code, code, f"{detail} ({faults})" if faults else detail
    )


async def wait_for(
    what: str, look: Callable[[], Awaitable[T | None]], seconds_max: float = WAIT_SECONDS_MAX
) -> T:
    """Look again and again until there is something. Raises CommandError when it does not come."""
    loop = asyncio.get_running_loop()
    until, pause = loop.time() + seconds_max, PAUSE_SECONDS_MIN
    while True:
        found = await look()
        if found is not None:
            return found
        if loop.time() > until:
            raise CommandError(
                f"Đã chờ {seconds_max:g} giây mà chưa có: {what}. Hãy xem nhật ký của máy chủ.",
                f"Not there after {seconds_max:g} s: {what}. See the server's log.",
            )
        await asyncio.sleep(pause)
        pause = min(2 * pause, PAUSE_SECONDS_MAX)
