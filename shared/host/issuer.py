"""The embedded issuer: signs tokens for the users of a file, where no OIDC issuer is at hand."""

import asyncio
import hashlib
import hmac
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec
from joserfc import jwt
from joserfc.jwk import KeySet, OKPKey

from shared.host.errors import UnauthenticatedError
from shared.host.policy import Role

TOKEN_SECONDS: Final = 8 * 3_600
_ALGORITHM: Final = "Ed25519"
_SCRYPT: Final = {"n": 2**14, "r": 8, "p": 1, "dklen": 32}
_KEY_FILE: Final = "identity.key.json"


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


class UsersFileError(ValueError):
    """The file of users cannot be read as one."""


class Issuer:
    """Issues tokens. The key is made at the first start and stays in the data folder, for its owner
    alone to read. The file of users is read at every sign-in, so that it can grow while serving.
    """

    def __init__(
        self,
        key: OKPKey,
        users_file: Path,
        issuer: str,
        audience: str,
        seconds: Callable[[], float] = time.time,
    ) -> None:
        self._key = key
        self._users_file = users_file
        self._issuer = issuer
        self._audience = audience
        self._seconds = seconds

    async def keys(self) -> KeySet:
        """The public keys, for the verifier of the same process."""
        return KeySet([self._key])

    def published_keys(self) -> bytes:
        """The JWKS document."""
        return msgspec.json.encode({"keys": [self._key.as_dict(private=False)]})

    async def token(self, request: TokenRequest) -> Token:
        """A token for a user who knows the password. Raises UnauthenticatedError, UsersFileError."""
        # Off the loop: the file is read and the password hashed, slowly on purpose.
        known = await asyncio.to_thread(_known_user, self._users_file, request)
        if known is None:
            raise UnauthenticatedError(
                "Tên người dùng hoặc mật khẩu không đúng.", "User or password is wrong."
            )
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
        header = {"alg": _ALGORITHM, "kid": self._key.kid}
        return Token(jwt.encode(header, claims, self._key, algorithms=[_ALGORITHM]), TOKEN_SECONDS)


def signing_key(folder: Path) -> OKPKey:
    """The issuer's key in `folder`, made when there is none."""
    path = folder / _KEY_FILE
    if not path.exists():
        key = OKPKey.generate_key("Ed25519", auto_kid=True)
        # Complete before it has its name: a crash leaves no half key, a racing start one of the two.
        fresh = folder / f"{_KEY_FILE}.{os.getpid()}"
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.encode(key.as_dict(private=True)))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    return OKPKey.import_key(msgspec.json.decode(path.read_bytes()))


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
