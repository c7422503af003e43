"""The embedded issuer: signs tokens for the users of a file, where no OIDC issuer is at hand."""

import asyncio
import base64
import binascii
import hashlib
import hmac
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal
from urllib.parse import parse_qs, unquote_plus
from uuid import UUID

import msgspec
from joserfc import jwt
from joserfc.jwk import KeySet

from shared.host.errors import UnauthenticatedError
from shared.host.policy import Role
from shared.host.signing import SigningKeys

TOKEN_SECONDS: Final = 8 * 3_600
_ALGORITHM: Final = "Ed25519"
_SCRYPT: Final = {"n": 2**14, "r": 8, "p": 1, "dklen": 32}
_CLIENT_CREDENTIALS: Final = "client_credentials"


class User(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A user or a machine client. `password` stands in plain text and serves demonstrations only;
    `password_scrypt` is `<salt hex>$<hash hex>` as `hash_password` makes it. Neither means none is asked.
    """

    user: str
    subject: str
    roles: tuple[Role, ...]
    organization: UUID | None = None
    name: str = ""
    password: str | None = None
    password_scrypt: str | None = None


class TokenRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who wants a token."""

    user: str
    password: str = ""


class Token(msgspec.Struct, frozen=True):
    """A bearer token; `expires_in` seconds."""

    access_token: str
    expires_in: int
    token_type: str = "Bearer"  # noqa: S105 - the name of a scheme


class TokenRefused(msgspec.Struct, frozen=True):
    """Why a client gets no token (RFC 6749, section 5.2)."""

    error: Literal["invalid_request", "invalid_client", "unsupported_grant_type"]


class UsersFileError(ValueError):
    """The file of users cannot be read as one."""


class Issuer:
    """Issues tokens. The file of users is read at every sign-in, so that it can grow while serving."""

    def __init__(
        self,
        keys: SigningKeys,
        users_file: Path,
        issuer: str,
        audience: str,
        seconds: Callable[[], float] = time.time,
    ) -> None:
        self._keys = keys
        self._users_file = users_file
        self._issuer = issuer
        self._audience = audience
        self._seconds = seconds

    async def keys(self) -> KeySet:
        """The public keys, for the verifier of the same process."""
        return self._keys.published()

    def published_keys(self) -> bytes:
        """The JWKS document."""
        return self._keys.document()

    def discovery(self) -> bytes:
        """The discovery document (OpenID Connect Discovery 1.0, section 3; RFC 8414)."""
        return msgspec.json.encode(
            {
                "issuer": self._issuer,
                "jwks_uri": f"{self._issuer}/jwks",
                "token_endpoint": f"{self._issuer}/token",
                "token_endpoint_auth_methods_supported": [
                    "client_secret_basic",
                    "client_secret_post",
                ],
                "grant_types_supported": [_CLIENT_CREDENTIALS],
                "response_types_supported": [],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": [_ALGORITHM],
            }
        )

    async def token_for_client(
        self, form: bytes, authorization: bytes | None
    ) -> Token | TokenRefused:
        """A token for a machine client that shows its secret in the header or the form (RFC 6749,
        section 4.4). A user without a password is no client. Raises UsersFileError.
        """
        fields = parse_qs(form.decode("latin-1"), keep_blank_values=True)
        if any(len(values) > 1 for values in fields.values()):
            return TokenRefused("invalid_request")
        if fields.get("grant_type") != [_CLIENT_CREDENTIALS]:
            return TokenRefused("unsupported_grant_type")
        credentials = _in_header(authorization) or (
            fields.get("client_id", [""])[0],
            fields.get("client_secret", [""])[0],
        )
        request = TokenRequest(*credentials)
        known = await asyncio.to_thread(_known_user, self._users_file, request)
        if known is None or (known.password is None and known.password_scrypt is None):
            return TokenRefused("invalid_client")
        return self._signed(known)

    async def token(self, request: TokenRequest) -> Token:
        """A token for a user who knows the password. Raises UnauthenticatedError, UsersFileError."""
        # Off the loop: the file is read and the password hashed, slowly on purpose.
        known = await asyncio.to_thread(_known_user, self._users_file, request)
        if known is None:
            raise UnauthenticatedError(
                "Tên người dùng hoặc mật khẩu không đúng.", "User or password is wrong."
            )
        return self._signed(known)

    def _signed(self, known: User) -> Token:
        now = int(self._seconds())
        claims: dict[str, object] = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": known.subject,
            "iat": now,
            "nbf": now,
            "exp": now + TOKEN_SECONDS,
            "roles": [role.value for role in known.roles],
        }
        if known.organization is not None:
            claims["organization"] = str(known.organization)
        key = self._keys.signing()
        header = {"alg": _ALGORITHM, "kid": key.kid}
        return Token(jwt.encode(header, claims, key, algorithms=[_ALGORITHM]), TOKEN_SECONDS)


def read_users(path: Path) -> tuple[User, ...]:
    """The users of a JSON file: a list of users. Raises UsersFileError with a sentence."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=tuple[User, ...])
    except FileNotFoundError:
        return ()
    except (OSError, msgspec.DecodeError) as error:
        raise UsersFileError(f"{path}: {error}") from error


def demo_credentials(users: tuple[User, ...]) -> list[str]:
    """Users whose password is missing or readable in the file."""
    return [user.user for user in users if user.password_scrypt is None]


def hash_password(password: str) -> str:
    """What to write as `password_scrypt`."""
    salt = os.urandom(16)
    return f"{salt.hex()}${_derived(password, salt).hex()}"


def _in_header(authorization: bytes | None) -> tuple[str, str] | None:
    """Client and secret of a Basic header, each form-encoded first (RFC 6749, section 2.3.1)."""
    scheme, _, value = (authorization or b"").partition(b" ")
    if scheme.lower() != b"basic":
        return None
    try:
        client, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return unquote_plus(client), unquote_plus(secret)


def _known_user(users_file: Path, request: TokenRequest) -> User | None:
    for user in read_users(users_file):
        if user.user == request.user and _knows_password(user, request.password):
            return user
    return None


def _knows_password(user: User, password: str) -> bool:
    if user.password_scrypt is not None:
        salt, _, expected = user.password_scrypt.partition("$")
        return hmac.compare_digest(_derived(password, bytes.fromhex(salt)).hex(), expected)
    if user.password is not None:
        return hmac.compare_digest(password.encode(), user.password.encode())
    return True


def _derived(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, **_SCRYPT)
