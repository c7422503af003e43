"""The issuer's public keys: found by its discovery document, remembered, fetched again in bounds."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import httpx
import msgspec
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key, KeySet

from shared.host.errors import IdentityUnavailableError

DISCOVERY_PATH: Final = "/.well-known/openid-configuration"
"""Where an issuer describes itself, after its name (OpenID Connect Discovery 1.0, section 4)."""

KEYS_REFETCH_SECONDS_MIN: Final = 30
"""Tokens that name unknown keys cause no more requests to the issuer than this."""
KEYS_FIRST_SECONDS_MIN: Final = 1.0
"""How often the first keys are asked for, however many requests wait for them."""
KEYS_AGE_SECONDS_MAX: Final = 3_600
"""A key that the issuer withdrew is accepted no longer than this, as long as the issuer answers."""
KEYS_OUTAGE_SECONDS_MAX: Final = 24 * 3_600
"""How long known keys hold while the issuer is away: it signs nothing then, and tokens end by themselves."""
KEYS_TIMEOUT_SECONDS: Final = 5.0

KEY_KINDS: Final = frozenset({"OKP", "EC", "RSA"})
"""Kinds of keys that sign. A published secret (`oct`) would let everybody sign."""

S = TypeVar("S", bound=msgspec.Struct)

_LOG = structlog.get_logger("dvk.identity")

KeySource = Callable[[], Awaitable[KeySet]]
"""Raises httpx.HTTPError, JoseError or ValueError where there are no keys to be had."""


class Discovery(msgspec.Struct, frozen=True):
    """What is read of a discovery document."""

    issuer: str
    jwks_uri: str


class _Published(msgspec.Struct, frozen=True):
    keys: list[dict[str, str | list[str]]]


class Keys:
    """The keys of one issuer; safe for concurrent use by tasks of one event loop."""

    def __init__(self, source: KeySource, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._source = source
        self._monotonic = monotonic
        self._keys: KeySet | None = None
        self._tried_at = float("-inf")
        self._fetched_at = float("-inf")
        self._fetching: asyncio.Task[None] | None = None

    async def current(self, unknown_key_id: str | None = None) -> KeySet:
        """The keys; fetched again when old, or when a token names one that is not among them.

        One fetch serves all who wait. Raises IdentityUnavailableError when none were ever had, or
        none for a day.
        """
        begun = self._fetching is None and self._is_due(unknown_key_id)
        if begun:
            self._tried_at = self._monotonic()
            self._fetching = asyncio.create_task(self._fetch())
        fetching = self._fetching
        if fetching is not None and (begun or self._keys is None or unknown_key_id is not None):
            # Whoever began it may be cancelled; the others still wait for it.
            await asyncio.shield(fetching)
        keys = self._keys
        if keys is None or self._monotonic() - self._fetched_at > KEYS_OUTAGE_SECONDS_MAX:
            raise IdentityUnavailableError(
                "Chưa lấy được khoá của nơi cấp mã truy cập; hãy thử lại.",
                "The issuer's keys cannot be fetched now; try again.",
            )
        return keys

    def _is_due(self, unknown_key_id: str | None) -> bool:
        now = self._monotonic()
        if self._keys is None:
            return now - self._tried_at >= KEYS_FIRST_SECONDS_MIN
        old = now - self._fetched_at > KEYS_AGE_SECONDS_MAX
        wanted = old or unknown_key_id is not None
        return wanted and now - self._tried_at >= KEYS_REFETCH_SECONDS_MIN

    async def _fetch(self) -> None:
        try:
            self._keys = await self._source()
            self._fetched_at = self._monotonic()
        except (httpx.HTTPError, JoseError, ValueError) as error:
            _LOG.warning("issuer_keys_not_fetched", error=type(error).__name__, reason=str(error))
        finally:
            self._fetching = None


def keys_at(url: str) -> KeySource:
    """Keys published at a JWKS address."""

    async def fetch() -> KeySet:
        async with httpx.AsyncClient(timeout=KEYS_TIMEOUT_SECONDS) as client:
            return key_set(await _get(client, url))

    return fetch


def keys_of(issuer: str) -> KeySource:
    """Keys that an issuer's discovery document leads to."""

    async def fetch() -> KeySet:
        async with httpx.AsyncClient(timeout=KEYS_TIMEOUT_SECONDS) as client:
            document = _decoded(await _get(client, issuer.rstrip("/") + DISCOVERY_PATH), Discovery)
            if document.issuer != issuer:
                # Section 4.3: otherwise one issuer could speak for another.
                raise ValueError(f"the discovery document is of {document.issuer!r}")
            if issuer.startswith("https:") and not document.jwks_uri.startswith("https:"):
                raise ValueError("the discovery document leads from https to an open connection")
            return key_set(await _get(client, document.jwks_uri))

    return fetch


def key_set(document: bytes) -> KeySet:
    """The signing keys of a JWKS document. One of a kind not known here is passed over (RFC 7517,
    section 5): an issuer that adds a newer algorithm must not lock everyone out. Raises ValueError.
    """
    keys: list[Key] = []
    for parameters in _decoded(document, _Published).keys:
        if parameters.get("kty") not in KEY_KINDS or parameters.get("use", "sig") != "sig":
            continue
        try:
            keys.append(JWKRegistry.import_key(parameters))
        except (JoseError, ValueError) as error:
            _LOG.warning("issuer_key_passed_over", error=type(error).__name__)
    return KeySet(keys)


async def _get(client: httpx.AsyncClient, url: str) -> bytes:
    answer = await client.get(url)
    answer.raise_for_status()
    return answer.content


def _decoded(document: bytes, kind: type[S]) -> S:
    try:
        return msgspec.json.decode(document, type=kind)
    except msgspec.DecodeError as error:
        raise ValueError(f"no {kind.__name__} document: {error}") from error
