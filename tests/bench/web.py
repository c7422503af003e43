"""Row 3: a full command over HTTP beside a FastAPI route that does nothing."""

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Final

import httpx
import msgspec

from shared.host.issuer import User
from shared.host.policy import Role
from tests.bench import history
from tests.bench.client import Answered, Order
from tests.bench.processes import DVK, serving
from tests.bench.report import Bench, Goal, Result
from tests.support.servers import HOST, free_port

CONNECTIONS: Final = 32
SECONDS: Final = 4.0
P99_OVER_P50_MAX: Final = 4.0

SURVEY: Final = json.dumps(
    {
        "surveyed_by": str(history.HOLDER),
        "surveyed_on": "2025-12-20",
        "place": history.SURVEYED.place,
        "situation": history.SURVEYED.situation,
        "advantages": history.SURVEYED.advantages,
        "difficulties": history.SURVEYED.difficulties,
    },
    ensure_ascii=False,
)
ORGANIZATION: Final = json.dumps(
    {
        "name": "Chi bộ bản Cửa Rào",
        "kind": "party_cell",
        "level": "commune",
        "place": "xa-mon-son",
        "established_on": "2025-07-01",
    },
    ensure_ascii=False,
)
USERS: Final = (
    User(
        user="officer",
        subject="user:officer",
        roles=(Role.REGISTRANT,),
        organization=history.HOLDER,
    ),
    User(user="admin", subject="user:admin", roles=(Role.ADMINISTRATOR,)),
)

FASTAPI: Final = "FastAPI + pydantic, does nothing"
OURS: Final = "ours, survey a place"
PROJECTED: Final = "ours, create a body (two tables)"


def ask(order: Order) -> Answered:
    """Let a process of its own send the requests."""
    command = [sys.executable, "-m", "tests.bench.client"]
    told = subprocess.run(
        command, input=msgspec.json.encode(order), stdout=subprocess.PIPE, check=True
    )
    answered = msgspec.json.decode(told.stdout, type=Answered)
    if answered.failures:
        raise AssertionError(f"{answered.failures} requests to {order.path} were refused")
    return answered


def token(address: str, user: str) -> str:
    """A token of the embedded issuer."""
    answer = httpx.post(f"{address}/identity/token", json={"user": user})
    found: str = answer.raise_for_status().json()["access_token"]
    return found


def run(bench: Bench) -> Result:
    """Measure the row."""
    result = Result("3 a command over HTTP, one process, 32 connections")
    seconds = SECONDS / 2 if bench.quick else SECONDS
    with bench.fresh_folder() as folder:
        trivial, ours = free_port(), free_port()
        data = folder / "data"
        data.mkdir()
        (data / "users.json").write_bytes(msgspec.json.encode(USERS))
        address = f"http://{HOST}:{ours}"
        yardstick = [sys.executable, "-m", "tests.bench.trivial", str(trivial)]
        system = [str(DVK), "serve", "--data", str(data)]
        environment = {"DVK_PORT": str(ours), "DVK_LOG_LEVEL": "warning"}
        with (
            serving(yardstick, f"http://{HOST}:{trivial}/", folder / "trivial.log"),
            serving(system, f"{address}/health/ready", folder / "dvk.log", environment),
        ):

            def order(port: int, path: str, body: str, bearer: str) -> Order:
                return Order(port, path, body, bearer, CONNECTIONS, seconds)

            officer, admin = token(address, "officer"), token(address, "admin")
            orders = {
                FASTAPI: order(trivial, "/models", SURVEY, officer),
                OURS: order(ours, "/registration/models", SURVEY, officer),
                PROJECTED: order(ours, "/registration/organizations", ORGANIZATION, admin),
            }
            answers: dict[str, list[Answered]] = {name: [] for name in orders}

            def asking(name: str) -> Callable[[], float]:
                def rate() -> float:
                    answers[name].append(ask(orders[name]))
                    return answers[name][-1].rate

                return rate

            result.add("requests", "/s", bench.in_turns({name: asking(name) for name in orders}))
    for work, unit in (("p50_ms", "ms"), ("p99_ms", "ms")):
        values = {name: [getattr(one, work) for one in found] for name, found in answers.items()}
        result.add(work.removesuffix("_ms"), unit, values)
    for name in (OURS, PROJECTED):
        result.aim("requests", name, FASTAPI, 0.65)
        ratio = result.median("p99", name) / result.median("p50", name)
        result.goals.append(Goal(f"{name}: p99 / p50", ratio, P99_OVER_P50_MAX, at_least=False))
    return result
