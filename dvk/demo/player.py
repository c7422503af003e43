"""Plays the steps of the year: each at its simulated instant, as the user whose task it is."""

import asyncio
from base64 import b64encode
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final, Protocol, TypeVar
from uuid import UUID

from dvk.api import Api, Json, Written
from dvk.demo.fates import WITHOUT_ACCOUNT, Fate
from dvk.demo.models import DemoModel
from dvk.demo.province import Province
from dvk.errors import CommandError, RefusedByServerError
from dvk.keys import key_of
from shared.domain.time import VIET_NAM, legal_date

YEAR: Final = 2026
CONCURRENCY_DEFAULT: Final = 16
CONCURRENCY_MAX: Final = 64
_NAME_CHARACTERS_MAX: Final = 120

T = TypeVar("T")


class Stage(Protocol):
    """Who watches the demonstration."""

    def begin(self, vi: str, en: str, total: int) -> None:
        """A phase of `total` things begins."""
        ...

    def advance(self) -> None:
        """One of them is done."""
        ...

    def end(self) -> None:
        """The phase is over."""
        ...


def instant(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    """An instant of the year as clocks in Viet Nam show it."""
    return datetime(YEAR, month, day, hour, minute, tzinfo=VIET_NAM).astimezone(UTC)


class Player:
    """What the phases share. `ids` are the models that have a stream, `numbers` count all of them, by key."""

    def __init__(
        self,
        api: Api,
        province: Province,
        models: Sequence[DemoModel],
        stage: Stage,
        *,
        seed: int,
        concurrency: int,
    ) -> None:
        self.api = api
        self.province = province
        self.models = models
        self.seed = seed
        self.ids: dict[str, UUID] = {}
        self.refused: dict[str, str] = {}
        self.holders: dict[str, str] = {}
        """Who took a model over meanwhile, by key."""
        self.numbers = {model.key: number for number, model in enumerate(models, 1)}
        self._papers: dict[tuple[str, datetime], str] = {}
        self._stage = stage
        self._concurrency = concurrency

    async def phase(
        self,
        vi: str,
        en: str,
        at: datetime,
        items: Iterable[T],
        play: Callable[[T], Awaitable[None]],
    ) -> None:
        """Move the clock to `at` and play each item, some at a time. The phase ends when all are done,
        so whatever interrupts the demonstration, nothing of an earlier phase is missing.
        """
        waiting = list(items)
        self._stage.begin(vi, en, len(waiting))
        if at != self.api.at:
            # What follows by itself happens at the time of what it follows from.
            await self.api.settled()
            await self.api.pin(at)
        turns = iter(waiting)

        async def take_turns() -> None:
            for item in turns:
                await play(item)
                self._stage.advance()

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(self._concurrency, len(waiting))):
                    group.create_task(take_turns())
        except ExceptionGroup as errors:
            raise _first(errors) from errors
        self._stage.end()

    async def phase_of(
        self,
        vi: str,
        en: str,
        at: datetime,
        doing: Mapping[Fate, Callable[[DemoModel], Awaitable[object]]],
    ) -> None:
        """A phase in which models of different fates do different things at the same time."""

        async def play(model: DemoModel) -> None:
            await doing[model.fate](model)

        if models := self.chosen(doing):
            await self.phase(vi, en, at, models, play)

    def chosen(self, fates: Collection[str]) -> list[DemoModel]:
        """The models with one of these fates."""
        return [model for model in self.models if model.fate in fates]

    def model_id(self, model: DemoModel) -> UUID:
        """The id the model was given when it was surveyed."""
        return self.ids[model.key]

    async def write(
        self,
        model: DemoModel,
        step: str,
        service: str,
        path: str,
        body: Json,
        *,
        user: str | None,
        paper: str | None = None,
    ) -> Written:
        """One step of a model; the key follows from instant, seed, model and step."""
        assert self.api.at is not None
        key = key_of(self.api.at, "demo", str(self.seed), model.key, step)
        return await self.api.write(service, path, body, user=user, key=key, paper=paper)

    async def of_model(
        self, model: DemoModel, step: str, body: Json, *, user: str | None = None
    ) -> Written:
        """A write on a registered model: `step` is the last part of its address. By its holder, where
        no other user is named; from a paper that is kept first, where that has no account.
        """
        path = f"/models/{self.model_id(model)}/{step}"
        paper = await self._paper_of(model) if user is None else None
        by = user or self.registrant(model)
        return await self.write(model, step, "registration", path, body, user=by, paper=paper)

    async def _paper_of(self, model: DemoModel) -> str | None:
        """The scan of what a holder without an account brings on this day; None for who enters itself."""
        at = self.api.at
        assert at is not None
        if model.fate not in WITHOUT_ACCOUNT or model.holder == model.committee:
            return None
        day = legal_date(at).isoformat()
        scan = f"%PDF-1.4\n% {model.key}, {day} (demonstration)\n%%EOF\n".encode()
        if (model.key, at) not in self._papers:
            kept = {
                "what": f"Văn bản của {model.holder_name[:_NAME_CHARACTERS_MAX]}, {day} (trình diễn)",
                "signed_by": [str(self.province.ids[model.holder])],
                "content": b64encode(scan).decode(),
            }
            user = self.officer(model)
            await self.write(model, "paper", "registration", "/papers", kept, user=user)
            self._papers[model.key, at] = sha256(scan).hexdigest()
        return self._papers[model.key, at]

    async def refusal(self, wanted: Collection[str], attempt: Awaitable[Written]) -> str:
        """The code of the refusal that an attempt meets. Raises CommandError where it is let through."""
        try:
            await attempt
        except RefusedByServerError as error:
            if error.code in wanted:
                return error.code
            raise
        raise CommandError(
            f"Máy chủ đã nhận điều phải bị từ chối: {', '.join(wanted)}.",
            f"The server accepted what should be refused: {', '.join(wanted)}.",
        )

    def registrant(self, model: DemoModel) -> str:
        """Who enters for the holder: its own user, else the committee's officer, from paper."""
        if model.fate not in WITHOUT_ACCOUNT:
            with suppress(KeyError):
                holder = self.holders.get(model.key, model.holder)
                return self.province.user(holder, "registrant")
        return self.officer(model)

    def officer(self, model: DemoModel) -> str:
        """The committee's officer."""
        return self.province.user(model.committee, "committee_officer")


def _first(errors: ExceptionGroup[Exception]) -> Exception:
    """The error to tell of several that happened side by side."""
    first = errors.exceptions[0]
    return _first(first) if isinstance(first, ExceptionGroup) else first
