"""Problem documents: every error has one status, and says nothing of the inside."""

import importlib
import json
import pkgutil

import pytest
import structlog.testing

import shared
from shared.bus.port import BusError
from shared.domain.refusal import Language, Refusal
from shared.eventstore.port import StoreError, StoreUnavailableError
from shared.host import errors, problems
from shared.host.errors import Fault, InvalidError, UnauthenticatedError
from shared.host.problems import BY_ERROR, KINDS, kind_of, problem, problem_pages
from shared.host.service import NotFoundError

NEVER_ANSWERED = {
    **dict.fromkeys(
        ("DeclarationError", "ReadModelError", "SettingsError", "StartError", "NewerStateError"),
        "nothing starts",
    ),
    **dict.fromkeys(
        (
            "ProjectionParkedError",
            "RowChangeError",
            "StaleWorkerError",
            "TooManyParkedError",
            "TopologyConflictError",
        ),
        "inside a worker, which parks, retries or ends",
    ),
    **dict.fromkeys(
        ("FrameError", "MalformedMessageError", "_CutOffError", "WrongVersionError"),
        "inside an adapter, which turns it into an error of its port",
    ),
    "UsersFileError": "the operator's file; a sign-in then fails as unexpected, the log says why",
}
"""Errors that end a start or stay inside a worker, and why they need no problem of their own."""

BASES = {errors.HostError, StoreError, BusError}
"""Their own kind is for what nobody raises; each error below them needs one that says more."""


def _errors_of_shared() -> set[type[Exception]]:
    for module in pkgutil.walk_packages(shared.__path__, "shared."):
        if ".migrations" not in module.name:
            importlib.import_module(module.name)
    found: set[type[Exception]] = set()
    waiting: list[type[Exception]] = [Exception]
    while waiting:
        for subclass in waiting.pop().__subclasses__():
            if subclass not in found:
                found.add(subclass)
                waiting.append(subclass)
    return {error for error in found if error.__module__.startswith("shared.")}


def test_every_error_of_ours_has_its_status() -> None:
    unmapped = {
        error.__name__
        for error in _errors_of_shared()
        if not any(cls in BY_ERROR for cls in error.__mro__ if error in BASES or cls not in BASES)
    }
    assert unmapped == NEVER_ANSWERED.keys() & unmapped, (
        f"give these a kind in shared/host/problems.py: {unmapped - NEVER_ANSWERED.keys()}"
    )


def test_errors_are_found_at_all() -> None:
    names = {error.__name__ for error in _errors_of_shared()}
    assert {"RefusedError", "StoreUnavailableError", "NotFoundError", "SettingsError"} <= names


def test_codes_are_unique_and_every_kind_is_used() -> None:
    codes = [kind.code for kind in KINDS]
    assert len(set(codes)) == len(codes)
    assert set(BY_ERROR.values()) == set(KINDS)


REFUSAL = Refusal(
    "no-room", vi="Chỉ còn {left} chỗ.", en="There are {left} places left.", clause="II.1"
)


@pytest.mark.parametrize(
    "language,title,detail",
    [
        ("vi", "Quy định không cho phép", "Chỉ còn 2 chỗ."),
        ("en", "The rules do not allow it", "There are 2 places left."),
    ],
)
def test_a_refusal_names_its_code_clause_and_rule_set(
    language: Language, title: str, detail: str
) -> None:
    reply = problem(REFUSAL(left=2), language, "urn:uuid:1", "rules-4")
    assert reply.status == 409
    assert reply.content_type == b"application/problem+json"
    assert json.loads(reply.body) == {
        "type": "/problems/no-room",
        "title": title,
        "status": 409,
        "detail": detail,
        "instance": "urn:uuid:1",
        "clause": "II.1",
        "rule_set": "rules-4",
    }
    assert (b"content-language", language.encode()) in reply.headers


def test_faults_are_listed() -> None:
    reply = problem(InvalidError("Sai.", "Wrong.", [Fault("$.a", "sai", "wrong")]), "vi", "i")
    assert json.loads(reply.body)["errors"] == [{"path": "$.a", "detail": "sai"}]


def _fail(message: str) -> None:
    raise RuntimeError(message)


def test_the_unexpected_is_logged_by_place_and_tells_nobody_its_message() -> None:
    secret = "số điện thoại 0912 345 678"
    with pytest.raises(RuntimeError) as raised:
        _fail(secret)
    with structlog.testing.capture_logs() as lines:
        reply = problem(raised.value, "en", "urn:uuid:1")
    assert reply.status == 500
    assert secret.encode() not in reply.body
    (line,) = lines
    assert line["error"] == "RuntimeError"
    assert line["instance"] == "urn:uuid:1"
    assert "test_host_problems.py" in line["frames"][0]
    assert secret not in repr(line)


@pytest.mark.parametrize(
    "error,status,header",
    [
        (UnauthenticatedError("a", "b"), 401, b"www-authenticate"),
        (StoreUnavailableError("x"), 503, b"retry-after"),
        (ConnectionRefusedError(), 503, b"retry-after"),
        (errors.MethodNotAllowedError("a", "b", ["GET"]), 405, b"allow"),
        (NotFoundError("model"), 404, b"cache-control"),
    ],
)
def test_statuses_come_with_their_headers(error: Exception, status: int, header: bytes) -> None:
    reply = problem(error, "vi", "i")
    assert reply.status == status
    assert header in dict(reply.headers)


def test_an_error_nobody_thought_of_is_unexpected() -> None:
    assert kind_of(KeyError("x")) is problems.UNEXPECTED


def test_every_code_has_a_page_in_both_languages() -> None:
    languages: tuple[Language, ...] = ("vi", "en")
    for language in languages:
        pages = problem_pages([REFUSAL], language)
        assert {kind.code for kind in KINDS} | {"no-room"} == pages.keys()
        assert all(page.title and page.about for page in pages.values())
