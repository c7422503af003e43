"""Everything that can be set, from `DVK_*` environment variables, checked before anything starts."""

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from types import NoneType
from typing import Final, Literal, Self, get_args, get_origin
from urllib.parse import urlsplit, urlunsplit

from pydantic import Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.host.issuer import demo_credentials, read_users

PREFIX: Final = "DVK_"
_MASK: Final = "***"
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+]*")
_STORES: Final = ("sqlite", "postgresql", "esdb")
_BUSES: Final = ("inprocess", "amqp", "amqps")
_DATABASES: Final = ("sqlite", "postgresql")
_DEFAULT_SECRETS: Final = frozenset(
    {"", "guest", "postgres", "password", "changeit", "secret", "dvk"}
)


class SettingsError(Exception):
    """The settings cannot work; the message says in sentences which, and what to do."""


class Settings(BaseSettings):
    """The settings of one process. Each is the environment variable `DVK_<NAME>`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    environment: Literal["embedded", "production"] = Field(
        "embedded",
        description="`production` refuses demo users, readable passwords, default secrets and the demo clock.",
    )
    data_dir: Path = Field(
        Path("data"),
        description="Folder for SQLite files, the embedded issuer's key and the demo clock.",
    )
    files_dir: Path | None = Field(
        None,
        description="Folder for files of evidence, which stand nowhere else: keep and back it up like the "
        "record. Empty: `files` in the data folder.",
    )
    event_store_url: str = Field(
        "",
        description="`sqlite:///<file>`, `postgresql://…` or `esdb://…`. Empty: `events.db` in the data folder.",
    )
    bus_url: str = Field("inprocess:", description="`inprocess:` or `amqp://…`.")
    database_url: str = Field(
        "",
        description="Read models and kept state: `sqlite:///<folder>` or `postgresql://…`. Empty: the data folder.",
    )
    sole_writer: bool | None = Field(
        None,
        description="No other process writes this service's streams, so commands trust the cache. "
        "Empty: true on SQLite, else false.",
    )
    host: str = Field(
        "127.0.0.1", description="Address to listen on; loopback unless said otherwise."
    )
    port: int = Field(8080, ge=0, le=65_535, description="Port to listen on; 0 takes a free one.")
    public_url: str = Field(
        "",
        description="The address callers use, for links and the issuer's name. Empty: host and port.",
    )
    identity_issuer: str = Field(
        "",
        description="An OIDC issuer: the `iss` that tokens must carry. Its keys are found by its discovery "
        "document. Empty: the embedded issuer signs tokens, named after `public_url`.",
    )
    identity_jwks_url: str = Field(
        "",
        description="Keys of the OIDC issuer, where they are not to be found by discovery.",
    )
    identity_audience: str = Field(
        "dvk", min_length=1, description="The `aud` that tokens must carry."
    )
    identity_subject_claim: str = Field(
        "sub",
        min_length=1,
        description="The OIDC issuer's claim that says who acts; it must never be given to another person.",
    )
    identity_roles_claim: str = Field(
        "roles",
        min_length=1,
        description="Its claim with the list of roles; `realm_access.roles` leads into an object.",
    )
    identity_organization_claim: str = Field(
        "organization",
        min_length=1,
        description="Its claim with the id of the organisation acted for.",
    )
    identity_users_file: Path | None = Field(
        None,
        description="Users of the embedded issuer, a JSON list. Empty: `users.json` in the data folder.",
    )
    smtp_url: str = Field(
        "",
        description="`smtp://user:password@host:port` or `smtps://…`. Empty: e-mail is not sent.",
    )
    smtp_sender: str = Field(
        "dan-van-kheo@localhost",
        pattern=r"^[^@\s]+@[^@\s]+$",
        description="The address e-mail comes from; Message-IDs carry its domain.",
    )
    clock: Literal["system", "demo"] = Field(
        "system", description="`demo` lets callers pin the time with the header Dvk-Clock."
    )
    log_format: Literal["auto", "json", "pretty"] = Field(
        "auto", description="`auto`: pretty on a terminal, else JSON."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least level logged."
    )
    otlp_endpoint: str = Field(
        "", description="OTLP/HTTP collector for traces. Empty: none are recorded."
    )
    body_bytes_max: int = Field(
        262_144, ge=1_024, le=16_777_216, description="Largest request body, in bytes."
    )
    shutdown_seconds_max: int = Field(
        10, ge=1, le=300, description="How long requests and workers may take to finish at the end."
    )

    @classmethod
    def load(cls) -> Self:
        """The settings of the environment. Raises SettingsError."""
        unknown = sorted(
            name
            for name in os.environ
            if name.startswith(PREFIX) and name.removeprefix(PREFIX).lower() not in cls.model_fields
        )
        if unknown:
            raise SettingsError(
                f"Unknown setting {', '.join(unknown)}. docs/reference/settings.md lists those there are."
            )
        return cls.of({})

    @classmethod
    def of(cls, values: Mapping[str, object]) -> Self:
        """Settings from `values` over the environment. Raises SettingsError."""
        try:
            return cls(**values)  # type: ignore[arg-type]  # pydantic checks what no type here says
        except ValidationError as error:
            raise SettingsError("\n".join(_sentence(fault) for fault in error.errors())) from error

    @model_validator(mode="after")
    def _combinations(self) -> Self:
        store = _scheme("EVENT_STORE_URL", self.store_url, _STORES)
        bus = _scheme("BUS_URL", self.bus_url, _BUSES)
        _scheme("DATABASE_URL", self.databases_url, _DATABASES)
        if store == "sqlite" and bus != "inprocess":
            raise ValueError(
                "SQLite holds the events of one process, so a bus between processes has nothing to join: "
                "set DVK_BUS_URL=inprocess: or DVK_EVENT_STORE_URL to postgresql:// or esdb://."
            )
        if store == "esdb" and bus == "inprocess":
            raise ValueError(
                "An EventStoreDB serves several processes and the in-process bus only one: "
                "set DVK_BUS_URL to amqp://."
            )
        if store == "sqlite" and self.sole_writer is False:
            raise ValueError(
                "On SQLite this process is the only writer: leave DVK_SOLE_WRITER empty."
            )
        if self.identity_jwks_url and not self.identity_issuer:
            raise ValueError(
                "With DVK_IDENTITY_JWKS_URL the issuer's name is needed: set DVK_IDENTITY_ISSUER."
            )
        if self.environment == "production":
            self._check_production()
        return self

    def _check_production(self) -> None:
        if self.clock == "demo":
            raise ValueError("In production the time is not for callers to set: DVK_CLOCK=system.")
        if self.identity_issuer:
            self._check_issuer()
        else:
            users = read_users(self.users_file)
            exposed = demo_credentials(users)
            if exposed or not users:
                raise ValueError(
                    "In production tokens come from an OIDC issuer (DVK_IDENTITY_ISSUER) or from users "
                    "with password_scrypt (DVK_IDENTITY_USERS_FILE); "
                    + (
                        f"these have none: {', '.join(exposed)}."
                        if exposed
                        else "there are no users."
                    )
                )
        for name in ("event_store_url", "bus_url", "database_url", "smtp_url"):
            password = _password(getattr(self, name))
            if password in _DEFAULT_SECRETS:
                raise ValueError(
                    f"{PREFIX}{name.upper()} holds an empty or default password: set one of your own."
                )

    def _check_issuer(self) -> None:
        """Over an open connection anybody on the way could put keys of their own in place."""
        if not self.identity_jwks_url and not self.identity_issuer.startswith("https://"):
            raise ValueError(
                "In production the issuer is found over https: DVK_IDENTITY_ISSUER begins with https://, "
                "or DVK_IDENTITY_JWKS_URL says where its keys are inside the own network."
            )

    @property
    def store_url(self) -> str:
        """The event store's address."""
        return self.event_store_url or f"sqlite:///{self.data_dir.absolute() / 'events.db'}"

    @property
    def databases_url(self) -> str:
        """Where each service keeps its own data."""
        return self.database_url or f"sqlite:///{self.data_dir.absolute()}"

    @property
    def users_file(self) -> Path:
        """The embedded issuer's users."""
        return self.identity_users_file or self.data_dir / "users.json"

    @property
    def files_folder(self) -> Path:
        """Where files are kept."""
        return (self.files_dir or self.data_dir / "files").absolute()

    @property
    def writes_alone(self) -> bool:
        """Whether commands may trust the cache."""
        if self.sole_writer is not None:
            return self.sole_writer
        return self.store_url.startswith("sqlite:")

    @property
    def address(self) -> str:
        """What callers put in front of `/`."""
        return self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"

    @property
    def issuer(self) -> str:
        """The `iss` of acceptable tokens."""
        return self.identity_issuer or f"{self.address}/identity"

    def masked(self) -> dict[str, str]:
        """The effective values by environment variable, passwords replaced."""
        values = self.model_dump() | {
            "event_store_url": self.store_url,
            "database_url": self.databases_url,
            "files_dir": self.files_folder,
            "identity_users_file": self.users_file,
            "identity_issuer": self.issuer,
            "public_url": self.address,
            "sole_writer": self.writes_alone,
        }
        return {f"{PREFIX}{name.upper()}": _masked(str(value)) for name, value in values.items()}

    def __repr__(self) -> str:
        """Masked, like everything printed of them."""
        return f"Settings({self.masked()})"

    __str__ = __repr__


def reference() -> str:
    """docs/reference/settings.md: every setting, its values, default and meaning."""
    lines = [
        "# Settings",
        "",
        "Environment variables, read once at the start. Unknown `DVK_*` names, invalid values and",
        "combinations that cannot work stop the start with a sentence. `dvk config` prints the effective",
        "values, passwords masked. Generated from `shared/host/settings.py`; a test keeps it in step.",
        "",
        "| variable | values | default | meaning |",
        "|---|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        default = "" if field.default in ("", None) else f"`{field.default}`"
        lines.append(
            f"| `{PREFIX}{name.upper()}` | {_values(field.annotation)} | {default} "
            f"| {field.description} |"
        )
    return "\n".join(lines) + "\n"


def _values(annotation: object) -> str:
    if get_origin(annotation) is Literal:
        return ", ".join(f"`{value}`" for value in get_args(annotation))
    plain = next((part for part in get_args(annotation) if part is not NoneType), annotation)
    for type_, words in ((int, "number"), (bool, "`true`, `false`"), (Path, "path")):
        if plain is type_:
            return words
    return "text"


def _scheme(name: str, url: str, allowed: tuple[str, ...]) -> str:
    match = _SCHEME.match(url)
    scheme = "" if match is None or url[match.end() : match.end() + 1] != ":" else match[0]
    # SQLAlchemy's driver suffix (postgresql+asyncpg) says nothing new.
    plain = scheme.partition("+")[0]
    if plain not in allowed:
        raise ValueError(
            f"{PREFIX}{name} begins with one of {', '.join(f'{known}:' for known in allowed)}; "
            f"{_masked(url)!r} does not."
        )
    return plain


def _password(url: str) -> str | None:
    """The password of an address that names a user."""
    parts = urlsplit(url)
    return (parts.password or "") if parts.username is not None else None


def _masked(value: str) -> str:
    parts = urlsplit(value) if "://" in value else None
    if parts is None or parts.password is None:
        return value
    user, _, host = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{user.partition(':')[0]}:{_MASK}@{host}"))


def _sentence(fault: Mapping[str, object]) -> str:
    location = fault["loc"]
    message = str(fault["msg"]).removeprefix("Value error, ")
    if isinstance(location, tuple) and location:
        return f"{PREFIX}{str(location[0]).upper()}: {message}."
    return message


if __name__ == "__main__":
    sys.stdout.write(reference())
