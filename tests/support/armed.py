"""Runs `dvk` in a process that kills itself at durable steps of the services it serves.

    python -m tests.support.armed FILE serve …

FILE lists the faults that are still to come, as a `Plan` writes them. The process dies by SIGKILL at the first
of them it meets, and takes that one from the list before: what is left is for its next life.
"""

import contextvars
import inspect
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import msgspec

from dvk import cli
from services.notification.domain.notice import QueueNotice
from services.notification.mail import Conversation
from shared.bus.inprocess import InProcessBus
from shared.bus.rabbitmq import RabbitMqBus
from shared.eventstore.port import StoredEvent
from shared.eventstore.postgres import PostgresEventStore
from shared.eventstore.sqlite import SqliteEventStore
from shared.host import reactions, rebuild, relay
from shared.host.generation import Generation
from shared.host.reactions import Reactor
from shared.host.rebuild import OnProgress
from shared.host.state import State
from shared.host.vault import Vault
from shared.host.work import OwnWork
from shared.host.worker import Worker

REBUILD_EVENTS_MAX: Final = 64
"""Events in one transaction of a rebuild here, so that a short log, too, is more than one."""

HASTY_SERVICE: Final = "notification"

_rebuilding: Final = contextvars.ContextVar("rebuilding", default=False)
"""Whether it is a rebuild that a step is passed in, and not the first build of a read model."""


class Fault(msgspec.Struct, frozen=True):
    """The process dies when it passes `step` for the `nth` time of this life."""

    step: str
    nth: int = 1


# --- steps ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """Before or after a call of `method` on one of `owners` whose arguments `applies` holds for."""

    owners: tuple[type[Any], ...]
    method: str
    after: bool
    applies: Callable[[Sequence[Any]], bool] = lambda _: True


def _commands_of(service: str) -> Callable[[Sequence[Any]], bool]:
    """Commands that a service gives itself; of notification those of its reactions, not of the mail."""

    def applies(arguments: Sequence[Any]) -> bool:
        command = type(arguments[3])
        of_mail = service == "notification" and command is not QueueNotice
        return command.__module__.split(".")[1] == service and not of_mail

    return applies


def _named(checkpoint: str) -> Callable[[Sequence[Any]], bool]:
    return lambda arguments: arguments[1] == checkpoint


_STORES: Final = (SqliteEventStore, PostgresEventStore)
_BUSES: Final = (InProcessBus, RabbitMqBus)

REACTING: Final = MappingProxyType(
    {
        f"{name}: {moment}": Step((OwnWork,), "execute", after, _commands_of(name))
        for name in ("evaluation", "recognition", "notification")
        for moment, after in (("reacting, not appended", False), ("reacted, not noted", True))
    }
)
"""Inside a reaction, before and after its append."""

REBUILDING: Final = MappingProxyType(
    {
        f"rebuild: {name}": Step((owner,), method, after, lambda _: _rebuilding.get())
        for name, owner, method, after in (
            ("noted, not made", State, "put_generation", True),
            ("made, empty", Generation, "make", True),
            ("half built", Generation, "apply", True),
            ("built, not switched to", State, "make_current", False),
            ("switched to", State, "make_current", True),
        )
    }
)
"""While a service that serves is rebuilt."""

MAILING: Final = MappingProxyType(
    {
        "mail: not sent": Step((Conversation,), "send", after=False),
        "mail: taken, not recorded": Step((Conversation,), "send", after=True),
    }
)
STEPS: Final = MappingProxyType(
    {
        "command: appended, not answered": Step(_STORES, "append", after=True),
        "payload: kept, nothing appended": Step((Vault,), "keep", after=True),
        "relay: appended, not published": Step(_BUSES, "publish", after=False),
        "relay: published, not noted": Step(
            (State,), "move", after=False, applies=_named(relay.CHECKPOINT)
        ),
        "relay: noted": Step((State,), "move", after=True, applies=_named(relay.CHECKPOINT)),
        "rows: not committed": Step((Generation,), "apply", after=False),
        "rows: committed, not reacted to": Step((Generation,), "apply", after=True),
        **REACTING,
        "reactions: done, not noted": Step(
            (State,), "move", after=False, applies=_named(reactions.CHECKPOINT)
        ),
        "reactions: noted": Step(
            (State,), "move", after=True, applies=_named(reactions.CHECKPOINT)
        ),
        "schedule: appended": Step(
            (OwnWork,), "execute", after=True, applies=_commands_of("registration")
        ),
        **MAILING,
        **REBUILDING,
    }
)
"""Every durable step of the services, by name."""

HASTY: Final = "wrong on purpose: reactions noted before they are done"
"""Makes the reactor of HASTY_SERVICE a wrong one, and dies where that loses something."""


# --- plans ------------------------------------------------------------------------------------


@dataclass
class Plan:
    """The faults of one process over its lives: those of a stage in whatever order they are met, then
    those of the next stage. `deaths` counts what was met.
    """

    file: Path
    stages: Sequence[Collection[Fault]]
    stage: int = 0
    deaths: int = field(default=0, init=False)
    _known: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self._write(self.stages[0])

    def left(self) -> Sequence[Fault]:
        """What of this stage was not met yet."""
        return _read(self.file)

    @property
    def over(self) -> bool:
        """Whether everything was met."""
        return self.stage == len(self.stages) - 1 and not self.left()

    def take_death(self) -> bool:
        """The process has died: False where it was not by this plan. Prepares the next life."""
        left = self.left()
        if len(left) == self._known:
            return False
        self.deaths, self._known = self.deaths + 1, len(left)
        if not left and self.stage + 1 < len(self.stages):
            self.stage += 1
            self._write(self.stages[self.stage])
        return True

    def _write(self, faults: Collection[Fault]) -> None:
        self._known = len(faults)
        _write(self.file, faults)


def _write(file: Path, faults: Collection[Fault]) -> None:
    """All or nothing: another may kill the process that writes."""
    fresh = file.with_suffix(".new")
    fresh.write_bytes(msgspec.json.encode(list(faults)))
    fresh.replace(file)


def _read(file: Path) -> list[Fault]:
    return msgspec.json.decode(file.read_bytes(), type=list[Fault])


# --- the process ------------------------------------------------------------------------------


class Executioner:
    """Counts the steps that were passed, and kills this process when one is due."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.faults = _read(file)
        self._passed = dict.fromkeys((fault.step for fault in self.faults), 0)

    def passed(self, step: str) -> None:
        """Step by step towards the end."""
        self._passed[step] += 1
        due = Fault(step, self._passed[step])
        if due in self.faults:
            left = [fault for fault in self.faults if fault != due]
            _write(self._file, left)
            os.kill(os.getpid(), signal.SIGKILL)

    def arm(self) -> None:
        """Put itself in the way of every step of the list."""
        if not REBUILDING.keys().isdisjoint(self._passed):
            vars(rebuild)["BATCH_EVENTS_MAX"] = REBUILD_EVENTS_MAX
            _tell_rebuilding()
        for name in self._passed:
            if name == HASTY:
                self._arm_hasty()
            else:
                for owner in STEPS[name].owners:
                    self._watch(owner, name, STEPS[name])

    def _watch(self, owner: type[Any], name: str, step: Step) -> None:
        method: Callable[..., Awaitable[object]] = getattr(owner, step.method)

        async def watched(*arguments: object, **named: object) -> object:
            applies = step.applies(arguments)
            if applies and not step.after:
                self.passed(name)
            result = await method(*arguments, **named)
            if applies and step.after:
                self.passed(name)
            return result

        static = isinstance(inspect.getattr_static(owner, step.method), staticmethod)
        setattr(owner, step.method, staticmethod(watched) if static else watched)

    def _arm_hasty(self) -> None:
        """The mistake of a reactor that notes how far it is first, and does its work then."""
        react = Reactor.react

        async def hasty(
            reactor: Reactor,
            events: Sequence[StoredEvent],
            through: int,
            stands_still: frozenset[str],
        ) -> None:
            mine = reactor._tools.service.name == HASTY_SERVICE
            new = [event for event in events if event.position > reactor.position]
            if mine and any(reactor._codec.recorded(event) for event in new):
                await reactor._keep(through, ())
                self.passed(HASTY)
            await react(reactor, events, through, stands_still)

        Reactor.react = hasty  # type: ignore[assignment,method-assign] # the mistake


def _tell_rebuilding() -> None:
    """Let steps know what is done for a rebuild."""
    rebuilding = Worker.rebuild

    async def telling(worker: Worker, on_progress: OnProgress) -> None:
        token = _rebuilding.set(True)
        try:
            await rebuilding(worker, on_progress)
        finally:
            _rebuilding.reset(token)

    Worker.rebuild = telling  # type: ignore[assignment,method-assign] # the same, told


def main() -> None:
    """See the module."""
    Executioner(Path(sys.argv[1])).arm()
    sys.argv = ["dvk", *sys.argv[2:]]
    cli.main()


if __name__ == "__main__":
    main()
