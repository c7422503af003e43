"""kill -9 of the real services, at any moment and at each durable step: what was acknowledged stands, once,
what follows by itself is there, once, and all agree.
"""

import asyncio
import random
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from dvk.services import SERVICES, chosen
from shared.host.database import ServiceDatabase
from shared.host.settings import Settings
from tests.faults import invariants
from tests.support.armed import MAILING, REACTING, REBUILDING, STEPS, Fault, Plan
from tests.support.playing import Driver, Kill, play_through, seeds, send_mail
from tests.support.postbox import Postbox, listening
from tests.support.running import Processes, deployed_apart, embedded

# A year with its restarts takes a minute; the machine may have other things to do.
pytestmark = pytest.mark.timeout(400)

KILLS: Final = 2
"""At any moment, besides those at a step."""
OFTEN: Final = 5
"""How often what is passed again and again is passed before the year is over, whatever its other deaths."""
SELDOM: Final = frozenset(
    {
        *(name for name in REACTING if not name.startswith("notification")),
        *(name for name in REBUILDING if name != "rebuild: half built"),
        *MAILING,
        "schedule: appended",
        "payload: kept, nothing appended",
    }
)
"""Steps that a short year passes a few times only, or that end what they belong to."""
REBUILD_SECONDS_MAX: Final = 60.0
LOOK_SECONDS: Final = 0.1
PUT_OFF: Final = 0.2
"""The share of mail that the server wants to see later."""


# Of the same seed each of these takes one half of the steps.


@pytest.mark.parametrize("seed", seeds(1))
async def test_all_services_in_one_process_are_killed_again_and_again(
    tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable
    steps, _ = _halves(chance)
    live, postbox = _folder(tmp_path, "live"), Postbox(chance, PUT_OFF)
    plan = Plan(tmp_path / "all.json", _stages(chance, steps))
    async with listening(postbox) as smtp_url:
        with embedded(live, plan=plan, smtp_url=smtp_url) as processes:
            kills = [partial(processes.kill, ["all"])] * KILLS
            await _year(processes, seed, kills, tmp_path, postbox)


@pytest.mark.parametrize("seed", seeds(1))
async def test_services_on_servers_are_killed_one_or_several_at_a_time(
    tmp_path: Path, postgres_url: str, rabbitmq_url: str, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable
    _, steps = _halves(chance)
    live, postbox = _folder(tmp_path, "live"), Postbox(chance, PUT_OFF)
    plans = {
        name: Plan(tmp_path / f"{name}.json", _stages(chance, of_service))
        for name, of_service in _by_service(chance, steps).items()
    }
    async with listening(postbox) as smtp_url:
        with deployed_apart(
            live, postgres_url, rabbitmq_url, plans=plans, smtp_url=smtp_url
        ) as processes:
            kills = [
                partial(processes.kill, chance.sample(list(SERVICES), chance.randint(1, 3)))
                for _ in range(KILLS)
            ]
            await _year(processes, seed, kills, tmp_path, postbox)


# --- what happens -----------------------------------------------------------------------------


def _halves(chance: random.Random) -> tuple[Sequence[str], Sequence[str]]:
    shuffled = chance.sample(list(STEPS), len(STEPS))
    return shuffled[::2], shuffled[1::2]


def _stages(chance: random.Random, steps: Collection[str]) -> Sequence[Collection[Fault]]:
    """Rebuilds first: after them nothing mends the rows that live events left."""

    def faults(names: Iterable[str]) -> list[Fault]:
        return [Fault(name, 1 if name in SELDOM else chance.randint(1, OFTEN)) for name in names]

    rebuilding = [name for name in steps if name in REBUILDING]
    others = [name for name in steps if name not in REBUILDING]
    return [faults(rebuilding), faults(others)] if rebuilding else [faults(others)]


def _by_service(chance: random.Random, steps: Iterable[str]) -> Mapping[str, Collection[str]]:
    """The steps by the service that dies there: one that passes it for sure."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    # Recognition reacts a few times only.
    reacting = ("evaluation", "notification")
    rebuilt = chance.choice(list(SERVICES))
    for name in steps:
        subject = name.partition(":")[0]
        if name in REBUILDING:
            service = rebuilt
        elif subject in SERVICES:
            service = subject
        elif name in MAILING or subject == "payload":
            service = "notification"
        elif subject == "reactions":
            service = chance.choice(reacting)
        else:
            service = "registration"
        found[service].append(name)
    return found


async def _year(
    processes: Processes,
    seed: int,
    kills: Sequence[Kill],
    tmp_path: Path,
    postbox: Postbox,
) -> None:
    """Play it, and look at what is left."""
    plans, chance = processes.plans.values(), random.Random(seed)  # noqa: S311 - repeatable
    await processes.start()
    async with (
        Driver(processes.addresses) as driver,
        processes.revived(),
        asyncio.TaskGroup() as group,
    ):
        group.create_task(_rebuild_while_they_die(processes, driver, chance))
        await play_through(driver, seed, kills)
        await send_mail(driver)
        await _finish_rebuilds(processes)
    await processes.stop()
    assert all(plan.over for plan in plans), [plan.left() for plan in plans]
    await invariants.hold(processes, driver.acknowledged, _folder(tmp_path, "anew"), postbox)
    deaths = len(kills) + sum(plan.deaths for plan in plans)
    again = len(postbox.taken) - len(set(postbox.taken))
    assert again <= deaths, "a message is sent again after a death alone"


async def _rebuild_while_they_die(
    processes: Processes, driver: Driver, chance: random.Random
) -> None:
    """Hold the year meanwhile: the steps that come after a plan's rebuilds need most of it."""
    driver.may_go_on.clear()
    async with asyncio.TaskGroup() as group:
        for name, plan in processes.plans.items():
            group.create_task(_rebuild_while_it_dies(processes, name, plan, chance))
    driver.may_go_on.set()


async def _rebuild_while_it_dies(
    processes: Processes, name: str, plan: Plan, chance: random.Random
) -> None:
    """Order rebuilds until the process has died at every step of one."""
    while any(fault.step in REBUILDING for fault in plan.left()):
        await processes.rebuild(chance.choice(list(SERVICES)) if name == "all" else name)


async def _finish_rebuilds(processes: Processes) -> None:
    """A rebuild that a death interrupted goes on by itself, some seconds after the start at the latest."""
    for service in chosen([], Settings.of({})):
        database = await ServiceDatabase.open(
            processes.databases_url, service.name, service.read_model
        )
        try:
            async with asyncio.timeout(REBUILD_SECONDS_MAX):
                while await database.is_building():  # noqa: ASYNC110 - another process's doing
                    await asyncio.sleep(LOOK_SECONDS)
        finally:
            await database.close()


def _folder(parent: Path, name: str) -> Path:
    folder = parent / name
    folder.mkdir()
    return folder
