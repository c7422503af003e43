"""Whether a process lives, and whether it can serve: what it depends on, and how far it is behind."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, TypeVar

import msgspec

from shared.host.asgi import Reply
from shared.host.database import ReadModelBuildingError
from shared.host.metrics import Metrics
from shared.host.outage import is_outage
from shared.host.worker import Worker

CHECK_SECONDS_MAX: Final = 2.0

Check = Callable[[], Awaitable[bool]]

T = TypeVar("T")


class Finding(msgspec.Struct, frozen=True):
    """What a check found; `reasons` are sentences for an operator."""

    ok: bool
    reasons: tuple[str, ...] = ()


class Readiness(msgspec.Struct, frozen=True):
    """Whether requests can be served, and each check by name: the store, the bus, the services."""

    ready: bool
    checks: dict[str, Finding]


class Health:
    """The checks of a process, and of each of its services."""

    def __init__(
        self, dependencies: Mapping[str, Check], workers: Mapping[str, Worker], metrics: Metrics
    ) -> None:
        self._dependencies = dict(dependencies)
        self._workers = dict(workers)
        self._metrics = metrics

    async def readiness(self, service: str | None = None) -> Readiness:
        """All checks, or those that `service` depends on."""
        asked = {name: _reached(check) for name, check in self._dependencies.items()}
        asked |= {
            name: _following(worker)
            for name, worker in self._workers.items()
            if service in (None, name)
        }
        findings = await asyncio.gather(*(_in_time(finding) for finding in asked.values()))
        checks = dict(zip(asked, findings, strict=True))
        return Readiness(all(finding.ok for finding in findings), checks)

    async def reply(self, service: str | None = None) -> Reply:
        """Readiness as an answer: 200, or 503 with what is missing."""
        readiness = await self.readiness(service)
        reply = Reply(200 if readiness.ready else 503, msgspec.json.encode(readiness))
        reply.headers.append((b"cache-control", b"no-store"))
        if not readiness.ready:
            reply.headers.append((b"retry-after", b"1"))
        return reply

    async def settled(self) -> Reply:
        """Whether read models, reactions and relays have taken all there is: for whoever waits for it.

        Asks less than the figures, and nothing of the rest once one is behind. No, while something
        is away.
        """
        settled = True
        for worker in self._workers.values():
            settled = settled and await _or_else(worker.is_settled(), False)
        return Reply(200, msgspec.json.encode({"settled": settled}))

    async def exposition(self) -> bytes:
        """The figures for Prometheus, lags and parked subjects brought up to date.

        What cannot be measured now keeps its last figure; readiness says what is away.
        """
        for service, worker in self._workers.items():
            await _or_else(self._measure(service, worker), None)
        return self._metrics.exposition()

    async def _measure(self, service: str, worker: Worker) -> None:
        for part, lag in (await worker.lag()).items():
            self._metrics.lag_events.labels(service, part).set(lag.events)
            self._metrics.lag_seconds.labels(service, part).set(lag.seconds)
        self._metrics.parked.labels(service).set(len(await worker.parking.list()))


def live() -> Reply:
    """The process answers; nothing more is asked."""
    return Reply(200, b'{"live":true}')


async def _reached(check: Check) -> Finding:
    return Finding(ok=True) if await check() else Finding(ok=False, reasons=("does not answer",))


async def _following(worker: Worker) -> Finding:
    readiness = await worker.readiness()
    return Finding(readiness.ready, readiness.reasons)


async def _or_else(asked: Awaitable[T], otherwise: T) -> T:
    """What was asked for, or `otherwise` where something is away, building or slow."""
    try:
        async with asyncio.timeout(CHECK_SECONDS_MAX):
            return await asked
    except Exception as error:
        if is_outage(error) or isinstance(error, ReadModelBuildingError):
            return otherwise
        raise


async def _in_time(finding: Awaitable[Finding]) -> Finding:
    try:
        async with asyncio.timeout(CHECK_SECONDS_MAX):
            return await finding
    except TimeoutError:
        return Finding(ok=False, reasons=(f"no answer within {CHECK_SECONDS_MAX:g} s",))
    except Exception as error:  # noqa: BLE001 - a check reports whatever keeps the thing away
        return Finding(ok=False, reasons=(f"unreachable: {type(error).__name__}",))
