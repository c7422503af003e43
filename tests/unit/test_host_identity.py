"""Tokens: the good ones are read, all others are refused, and keys change without a restart."""

import base64
import hashlib
import hmac
import json
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from uuid import UUID

import httpx
import msgspec
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, Key, KeySet, OKPKey, RSAKey

from shared.host.errors import IdentityUnavailableError, UnauthenticatedError
from shared.host.identity import Keys, Verifier
from shared.host.issuer import (
    TOKEN_SECONDS,
    Issuer,
    TokenRequest,
    User,
    UsersFileError,
    hash_password,
    read_users,
    signing_key,
)
from shared.host.policy import Actor, Role

NOW = 1_790_000_000
ISSUER = "https://issuer.test"
ORGANIZATION = UUID("018f0000-0000-7000-8000-00000000000a")
CLAIMS: dict[str, object] = {
    "iss": ISSUER,
    "aud": ["dvk", "other"],
    "sub": "user-hoa",
    "exp": NOW + 600,
    "nbf": NOW,
    "roles": ["registrant", "a-role-of-another-system", "public"],
    "organization": str(ORGANIZATION),
}
NO_CHANGES: Mapping[str, object] = MappingProxyType({})
KEY = OKPKey.generate_key("Ed25519", {"kid": "one"})


class Time:
    """Seconds that a test moves."""

    def __init__(self) -> None:
        self.now = float(NOW)

    def __call__(self) -> float:
        return self.now


class Source:
    """A JWKS endpoint."""

    def __init__(self, *keys: Key) -> None:
        self.keys = list(keys)
        self.asked = 0
        self.down = False

    async def __call__(self) -> KeySet:
        self.asked += 1
        if self.down:
            raise httpx.ConnectError("down")
        return KeySet(self.keys)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def source() -> Source:
    return Source(KEY)


@pytest.fixture
def verifier(source: Source, time: Time) -> Verifier:
    return Verifier(Keys(source, time), ISSUER, "dvk", time)


def signed(
    key: Key = KEY,
    alg: str = "Ed25519",
    kid: str | None = "one",
    changes: Mapping[str, object] = NO_CHANGES,
) -> bytes:
    claims = {name: value for name, value in {**CLAIMS, **changes}.items() if value is not None}
    header = {"alg": alg} | ({"kid": kid} if kid else {})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return f"Bearer {jwt.encode(header, claims, key, algorithms=[alg])}".encode()


async def test_a_good_token_says_who_acts_for_whom(verifier: Verifier) -> None:
    actor = await verifier.actor(signed())
    assert actor == Actor("user-hoa", frozenset({Role.REGISTRANT}), ORGANIZATION)


async def test_no_header_is_nobody(verifier: Verifier) -> None:
    assert await verifier.actor(None) is None


@pytest.mark.parametrize(
    "alg,key",
    [
        ("Ed25519", OKPKey.generate_key("Ed25519", {"kid": "one"})),
        ("ES256", ECKey.generate_key("P-256", {"kid": "one"})),
        ("RS256", RSAKey.generate_key(2048, {"kid": "one"})),
    ],
)
async def test_the_algorithms_of_common_issuers_are_taken(alg: str, key: Key, time: Time) -> None:
    verifier = Verifier(Keys(Source(key), time), ISSUER, "dvk", time)
    assert await verifier.actor(signed(key, alg)) is not None


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": NOW - 31},
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": True},
        {"nbf": NOW + 31},
        {"iss": "https://elsewhere.test"},
        {"iss": None},
        {"aud": "other"},
        {"aud": None},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "x" * 201},
        {"sub": "a\nb"},
        {"sub": "service:registration"},
        {"roles": "registrant"},
        {"organization": "none"},
    ],
    ids=repr,
)
async def test_claims_that_do_not_hold_are_refused(
    verifier: Verifier, changes: dict[str, object]
) -> None:
    with pytest.raises(UnauthenticatedError):
        await verifier.actor(signed(changes=changes))


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _by_hand(header: dict[str, str], sign: Callable[[bytes], bytes]) -> bytes:
    body = f"{_b64(json.dumps(header).encode())}.{_b64(json.dumps(CLAIMS).encode())}"
    return f"Bearer {body}.{_b64(sign(body.encode()))}".encode()


def _forged() -> dict[str, bytes]:
    stranger = OKPKey.generate_key("Ed25519", {"kid": "one"})
    public = KEY.as_pem(private=False)
    raw = base64.urlsafe_b64decode(str(KEY.as_dict(private=False)["x"]) + "=")
    head, claims, signature = signed().decode().split(".")
    other = _b64(json.dumps(CLAIMS | {"roles": ["administrator"]}).encode())
    return {
        "another key": signed(stranger),
        "changed claims": f"{head}.{other}.{signature}".encode(),
        "no signature": f"{head}.{claims}.".encode(),
        "alg none": _by_hand({"alg": "none"}, lambda _: b""),
        "alg none with kid": _by_hand({"alg": "none", "kid": "one"}, lambda _: b""),
        "mac with the public key, pem": _by_hand(
            {"alg": "HS256", "kid": "one"}, lambda m: hmac.digest(public, m, hashlib.sha256)
        ),
        "mac with the public key, raw": _by_hand(
            {"alg": "HS256", "kid": "one"}, lambda m: hmac.digest(raw, m, hashlib.sha256)
        ),
        "another algorithm's name": _by_hand({"alg": "RS256", "kid": "one"}, lambda _: b"x" * 64),
        "no bearer": b"Basic dXNlcjpwYXNz",
        "no token": b"Bearer ",
        "rubbish": b"Bearer a.b.c",
        "not ascii": b"Bearer \xff\xfe.\xff.\xff",
        "too long": b"Bearer " + b"a" * 10_000,
        "unknown kid": signed(stranger, kid="nix"),
    }


@pytest.mark.parametrize("token", _forged().values(), ids=_forged().keys())
async def test_forged_tokens_are_refused(verifier: Verifier, token: bytes) -> None:
    with pytest.raises(UnauthenticatedError) as raised:
        await verifier.actor(token)
    assert raised.value.en == "The token does not hold: sign in again."


async def test_a_verified_token_is_remembered_and_still_expires(
    verifier: Verifier, source: Source, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = signed()
    first = await verifier.actor(token)
    with monkeypatch.context() as patched:
        patched.setattr(jwt, "decode", None)
        assert await verifier.actor(token) is first
    time.now += 631
    with pytest.raises(UnauthenticatedError):
        await verifier.actor(token)


async def test_new_keys_are_fetched_when_a_token_names_one(
    verifier: Verifier, source: Source, time: Time
) -> None:
    await verifier.actor(signed())
    rotated = OKPKey.generate_key("Ed25519", {"kid": "two"})
    source.keys = [rotated]
    time.now += 60
    assert await verifier.actor(signed(rotated, kid="two")) is not None
    assert source.asked == 2


async def test_unknown_keys_do_not_make_the_issuer_suffer(
    verifier: Verifier, source: Source
) -> None:
    stranger = OKPKey.generate_key("Ed25519", {"kid": "nix"})
    for number in range(20):
        with pytest.raises(UnauthenticatedError):
            await verifier.actor(signed(stranger, kid=f"nix-{number}"))
    assert source.asked <= 2


async def test_withdrawn_keys_go_with_time_and_an_issuer_that_is_away_for_a_while_stops_nobody(
    verifier: Verifier, source: Source, time: Time
) -> None:
    await verifier.actor(signed())
    source.down = True
    time.now += 3_700
    assert await verifier.actor(signed(changes={"exp": time.now + 60, "nbf": time.now})) is not None
    source.down, source.keys = False, []
    time.now += 60
    with pytest.raises(UnauthenticatedError):
        await verifier.actor(signed(changes={"exp": time.now + 60, "nbf": time.now}))


async def test_without_any_keys_it_says_that_signing_in_is_not_possible_now(
    verifier: Verifier, source: Source
) -> None:
    source.down = True
    with pytest.raises(IdentityUnavailableError):
        await verifier.actor(signed())


# --- the embedded issuer --------------------------------------------------------------------------


@pytest.fixture
def issuer(tmp_path: Path, time: Time) -> Issuer:
    users = [
        User(user="hoa", subject="user-hoa", roles=(Role.REGISTRANT,), organization=ORGANIZATION),
        User(user="an", subject="user-an", roles=(), password="mật khẩu"),
        User(user="ty", subject="user-ty", roles=(), password_scrypt=hash_password("bí mật")),
    ]
    (tmp_path / "users.json").write_bytes(msgspec.json.encode(users))
    return Issuer(signing_key(tmp_path), tmp_path / "users.json", ISSUER, "dvk", time)


@pytest.mark.parametrize(
    "user,password", [("hoa", ""), ("hoa", "any"), ("an", "mật khẩu"), ("ty", "bí mật")]
)
async def test_its_tokens_verify(issuer: Issuer, time: Time, user: str, password: str) -> None:
    token = await issuer.token(TokenRequest(user, password))
    verifier = Verifier(Keys(issuer.keys, time), ISSUER, "dvk", time)
    actor = await verifier.actor(f"Bearer {token.access_token}".encode())
    assert actor is not None
    assert actor.subject == f"user-{user}"
    assert token.expires_in == TOKEN_SECONDS


@pytest.mark.parametrize(
    "user,password", [("nix", ""), ("an", ""), ("an", "mat khau"), ("ty", ""), ("ty", "Bí mật")]
)
async def test_who_does_not_know_the_password_gets_no_token(
    issuer: Issuer, user: str, password: str
) -> None:
    with pytest.raises(UnauthenticatedError):
        await issuer.token(TokenRequest(user, password))


def test_its_key_is_kept_for_its_owner_alone(issuer: Issuer, tmp_path: Path) -> None:
    file = tmp_path / "identity.key.json"
    assert file.stat().st_mode & 0o777 == 0o600
    assert signing_key(tmp_path).thumbprint() == signing_key(tmp_path).thumbprint()
    assert [file.name for file in tmp_path.glob("identity*")] == ["identity.key.json"]
    published = json.loads(issuer.published_keys())
    assert [sorted(key) for key in published["keys"]] == [["crv", "kid", "kty", "x"]]


def test_a_broken_file_of_users_is_named(tmp_path: Path) -> None:
    (tmp_path / "users.json").write_text('[{"user": 1}]')
    with pytest.raises(UsersFileError, match=r"users.json.*user"):
        read_users(tmp_path / "users.json")
    assert read_users(tmp_path / "none.json") == ()
