"""The whole demonstration, and what there is when it is over."""

import time
from collections import Counter
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import msgspec

from dvk.api import Api
from dvk.demo import beside
from dvk.demo.afterwards import after_decisions
from dvk.demo.building import build
from dvk.demo.deciding import case_of, decide
from dvk.demo.fates import DECIDED, DECLINED, TOLD, Fate
from dvk.demo.judging import judge
from dvk.demo.models import choose_models
from dvk.demo.onward import go_on
from dvk.demo.player import YEAR, Player, Stage
from dvk.demo.province import load_province
from dvk.demo.setup import enter_province
from dvk.errors import CommandError
from dvk.services import SERVICES

FIELDS: Final = {
    "economy": ("kinh tế", "economy"),
    "culture-society": ("văn hóa - xã hội", "culture-society"),
    "security-defence": ("quốc phòng - an ninh", "security-defence"),
    "political-system": ("hệ thống chính trị", "political system"),
}


class FieldCount(msgspec.Struct, frozen=True, kw_only=True):
    """What came of the models of one field."""

    field: str
    registered: int
    recognized: int
    declined: int


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What a demonstration played, as the services' own lists tell it afterwards.

    `example_…` is a recognised model with its case, holder and the holder's user, for whoever looks around.
    """

    year: int
    seed: int
    models: int
    generated: int
    bodies: int
    users: int
    decisions: int
    fates: dict[str, int]
    fields: tuple[FieldCount, ...]
    example_model: UUID | None
    example_name: str | None
    example_case: UUID | None
    example_user: str | None
    example_holder: UUID
    services: tuple[str, ...]
    requests: int
    seconds: float


@dataclass(frozen=True)
class Order:
    """How large a year, told by which seed, with how many requests side by side."""

    models: int
    seed: int
    concurrency: int


async def play(api: Api, order: Order, stage: Stage) -> Summary:
    """Enter the province, play the year, release the clock, and tell what there is.

    Whatever was played before stays: every step has its own key. Raises CommandError.
    """
    began = time.monotonic()
    province = load_province()
    models = choose_models(province, order.models, order.seed)
    player = Player(api, province, models, stage, seed=order.seed, concurrency=order.concurrency)
    ground = await enter_province(player)
    await build(player, ground)
    await judge(player, ground)
    await beside.autumn(player)
    await decide(player)
    await after_decisions(player, ground)
    await go_on(player)
    await beside.winter(player)
    outcomes = await _outcomes(player, ground.movement)
    _check(player, outcomes)
    await api.settled()
    await api.release()
    return _summary(player, order, outcomes, time.monotonic() - began)


async def _outcomes(player: Player, movement: UUID) -> dict[UUID, str]:
    """What became of each model, by the public lists; read after everything written arrived there."""
    api = player.api
    found: dict[UUID, str] = {}
    wanted: dict[str, str | int | None] = {
        "at_least": api.written["registration"],
        "movement": str(movement),
        "year": YEAR,
    }
    async for row in api.pages("registration", "/models", wanted):
        found[UUID(row["model_id"])] = row["status"]
    decided: dict[str, str | int | None] = {
        "at_least": api.written.get("recognition"),
        "year": YEAR,
    }
    async for row in api.pages("recognition", "/decisions", decided):
        found[UUID(row["model_id"])] = row["status"]
    return found


_ENDS: Final = {
    Fate.LATE_REFUSED: "running",
    Fate.SILENT: "running",
    Fate.WITHDRAWN: "withdrawn",
    Fate.WITHDRAWN_LATE: "withdrawn",
    Fate.NO_COMPETENT_BODY: "reported",
    Fate.NOT_LISTED: None,
    Fate.WITHDRAWN_BEFORE_DECISION: "withdrawn",
}


def _expected(fate: Fate) -> str | None:
    if fate in DECIDED:
        return "declined" if fate in DECLINED else "recognized"
    return _ENDS[fate]


def _check(player: Player, outcomes: dict[UUID, str]) -> None:
    """The services' lists and the script agree. Raises CommandError for the first that does not."""
    for model in player.models:
        seen = outcomes.get(player.model_id(model))
        wanted = _expected(model.fate)
        if seen != wanted:
            raise CommandError(
                f"«{model.name}» phải là {wanted or 'chưa đăng ký'} nhưng đang là {seen or 'chưa đăng ký'}.",
                f"“{model.name}” should be {wanted or 'unregistered'} and is {seen or 'unregistered'}.",
            )


def _summary(player: Player, order: Order, outcomes: dict[UUID, str], seconds: float) -> Summary:
    models = player.models
    fates = Counter(model.fate for model in models)
    example = next((model for model in models if model.fate is Fate.OPINION), None)
    example = example or next((m for m in models if _expected(m.fate) == "recognized"), None)
    example_id = None if example is None else player.model_id(example)
    return Summary(
        year=YEAR,
        seed=order.seed,
        models=len(models),
        generated=sum(model.generated for model in models),
        bodies=len(player.province.bodies),
        users=len(player.province.offices),
        decisions=sum(status in ("recognized", "declined") for status in outcomes.values()),
        fates={fate.value: fates[fate] for fate in TOLD if fates[fate]},
        fields=tuple(_of_field(field, player, outcomes) for field in FIELDS),
        example_model=example_id,
        example_name=None if example is None else example.name,
        example_case=None if example_id is None else case_of(example_id),
        example_user=None if example is None else player.registrant(example),
        example_holder=player.province.ids[(example or models[0]).holder],
        services=tuple(SERVICES),
        requests=player.api.requests,
        seconds=round(seconds, 1),
    )


def _of_field(field: str, player: Player, outcomes: dict[UUID, str]) -> FieldCount:
    of_field = [outcomes.get(player.model_id(m)) for m in player.models if m.field == field]
    return FieldCount(
        field=field,
        registered=sum(status is not None for status in of_field),
        recognized=of_field.count("recognized"),
        declined=of_field.count("declined"),
    )
