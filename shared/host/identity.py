"""Who calls: bearer tokens checked against the issuer's published keys."""

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeGuard
from uuid import UUID

from joserfc import jws, jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from shared.host.commands import SERVICE_ACTOR_PREFIX
from shared.host.errors import UnauthenticatedError
from shared.host.keys import Keys
from shared.host.policy import Actor, Role

ALGORITHMS: Final = ("Ed25519", "EdDSA", "ES256", "RS256")
"""Signatures only: with a MAC the published key would sign, and `none` proves nothing."""

TOKENS_CACHED_MAX: Final = 10_000
TOKEN_CHARACTERS_MAX: Final = 8_192
SUBJECT_CHARACTERS_MAX: Final = 200
CLOCK_SKEW_SECONDS: Final = 30

_BEARER: Final = b"bearer "


@dataclass(frozen=True, slots=True)
class Claims:
    """Which claims of a token say who acts: a claim's name, or the way to it (`realm_access.roles`)."""

    subject: str = "sub"
    roles: str = "roles"
    organization: str = "organization"


class Verifier:
    """Turns an Authorization header into an Actor. A verified token is remembered until it expires."""

    def __init__(
        self,
        keys: Keys,
        issuer: str,
        audience: str,
        seconds: Callable[[], float] = time.time,
        names: Claims = Claims(),
    ) -> None:
        self._keys = keys
        self._issuer = issuer
        self._audience = audience
        self._names = names
        self._seconds = seconds
        self._verified: OrderedDict[bytes, tuple[Actor, float]] = OrderedDict()

    async def actor(self, authorization: bytes | None) -> Actor | None:
        """Who the header says calls; None without one. Raises UnauthenticatedError for a bad token,
        IdentityUnavailableError.
        """
        if authorization is None:
            return None
        known = self._verified.get(authorization)
        if known is not None and self._seconds() < known[1]:
            return known[0]
        if not authorization[: len(_BEARER)].lower() == _BEARER:
            raise _unauthenticated("the header is no Bearer token")
        token = authorization[len(_BEARER) :].strip()
        if len(token) > TOKEN_CHARACTERS_MAX:
            raise _unauthenticated("the token is too long")
        actor, expires = self._read(await self._claims(token.decode("latin-1")))
        self._verified.pop(authorization, None)
        self._verified[authorization] = (actor, expires)
        if len(self._verified) > TOKENS_CACHED_MAX:
            self._verified.popitem(last=False)
        return actor

    async def _claims(self, token: str) -> dict[str, object]:
        keys = await self._keys.current()
        try:
            try:
                return _signed_claims(token, keys)
            except InvalidKeyIdError:
                # The issuer may have changed its keys; one look, at most every half minute.
                key_id = jws.extract_compact(token.encode()).headers().get("kid", "")
                return _signed_claims(token, await self._keys.current(str(key_id)))
        except (JoseError, ValueError, UnicodeError) as error:
            raise _unauthenticated(type(error).__name__) from error

    def _read(self, claims: dict[str, object]) -> tuple[Actor, float]:
        now = self._seconds()
        expires, begins = claims.get("exp"), claims.get("nbf", 0)
        if not _is_number(expires) or now >= expires + CLOCK_SKEW_SECONDS:
            raise _unauthenticated("it has expired or never would")
        if not _is_number(begins) or now < begins - CLOCK_SKEW_SECONDS:
            raise _unauthenticated("it is not valid yet")
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        if claims.get("iss") != self._issuer or self._audience not in audiences:
            raise _unauthenticated("it is from another issuer or for another audience")
        subject = _claim(claims, self._names.subject)
        if (
            not isinstance(subject, str)
            or not 0 < len(subject) <= SUBJECT_CHARACTERS_MAX
            or not subject.isprintable()
            or subject.startswith(SERVICE_ACTOR_PREFIX)
        ):
            raise _unauthenticated("it names no acceptable subject")
        roles = _roles(_claim(claims, self._names.roles))
        organization = _organization(_claim(claims, self._names.organization))
        return Actor(subject, roles, organization), expires + CLOCK_SKEW_SECONDS


def _signed_claims(token: str, keys: KeySet) -> dict[str, object]:
    return jwt.decode(token, keys, algorithms=list(ALGORITHMS)).claims


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _claim(claims: Mapping[str, object], name: str) -> object:
    """A claim by its name, or by the way to it through objects. None where there is none."""
    if name in claims:
        return claims[name]
    first, _, rest = name.partition(".")
    inner = claims.get(first)
    return _claim(inner, rest) if rest and isinstance(inner, dict) else None


def _roles(roles: object) -> frozenset[Role]:
    """The roles known here; an issuer may hand out others for other systems."""
    if roles is None:
        return frozenset()
    if not isinstance(roles, list):
        raise _unauthenticated("the roles are no list")
    known = {role.value for role in Role if role is not Role.PUBLIC}
    return frozenset(Role(role) for role in roles if isinstance(role, str) and role in known)


def _organization(organization: object) -> UUID | None:
    if organization is None:
        return None
    try:
        return UUID(str(organization))
    except ValueError as error:
        raise _unauthenticated("organization is no UUID") from error


def _unauthenticated(reason: str) -> UnauthenticatedError:
    """One sentence for all: which check failed helps only a forger. The reason stands in the cause."""
    error = UnauthenticatedError(
        "Mã truy cập không có hiệu lực: hãy đăng nhập lại.",
        "The token does not hold: sign in again.",
    )
    error.add_note(reason)
    return error
