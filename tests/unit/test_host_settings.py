"""Settings: typed, complete in the reference, and refused in a sentence when they cannot work."""

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

from shared.host.issuer import User, hash_password
from shared.host.policy import Role
from shared.host.settings import Settings, SettingsError, reference


@pytest.fixture(autouse=True)
def no_settings_of_the_developer(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("DVK_"):
            monkeypatch.delenv(name)


def test_without_any_setting_one_embedded_process_runs(tmp_path: Path) -> None:
    settings = Settings.of({"data_dir": tmp_path})
    assert settings.store_url == f"sqlite:///{tmp_path}/events.db"
    assert settings.databases_url == f"sqlite:///{tmp_path}"
    assert settings.writes_alone
    assert settings.host == "127.0.0.1"
    assert settings.issuer == "http://127.0.0.1:8080/identity"


def test_they_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DVK_PORT", "9000")
    monkeypatch.setenv("DVK_EVENT_STORE_URL", "postgresql+asyncpg://u:s3cret-x@db/events")
    settings = Settings.load()
    assert settings.port == 9000
    assert not settings.writes_alone


def test_an_unknown_setting_stops_the_start_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DVK_PROT", "9000")
    with pytest.raises(SettingsError, match="DVK_PROT"):
        Settings.load()


PRODUCTION: dict[str, object] = {
    "environment": "production",
    "event_store_url": "postgresql://dvk:kL3-9x@db/events",
    "database_url": "postgresql://dvk:kL3-9x@db/services",
    "bus_url": "amqp://dvk:kL3-9x@bus/",
    "identity_jwks_url": "https://issuer.test/jwks",
    "identity_issuer": "https://issuer.test",
}


@pytest.mark.parametrize(
    "values,named",
    [
        ({"port": 70_000}, "DVK_PORT"),
        ({"port": "many"}, "DVK_PORT"),
        ({"environment": "test"}, "DVK_ENVIRONMENT"),
        ({"body_bytes_max": 1}, "DVK_BODY_BYTES_MAX"),
        ({"event_store_url": "mysql://db/x"}, "DVK_EVENT_STORE_URL"),
        ({"event_store_url": "events.db"}, "DVK_EVENT_STORE_URL"),
        ({"bus_url": "redis://x"}, "DVK_BUS_URL"),
        ({"database_url": "esdb://x"}, "DVK_DATABASE_URL"),
        ({"bus_url": "amqp://u:p@bus/"}, "SQLite"),
        ({"event_store_url": "esdb://node:2113?Tls=false"}, "DVK_BUS_URL"),
        ({"sole_writer": False}, "DVK_SOLE_WRITER"),
        ({"identity_jwks_url": "https://issuer.test/jwks"}, "DVK_IDENTITY_ISSUER"),
        (PRODUCTION | {"clock": "demo"}, "DVK_CLOCK"),
        (PRODUCTION | {"identity_jwks_url": "", "identity_issuer": ""}, "DVK_IDENTITY_ISSUER"),
        (
            PRODUCTION | {"identity_jwks_url": "", "identity_issuer": "http://issuer.test"},
            "DVK_IDENTITY_ISSUER begins with https",
        ),
        (PRODUCTION | {"bus_url": "amqp://guest:guest@bus/"}, "DVK_BUS_URL"),
        (PRODUCTION | {"database_url": "postgresql://dvk@db/x"}, "DVK_DATABASE_URL"),
    ],
    ids=repr,
)
def test_what_cannot_work_is_refused_by_name(
    tmp_path: Path, values: Mapping[str, object], named: str
) -> None:
    with pytest.raises(SettingsError, match=named):
        Settings.of({"data_dir": tmp_path, **values})


def test_production_with_secrets_of_its_own_starts(tmp_path: Path) -> None:
    assert Settings.of({"data_dir": tmp_path, **PRODUCTION}).environment == "production"
    found = {**PRODUCTION, "identity_jwks_url": ""}
    assert Settings.of({"data_dir": tmp_path, **found}).issuer == "https://issuer.test"


@pytest.mark.parametrize(
    "password,accepted",
    [
        ({}, False),
        ({"password": "readable"}, False),
        ({"password_scrypt": hash_password("x")}, True),
    ],
    ids=["none", "readable", "hashed"],
)
def test_production_issues_tokens_itself_only_for_hashed_passwords(
    tmp_path: Path, password: dict[str, str], *, accepted: bool
) -> None:
    user = User(user="may", subject="machine", roles=(Role.AUDITOR,))
    user = msgspec.structs.replace(user, **password)
    (tmp_path / "users.json").write_bytes(msgspec.json.encode([user]))
    values = {**PRODUCTION, "data_dir": tmp_path, "identity_jwks_url": "", "identity_issuer": ""}
    if accepted:
        assert Settings.of(values).identity_jwks_url == ""
    else:
        with pytest.raises(SettingsError, match="may"):
            Settings.of(values)


def test_a_sentence_never_shows_a_password(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as raised:
        Settings.of({"data_dir": tmp_path, "event_store_url": "mysql://u:hidden-word@db/x"})
    assert "hidden-word" not in str(raised.value)


def test_effective_values_are_printed_without_passwords(tmp_path: Path) -> None:
    settings = Settings.of(
        {"data_dir": tmp_path, **PRODUCTION, "smtp_url": "smtp://m:hidden-word@mail:25"}
    )
    printed = settings.masked()
    assert printed["DVK_EVENT_STORE_URL"] == "postgresql://dvk:***@db/events"
    assert printed["DVK_SMTP_URL"] == "smtp://m:***@mail:25"
    assert printed["DVK_ENVIRONMENT"] == "production"
    assert "kL3-9x" not in repr(printed)
    assert "hidden-word" not in repr(printed)
    assert "kL3-9x" not in repr(settings)


def test_the_reference_lists_exactly_these_settings(pytestconfig: pytest.Config) -> None:
    written = (pytestconfig.rootpath / "docs" / "reference" / "settings.md").read_text()
    assert written == reference(), (
        "write docs/reference/settings.md anew: "
        "python -m shared.host.settings > docs/reference/settings.md"
    )
