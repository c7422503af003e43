"""Tokens: the good ones are read, all others are refused, and keys change without a restart."""

import asyncio
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
from shared.host.identity import Claims, Verifier
from shared.host.issuer import (
    TOKEN_SECONDS,
    Issuer,
    Token,
    TokenRefused,
    TokenRequest,
    User,
    UsersFileError,
    hash_password,
    read_users,
)
from shared.host.keys import Keys, key_set
from shared.host.policy import Actor, Role
from shared.host.signing import ANNOUNCED_SECONDS, SIGNING_SECONDS, SigningKeys

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


async def test_a_day_without_the_issuer_ends_what_its_known_keys_are_worth(
    verifier: Verifier, source: Source, time: Time
) -> None:
    await verifier.actor(signed())
    source.down = True
    for hours, known in ((20, True), (25, False)):
        time.now = NOW + hours * 3_600
        token = signed(changes={"exp": time.now + 60, "nbf": time.now})
        if known:
            assert await verifier.actor(token) is not None
        else:
            with pytest.raises(IdentityUnavailableError):
                await verifier.actor(token)


async def test_a_hundred_first_callers_ask_the_issuer_once(
    verifier: Verifier, source: Source, time: Time
) -> None:
    tokens = [signed(changes={"sub": f"user-{number}"}) for number in range(100)]
    actors = await asyncio.gather(*(verifier.actor(token) for token in tokens))
    assert None not in actors
    assert source.asked == 1


async def test_an_issuer_that_never_answered_is_not_asked_by_everyone(
    verifier: Verifier, source: Source, time: Time
) -> None:
    source.down = True
    for _ in range(20):
        with pytest.raises(IdentityUnavailableError):
            await verifier.actor(signed())
    assert source.asked == 1
    time.now += 2
    source.down = False
    assert await verifier.actor(signed()) is not None


async def test_claims_are_found_by_the_names_the_settings_give(source: Source, time: Time) -> None:
    names = Claims("uid", "realm_access.roles", "https://province.test/body")
    verifier = Verifier(Keys(source, time), ISSUER, "dvk", time, names)
    claims = {
        "uid": "u-7",
        "realm_access": {"roles": ["signer"]},
        "https://province.test/body": str(ORGANIZATION),
        "roles": ["administrator"],
        "organization": None,
    }
    actor = await verifier.actor(signed(changes=claims))
    assert actor == Actor("u-7", frozenset({Role.SIGNER}), ORGANIZATION)


def test_keys_of_kinds_not_known_here_and_published_secrets_are_passed_over() -> None:
    good = KEY.as_dict(private=False)
    document = {
        "keys": [
            {"kty": "AKP", "alg": "ML-DSA-44", "pub": "AA", "kid": "new"},
            {"kty": "oct", "k": "c2VjcmV0", "kid": "one"},
            {"kty": "RSA", "n": "!", "kid": "broken"},
            {**good, "use": "enc", "kid": "sealing"},
            good,
        ]
    }
    assert [key.kid for key in key_set(json.dumps(document).encode()).keys] == ["one"]
    for bad in (b"", b"[]", b"{}", b'{"keys": 1}', b"\xff"):
        with pytest.raises(ValueError, match="document"):
            key_set(bad)


# --- the embedded issuer --------------------------------------------------------------------------


@pytest.fixture
def issuer(tmp_path: Path, time: Time) -> Issuer:
    users = [
        User(user="hoa", subject="user-hoa", roles=(Role.REGISTRANT,), organization=ORGANIZATION),
        User(user="an", subject="user-an", roles=(), password="mật khẩu"),
        User(user="ty", subject="user-ty", roles=(), password_scrypt=hash_password("bí mật")),
    ]
    (tmp_path / "users.json").write_bytes(msgspec.json.encode(users))
    keys = SigningKeys(tmp_path, TOKEN_SECONDS, time)
    return Issuer(keys, tmp_path / "users.json", ISSUER, "dvk", time)


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
    file = tmp_path / "identity.keys.json"
    assert file.stat().st_mode & 0o777 == 0o600
    again = SigningKeys(tmp_path, TOKEN_SECONDS, Time())
    assert again.document() == issuer.published_keys()
    assert [file.name for file in tmp_path.glob("identity*")] == ["identity.keys.json"]
    published = json.loads(issuer.published_keys())
    assert [sorted(key) for key in published["keys"]] == [["crv", "kid", "kty", "x"]]


async def test_its_key_changes_in_time_and_no_token_is_lost_over_it(
    issuer: Issuer, time: Time
) -> None:
    def published() -> list[str]:
        return [key["kid"] for key in json.loads(issuer.published_keys())["keys"]]

    async def signed_by() -> str:
        token = await issuer.token(TokenRequest("hoa"))
        head = token.access_token.partition(".")[0]
        kid: str = json.loads(base64.urlsafe_b64decode(head + "==="))["kid"]
        return kid

    [first] = published()
    time.now += SIGNING_SECONDS - ANNOUNCED_SECONDS
    assert await signed_by() == first
    announced = published()
    assert announced[0] == first
    assert len(announced) == 2
    time.now += ANNOUNCED_SECONDS
    assert await signed_by() == announced[1]
    time.now += TOKEN_SECONDS - 1
    assert published() == announced
    time.now += 1
    assert published() == announced[1:]
    # A year in which nobody asked: a new key is published first, and what there is signs meanwhile.
    time.now += 365 * 24 * 3_600
    assert await signed_by() == announced[1]
    assert len(published()) == 2


@pytest.mark.parametrize(
    "form,header,answer",
    [
        (
            "grant_type=client_credentials&client_id=an&client_secret=m%E1%BA%ADt+kh%E1%BA%A9u",
            "",
            "",
        ),
        ("grant_type=client_credentials", "an:m%E1%BA%ADt+kh%E1%BA%A9u", ""),
        ("grant_type=client_credentials", "an:wrong", "invalid_client"),
        ("grant_type=client_credentials&client_id=an&client_secret=x", "", "invalid_client"),
        ("grant_type=client_credentials&client_id=hoa", "", "invalid_client"),
        ("grant_type=client_credentials", "", "invalid_client"),
        ("grant_type=password&username=an", "", "unsupported_grant_type"),
        ("", "", "unsupported_grant_type"),
        ("grant_type=client_credentials&grant_type=password", "", "invalid_request"),
    ],
)
async def test_a_machine_client_shows_its_secret(
    issuer: Issuer, form: str, header: str, answer: str
) -> None:
    basic = b"Basic " + base64.b64encode(header.encode()) if header else None
    given = await issuer.token_for_client(form.encode(), basic)
    assert given == TokenRefused(answer) if answer else isinstance(given, Token)  # type: ignore[arg-type]


def test_a_broken_file_of_users_is_named(tmp_path: Path) -> None:
    (tmp_path / "users.json").write_text('[{"user": 1}]')
    with pytest.raises(UsersFileError, match=r"users.json.*user"):
        read_users(tmp_path / "users.json")
    assert read_users(tmp_path / "none.json") == ()
