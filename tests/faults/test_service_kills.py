"""kill -9 of service processes at any moment of a year: what was acknowledged stands, once, and all agree."""

import random
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest

from dvk.services import SERVICES
from tests.faults import invariants
from tests.support.running import (
    Driver,
    Fault,
    Processes,
    deployed_apart,
    embedded,
    play_through,
    seeds,
)

# A year with its restarts takes half a minute; the machine may have other things to do.
pytestmark = pytest.mark.timeout(300)

KILLS_EMBEDDED = 3
KILLS_APART = 3


@pytest.mark.parametrize("seed", seeds(2))
async def test_the_embedded_process_is_killed_again_and_again(tmp_path: Path, seed: int) -> None:
    with embedded(_folder(tmp_path, "live")) as processes:
        kills = [partial(processes.kill, ["all"])] * KILLS_EMBEDDED
        await _year(processes, seed, kills, tmp_path)


@pytest.mark.parametrize("seed", seeds(1))
async def test_services_on_servers_are_killed_one_or_several_at_a_time(
    tmp_path: Path, postgres_url: str, rabbitmq_url: str, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable
    with deployed_apart(_folder(tmp_path, "live"), postgres_url, rabbitmq_url) as processes:
        kills = [
            partial(processes.kill, chance.sample(list(SERVICES), chance.randint(1, 3)))
            for _ in range(KILLS_APART)
        ]
        await _year(processes, seed, kills, tmp_path)


async def _year(processes: Processes, seed: int, kills: Sequence[Fault], tmp_path: Path) -> None:
    await processes.start()
    async with Driver(processes.addresses) as driver:
        await play_through(driver, seed, kills)
        await processes.stop()
        await invariants.hold(processes, driver.acknowledged, _folder(tmp_path, "anew"))


def _folder(parent: Path, name: str) -> Path:
    folder = parent / name
    folder.mkdir()
    return folder
