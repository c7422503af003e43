"""What the host hands to reactions and schedules: commands under the service's own name."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from shared.contracts.values import Forgettable
from shared.domain.decider import Decider, Request
from shared.host.clock import Clock
from shared.host.commands import Caller, Executor
from shared.host.ids import derive_id
from shared.host.service import Loaded, Outcome
from shared.host.vault import Vault

S = TypeVar("S")
C = TypeVar("C", bound=Request)


class OwnWork:
    """Implements service.Work for one event or one run of a schedule.

    Commands have the event as their cause. Event ids derive from cause, stream and index, so a second
    command on the same stream has a cause of its own, which follows from the first and its number.
    """

    def __init__(
        self, executor: Executor, vault: Vault, clock: Clock, read: AsyncConnection, caller: Caller
    ) -> None:
        self._executor = executor
        self._vault = vault
        # One instant for the whole run: midnight must not pass between what is due and what is said of it.
        self._now = clock.now()
        self._read = read
        self._caller = caller
        self._commands: Counter[str] = Counter()

    @property
    def now(self) -> datetime:
        """See Work.now."""
        return self._now

    @property
    def read(self) -> AsyncConnection:
        """See Work.read."""
        return self._read

    async def load(self, decider: Decider[S, Any, Any], aggregate_id: UUID | str) -> Loaded[S]:
        """See Work.load."""
        return await self._executor.load(decider, aggregate_id)

    async def execute(
        self,
        decider: Decider[S, C, Any],
        aggregate_id: UUID | str,
        command: C,
        *,
        cites: Collection[UUID] = (),
        rules: str | None = None,
    ) -> Outcome:
        """See Work.execute."""
        stream = f"{decider.category}-{aggregate_id}"
        caller = self._caller
        number = self._commands[stream]
        self._commands[stream] += 1
        if number > 0:
            cause = derive_id(caller.cause, stream, "command", str(number))
            caller = Caller(
                caller.actor, caller.organization, cause, caller.correlation, caller.trace
            )
        return await self._executor.execute(
            decider, aggregate_id, command, caller=caller, cites=cites, rules=rules
        )

    async def keep(self, name: str, content: bytes) -> Forgettable:
        """See Work.keep."""
        return await self._vault.keep(self._caller.cause, name, content)

    async def reveal(self, reference: Forgettable) -> bytes | None:
        """See Work.reveal."""
        return await self._vault.reveal(reference)

    async def erase(self, payload: UUID) -> bool:
        """See Work.erase."""
        return await self._vault.erase(payload)

    async def erase_file(self, sha256: str) -> bool:
        """See Work.erase_file."""
        return await self._vault.erase_file(sha256)

    def derive(self, *parts: str) -> UUID:
        """See Work.derive."""
        return derive_id(self._caller.cause, *parts)
