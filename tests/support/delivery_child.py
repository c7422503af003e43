"""Runs the two services of `delivery.py` in a process that kills itself at a durable step.

    python -m tests.support.delivery_child FOLDER POINT NTH PARCELS

POINT is a name of POINTS, or `never`; the process dies by SIGKILL when the point is passed for the NTH time.
It sends PARCELS parcels, each under an idempotency key of its own that is the same in every run, prints
`ack <number>` for each acknowledged one, and ends when all has been taken. Where the point is one of a
rebuild, it rebuilds both read models in between.
"""

import asyncio
import inspect
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from shared.bus.inprocess import InProcessBus
from shared.eventstore.sqlite import SqliteEventStore
from shared.host.commands import Caller, Executor
from shared.host.generation import Generation
from shared.host.ids import derive_id
from shared.host.state import State
from shared.host.transactions import SqliteTransactions
from tests.support.delivery import (
    PARCEL,
    Faults,
    Mark,
    Send,
    depot_service,
    parcels_service,
    running,
)

KEYS: Final = UUID("0190aa00-0000-7000-8000-000000000000")

POINTS: Final[dict[str, tuple[type[Any], str, str]]] = {
    "appended, not answered": (SqliteEventStore, "append", "after"),
    "not published": (InProcessBus, "publish", "before"),
    "published, checkpoint not moved": (InProcessBus, "publish", "after"),
    "checkpoint not moved": (State, "move", "before"),
    "checkpoint moved": (State, "move", "after"),
    "rows not written": (Generation, "apply", "before"),
    "rows written, not committed": (SqliteTransactions, "_execute", "after"),
    "rows committed, not reacted to": (Generation, "apply", "after"),
    "generation noted, not made": (State, "put_generation", "after"),
    "generation made, empty": (Generation, "make", "after"),
    "generation built, not switched to": (State, "make_current", "before"),
    "generation switched to, old one there": (State, "make_current", "after"),
}

REBUILDING: Final = "generation"
"""How the points of a rebuild begin."""


def arm(point: str, nth: int) -> None:
    """Die when `point` is passed for the nth time."""
    owner, name, moment = POINTS[point]
    method: Callable[..., Any] = getattr(owner, name)
    passed = 0

    def maybe_die(now: str) -> None:
        nonlocal passed
        if now == moment:
            passed += 1
            if passed == nth:
                sys.stdout.flush()
                os.kill(os.getpid(), signal.SIGKILL)

    async def watched(*args: object, **kwargs: object) -> object:
        maybe_die("before")
        result: object = await method(*args, **kwargs)
        maybe_die("after")
        return result

    def watched_in_thread(*args: object, **kwargs: object) -> object:
        maybe_die("before")
        result: object = method(*args, **kwargs)
        maybe_die("after")
        return result

    armed = watched if inspect.iscoroutinefunction(method) else watched_in_thread
    setattr(owner, name, staticmethod(armed) if name == "make" else armed)


def keyed(*parts: str) -> Caller:
    key = derive_id(KEYS, *parts)
    return Caller(actor="someone", organization=None, cause=key, correlation=key, trace="")


async def send_all(executor: Executor, parcels: int) -> None:
    for number in range(parcels):
        send = Send(to=f"T{number % 3}", weight=number)
        await executor.execute(PARCEL, str(number), send, caller=keyed("send", str(number)))
        await executor.execute(
            PARCEL, str(number), Mark(note="fragile"), caller=keyed("mark", str(number))
        )
        sys.stdout.write(f"ack {number}\n")
        sys.stdout.flush()


async def main(folder: Path, point: str, nth: int, parcels: int) -> None:
    # Elsewhere a rebuild would mend rows that a crash had spoilt.
    rebuilds = point.startswith(REBUILDING)
    if point != "never":
        arm(point, nth)
    store, bus = await SqliteEventStore.open(folder / "log.db"), InProcessBus()
    url = f"sqlite:///{folder}"
    async with (
        running(parcels_service(), store, bus, url) as sender,
        running(depot_service(Faults()), store, bus, url) as depot,
    ):
        sending = asyncio.create_task(send_all(sender.executor, parcels))
        await sender.caught_up()
        if rebuilds:
            await sender.worker.rebuild(lambda _: None)
        await sending
        await depot.caught_up()
        if rebuilds:
            await depot.worker.rebuild(lambda _: None)
        await sender.caught_up()
        await depot.caught_up()
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
