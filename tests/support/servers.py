"""Private PostgreSQL and RabbitMQ servers for one test run.

Each is the machine's real server in a temporary folder, on a free loopback port, as an unprivileged user
(PostgreSQL refuses root), and can be stopped, killed and restarted without touching any other. It ends with
the test run, however that ends (``guard.py``); two runs live side by side.
"""

import contextlib
import functools
import json
import os
import pwd
import random
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NewType, TypeVar

from tests.support import guard

START_SECONDS_MAX = 60.0
STOP_SECONDS_MAX = 30.0
POLL_SECONDS = 0.02
LOG_LINES_SHOWN = 30

# Below Linux's ephemeral range (32768 and up): while a server is down for a restart, no outgoing connection of the
# machine may be given its port.
PORTS = range(20_000, 32_000)

HOST = "127.0.0.1"
OWNER = "dvk"
INSTALL = "run `python3 scripts/bootstrap.py --servers`"

DatabaseUrl = NewType("DatabaseUrl", str)
AmqpUrl = NewType("AmqpUrl", str)


class ServerMissingError(Exception):
    """The server is not installed on this machine."""


class ServerFailedError(Exception):
    """The server did not start, or did not end, as it should; the message has the end of its log."""


# ── One server process ───────────────────────────────────────────────────────────────────────────


class Service:
    """A server's process over its lives: the same folder and port, a new pid after each start."""

    def __init__(self, launch: guard.Launch, *, is_ready: Callable[[int], bool], stop: int) -> None:
        self._launch = launch
        self._is_ready = is_ready
        self._stop_signal = stop
        self._guard: subprocess.Popen[bytes] | None = None
        self._pid = 0

    def is_running(self) -> bool:
        return self._guard is not None and self._guard.poll() is None

    @property
    def pid(self) -> int:
        if not self.is_running():
            raise ServerFailedError("the server is not running")
        return self._pid

    def start(self) -> None:
        if self.is_running():
            return
        command = [sys.executable, "-I", "-S", guard.__file__, json.dumps(self._launch)]
        self._guard = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )
        assert self._guard.stdout is not None
        line = self._guard.stdout.readline()
        if not line:
            self._reap()
            raise ServerFailedError(f"{self._launch['command'][0]} could not be executed")
        self._pid = int(line)
        deadline = time.monotonic() + START_SECONDS_MAX
        while not (self.is_running() and self._is_ready(self._pid)):
            if not self.is_running() or time.monotonic() > deadline:
                self.kill()
                raise ServerFailedError(f"the server did not start:\n{self._log_end()}")
            time.sleep(POLL_SECONDS)

    def stop(self) -> None:
        """End it in good order: what it was told is on disk."""
        self._end(self._stop_signal)

    def kill(self) -> None:
        """End it as a crash would, with no chance to write or to say goodbye."""
        self._end(signal.SIGKILL)

    def _end(self, how: int) -> None:
        if self._guard is None:
            return
        if self.is_running():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, how)
        try:
            self._guard.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self._guard.terminate()  # the guard then kills the server
            self._guard.wait()
            raise ServerFailedError(f"the server did not stop:\n{self._log_end()}") from None
        finally:
            self._reap()

    def _reap(self) -> None:
        if self._guard is not None:
            with self._guard:  # closes the pipes and waits
                pass
            self._guard = None

    def _log_end(self) -> str:
        log = Path(self._launch["log"])
        lines = log.read_text("utf-8", "replace").splitlines() if log.exists() else []
        return "\n".join(lines[-LOG_LINES_SHOWN:])


@dataclass(frozen=True, kw_only=True)
class Server:
    """What both kinds have in common."""

    folder: Path
    data_dir: Path
    log_path: Path
    port: int
    service: Service

    @property
    def pid(self) -> int:
        """The server's main process; another one after every start."""
        return self.service.pid

    def start(self) -> None:
        self.service.start()

    def stop(self) -> None:
        self.service.stop()

    def kill(self) -> None:
        self.service.kill()

    def restart(self) -> None:
        """Stop in good order and start again, on the same data and port."""
        self.service.stop()
        self.service.start()


def free_port() -> int:
    """A loopback port nobody listens on at this moment; a start that loses the race takes another."""
    while True:
        port = random.choice(PORTS)  # noqa: S311 - not a secret
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port


def answers(port: int, greeting: bytes, _pid: int) -> bool:
    try:
        with socket.create_connection((HOST, port), timeout=5) as connection:
            connection.sendall(greeting)
            return bool(connection.recv(1))
    except OSError:
        return False


ServerT = TypeVar("ServerT", bound=Server)


def on_a_free_port(attempt: Callable[[int], ServerT], log_path: Path) -> ServerT:
    """Start on a free port, and on another if somebody took it in between."""
    while True:
        try:
            return attempt(free_port())
        except ServerFailedError:
            log = log_path.read_text("utf-8", "replace").lower()
            if "address already in use" not in log and "eaddrinuse" not in log:
                raise
            log_path.unlink()


@contextlib.contextmanager
def private_folder(prefix: str, user: str | None) -> Iterator[Path]:
    """A folder of `user`'s own, closed to everybody else."""
    base = Path(tempfile.gettempdir())
    if user is not None and not all(p.stat().st_mode & 0o001 for p in (base, *base.parents)):
        base = Path("/tmp")  # noqa: S108 - $TMPDIR is one the server's user cannot enter
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=base))
    try:
        if user is not None:
            shutil.chown(folder, user, user)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def server_user(name: str) -> str | None:
    """The packaged server's user when we are root; otherwise we stay who we are."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(name).pw_name
    except KeyError:
        raise ServerMissingError(f"this machine has no user {name!r}: {INSTALL}") from None


def run_as(
    user: str | None, command: list[str], environment: dict[str, str], stdin: str = ""
) -> str:
    """Run one of a server's own tools to its end."""
    done = subprocess.run(
        command,
        env=environment,
        user=user,
        group=user,
        extra_groups=None if user is None else [],
        cwd="/",
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=START_SECONDS_MAX,
    )
    if done.returncode != 0:
        raise ServerFailedError(f"{command[0]} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def plain_environment(home: Path) -> dict[str, str]:
    """No PG* or RABBITMQ_* setting of the caller's may reach a private server."""
    return {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(home), "LC_ALL": "C.UTF-8"}


def checked_name(name: str | None) -> str:
    if name is None:
        return f"test_{secrets.token_hex(8)}"
    if re.fullmatch(r"[a-z][a-z0-9_]{0,62}", name) is None:
        raise ValueError(f"{name!r}: lower-case letters, digits and underscores only")
    return name


# ── PostgreSQL ───────────────────────────────────────────────────────────────────────────────────


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


# ── RabbitMQ ─────────────────────────────────────────────────────────────────────────────────────


@functools.cache
def rabbitmq_server() -> Path:
    """The server's own start script; Debian's /usr/sbin/rabbitmq-server would act on the system's."""
    packaged = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
    found = packaged if packaged.exists() else shutil.which("rabbitmq-server")
    if found is None:
        raise ServerMissingError(f"RabbitMQ is not installed: {INSTALL}")
    return Path(found)


@functools.cache
def erlang_program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise ServerMissingError(f"Erlang's {name} is not installed: {INSTALL}")
    return found


@dataclass(frozen=True, kw_only=True)
class PrivateRabbitMQ(Server):
    """A RabbitMQ of our own, with its own Erlang port mapper, node name and cookie."""

    url: AmqpUrl
    node: str
    password: str
    environment: dict[str, str]

    def vhost_url(self, name: str) -> AmqpUrl:
        return _vhost_url(self.port, self.password, name)

    def create_vhost(self, name: str | None = None) -> AmqpUrl:
        """Create an empty virtual host (with a name of its own unless one is given)."""
        vhost = checked_name(name)
        self.erlang(
            f'ok = rabbit_vhost:add(<<"{vhost}">>, <<"{OWNER}">>),'
            f'ok = rabbit_auth_backend_internal:set_permissions(<<"{OWNER}">>, <<"{vhost}">>,'
            f' <<".*">>, <<".*">>, <<".*">>, <<"{OWNER}">>).'
        )
        return self.vhost_url(vhost)

    def drop_vhost(self, url: AmqpUrl) -> None:
        """Delete it with its queues; connections to it are closed."""
        vhost = checked_name(url.rpartition("/")[2])
        self.erlang(f'rabbit_vhost:delete(<<"{vhost}">>, <<"{OWNER}">>).')

    def erlang(self, expressions: str) -> str:
        """Evaluate Erlang in the broker: what rabbitmqctl does, without its start-up of a second or two."""
        command = [erlang_program("erl_call"), "-sname", self.node, "-e"]
        answer = run_as(None, command, self.environment, f"{expressions}\n").strip()
        if not answer.startswith("{ok,"):
            raise ServerFailedError(f"RabbitMQ answered {answer} to {expressions}")
        return answer

    def write_down(self) -> None:
        """Have it write down which queues there are, which it does lazily: a broker (3.10) that is killed
        before comes back with queues that never have a leader.
        """
        self.erlang("[dets:sync(Table) || Table <- dets:all()], mnesia:sync_log().")


def _vhost_url(port: int, password: str, name: str) -> AmqpUrl:
    return AmqpUrl(f"amqp://{OWNER}:{password}@{HOST}:{port}/{name}")


def rabbitmq_settings(port: int, password: str) -> str:
    """A machine that is short of memory or disk must not make a test hang on a blocked publisher."""
    return f"""
listeners.tcp.local = {HOST}:{port}
default_user = {OWNER}
default_pass = {password}
vm_memory_high_watermark.absolute = 1GB
disk_free_limit.absolute = 10MB
log.console = true
log.console.level = info
log.file = false
"""


def rabbitmq_environment(folder: Path, node: str, epmd_port: int) -> dict[str, str]:
    return plain_environment(folder) | {
        "ERL_EPMD_PORT": str(epmd_port),
        "ERL_EPMD_ADDRESS": HOST,
        "RABBITMQ_NODENAME": node,
        "RABBITMQ_DIST_PORT": str(free_port()),
        "RABBITMQ_CONF_ENV_FILE": os.devnull,
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
        "RABBITMQ_MNESIA_BASE": str(folder / "data"),
        "RABBITMQ_MNESIA_DIR": str(folder / "data" / "node"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_LOGS": "-",
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        # The script then becomes the server, instead of watching over it: its pid is the server's.
        "RABBITMQ_ALLOW_INPUT": "1",
        # Cluster traffic stays on this machine, and idle schedulers sleep instead of spinning.
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
            "-kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none +sbwtdio none"
        ),
    }


@contextlib.contextmanager
def private_epmd(user: str | None) -> Iterator[int]:
    """Erlang's port mapper, on its own port: the machine's, if it has one, never hears of us."""
    with private_folder("dvk-epmd-", user) as folder:
        log_path = folder / "epmd.log"

        def attempt(port: int) -> Server:
            launch = guard.Launch(
                command=[erlang_program("epmd"), "-address", HOST, "-port", str(port)],
                user=user,
                environment=plain_environment(folder),
                folder=str(folder),
                log=str(log_path),
            )
            names_request = b"\x00\x01n"
            is_ready = functools.partial(answers, port, names_request)
            service = Service(launch, is_ready=is_ready, stop=signal.SIGTERM)
            service.start()
            return Server(
                folder=folder, data_dir=folder, log_path=log_path, port=port, service=service
            )

        epmd = on_a_free_port(attempt, log_path)
        try:
            yield epmd.port
        finally:
            epmd.kill()


@contextlib.contextmanager
def private_rabbitmq() -> Iterator[PrivateRabbitMQ]:
    """A RabbitMQ for the duration of the block."""
    rabbitmq_server()
    user = server_user("rabbitmq")
    with private_epmd(user) as epmd_port, private_folder("dvk-mq-", user) as folder:
        cookie = folder / ".erlang.cookie"
        cookie.write_text(secrets.token_hex(16), "ascii")
        cookie.chmod(0o400)
        (folder / "enabled_plugins").write_text("[].", "ascii")
        if user is not None:
            shutil.chown(cookie, user, user)
        server = _start_rabbitmq(folder, user, epmd_port)
        try:
            yield server
        finally:
            server.kill()  # its data goes away with the folder


def _start_rabbitmq(folder: Path, user: str | None, epmd_port: int) -> PrivateRabbitMQ:
    node, password = f"dvk_{secrets.token_hex(4)}@localhost", secrets.token_hex(16)
    log_path = folder / "rabbitmq.log"

    def attempt(port: int) -> PrivateRabbitMQ:
        (folder / "rabbitmq.conf").write_text(rabbitmq_settings(port, password), "ascii")
        environment = rabbitmq_environment(folder, node, epmd_port)
        launch = guard.Launch(
            command=[str(rabbitmq_server()), "-noinput"],
            user=user,
            environment=environment,
            folder=str(folder),
            log=str(log_path),
        )
        # The listener opens last, after recovery; the broker answers a protocol header of 0-9-1.
        is_ready = functools.partial(answers, port, b"AMQP\x00\x00\x09\x01")
        service = Service(launch, is_ready=is_ready, stop=signal.SIGTERM)
        service.start()
        return PrivateRabbitMQ(
            folder=folder,
            data_dir=folder / "data",
            log_path=log_path,
            port=port,
            service=service,
            url=_vhost_url(port, password, "%2F"),
            node=node,
            password=password,
            environment=environment,
        )

    return on_a_free_port(attempt, log_path)
