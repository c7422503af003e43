"""A private PostgreSQL."""

import contextlib
import functools
import secrets
import shutil
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NewType

from tests.support import guard
from tests.support.servers import (
    HOST,
    INSTALL,
    OWNER,
    Server,
    ServerMissingError,
    Service,
    checked_name,
    on_a_free_port,
    plain_environment,
    private_folder,
    run_as,
    server_user,
)

DatabaseUrl = NewType("DatabaseUrl", str)


@functools.cache
def postgres_bin() -> Path:
    """The folder of the newest PostgreSQL's programs."""
    packaged = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(packaged, key=lambda path: float(path.parts[-3]), default=None)
    found = newest or shutil.which("initdb")
    if found is None:
        raise ServerMissingError(f"PostgreSQL is not installed: {INSTALL}")
    return Path(found).resolve().parent


@dataclass(frozen=True, kw_only=True)
class PrivatePostgres(Server):
    """A PostgreSQL of our own. `url` is an ordinary owner's (row-level security holds for it)."""

    url: DatabaseUrl
    admin_url: DatabaseUrl
    socket_dir: Path
    password: str

    def database_url(self, name: str, role: str = OWNER) -> DatabaseUrl:
        return _database_url(self.port, self.password, name, role)

    def create_database(self, name: str | None = None) -> DatabaseUrl:
        """Create an empty database (with a name of its own unless one is given) and return its URL."""
        database = checked_name(name)
        self.sql(f'CREATE DATABASE "{database}" OWNER "{OWNER}"')
        return self.database_url(database)

    def drop_database(self, url: DatabaseUrl) -> None:
        """Drop it, whoever is still connected."""
        database = checked_name(url.rpartition("/")[2])
        self.sql(f'DROP DATABASE "{database}" WITH (FORCE)')

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run statements as superuser, from outside: also while an event loop is running."""
        command = [str(postgres_bin() / "psql"), "-XqAt", "-v", "ON_ERROR_STOP=1"]
        command += ["-h", str(self.socket_dir), "-p", str(self.port), "-U", "postgres"]
        return run_as(None, [*command, "-d", database], plain_environment(self.folder), statement)


def _database_url(port: int, password: str, name: str, role: str) -> DatabaseUrl:
    return DatabaseUrl(f"postgresql+asyncpg://{role}:{password}@{HOST}:{port}/{name}")


def postgres_is_ready(data_dir: Path, pid: int) -> bool:
    """PostgreSQL's word to its own pg_ctl; after a crash the file is still the dead server's."""
    try:
        lines = (data_dir / "postmaster.pid").read_text("ascii").splitlines()
    except FileNotFoundError:
        return False
    return len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() == "ready"


def postgres_command(folder: Path, port: int, *, fsync: bool) -> list[str]:
    settings = {
        "listen_addresses": HOST,
        "port": str(port),
        "unix_socket_directories": str(folder),
        "unix_socket_permissions": "0700",
        "fsync": "on" if fsync else "off",
        "full_page_writes": "on" if fsync else "off",
        "max_connections": "200",
        "timezone": "UTC",
    }
    command = [str(postgres_bin() / "postgres"), "-D", str(folder / "data")]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    return command


@contextlib.contextmanager
def private_postgres(*, fsync: bool = True) -> Iterator[PrivatePostgres]:
    """A PostgreSQL for the duration of the block; `fsync=False` where no power cut is rehearsed."""
    binaries = postgres_bin()
    user = server_user("postgres")
    with private_folder("dvk-pg-", user) as folder:
        password = secrets.token_hex(16)
        data_dir, environment = folder / "data", plain_environment(folder)
        init = [str(binaries / "initdb"), "-D", str(data_dir), "-U", "postgres", "--no-sync"]
        # Without a password over the socket, which lies in the closed folder; with one over TCP.
        init += ["--auth-local=trust", "--auth-host=scram-sha-256"]
        init += ["--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"]
        run_as(user, init, environment)
        server = _start_postgres(folder, environment, user, password, fsync=fsync)
        try:
            server.sql(
                f"ALTER ROLE postgres PASSWORD '{password}';"
                f"CREATE ROLE \"{OWNER}\" LOGIN CREATEROLE PASSWORD '{password}';"
                f'CREATE DATABASE "{OWNER}" OWNER "{OWNER}";'
            )
            yield server
        finally:
            server.kill()  # its data goes away with the folder


def _start_postgres(
    folder: Path, environment: dict[str, str], user: str | None, password: str, *, fsync: bool
) -> PrivatePostgres:
    data_dir, log_path = folder / "data", folder / "postgres.log"

    def attempt(port: int) -> PrivatePostgres:
        launch = guard.Launch(
            command=postgres_command(folder, port, fsync=fsync),
            user=user,
            environment=environment,
            folder=str(folder),
            log=str(log_path),
        )
        is_ready = functools.partial(postgres_is_ready, data_dir)
        service = Service(launch, is_ready=is_ready, stop=signal.SIGINT)  # "fast" shutdown
        service.start()
        return PrivatePostgres(
            folder=folder,
            data_dir=data_dir,
            log_path=log_path,
            port=port,
            service=service,
            url=_database_url(port, password, OWNER, OWNER),
            admin_url=_database_url(port, password, "postgres", "postgres"),
            socket_dir=folder,
            password=password,
        )

    return on_a_free_port(attempt, log_path)
