"""A private RabbitMQ, with an Erlang port mapper of its own."""

import contextlib
import functools
import os
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
    ServerFailedError,
    ServerMissingError,
    Service,
    answers,
    checked_name,
    free_port,
    on_a_free_port,
    plain_environment,
    private_folder,
    run_as,
    server_user,
)

AmqpUrl = NewType("AmqpUrl", str)


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
