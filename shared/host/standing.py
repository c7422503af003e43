"""In whose stead a person acts: delegations and offices handed over, honoured on their day.

Registration records them. Every service that takes commands follows them in its own read model
(`standing_tables`), so none asks another; what a token says is completed by what was recorded.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal
from uuid import UUID

from sqlalchemy import BigInteger, Column, Index, MetaData, String, Table, func, select

from shared.contracts.standing import DelegationEnded, DelegationGranted, OfficeHandedOver
from shared.host.authority import forbidden
from shared.host.copying import patches, puts
from shared.host.database import ServiceDatabase
from shared.host.policy import Actor, Role
from shared.host.service import Handler

KNOWN_SECONDS_MAX: Final = 1.0
"""How long what was read of the read model is acted on. What is granted is read at once when it is
asked for; what was ended or handed over holds no longer than this and the read model's lag."""

_ID: Final = 36
_ACCOUNT: Final = 200
_DATE: Final = 10


@dataclass(frozen=True)
class StandingTables:
    """The rows of a service's read model that say who acts for whom, and how they follow."""

    delegations: Table
    handovers: Table
    handlers: tuple[Handler, ...]


def standing_tables(metadata: MetaData) -> StandingTables:
    """Declare them in a service's read model; its `handlers` belong among the model's."""
    delegations = Table(
        "standing_delegations",
        metadata,
        Column("delegation_id", String(_ID), primary_key=True),
        Column("organization", String(_ID), nullable=False),
        Column("role", String(40), nullable=False),
        Column("delegate", String(_ACCOUNT), nullable=False),
        Column("valid_from", String(_DATE), nullable=False),
        Column("valid_until", String(_DATE), nullable=False),
        Column("ends_on", String(_DATE)),
        Column("event_id", String(_ID), nullable=False),
        Column("position", BigInteger, nullable=False),
        Index("standing_delegations_by_time", "valid_until"),
        Index("standing_delegations_by_position", "position"),
    )
    handovers = Table(
        "standing_handovers",
        metadata,
        Column("event_id", String(_ID), primary_key=True),
        Column("organization", String(_ID), nullable=False),
        Column("role", String(40), nullable=False),
        Column("predecessor", String(_ACCOUNT), nullable=False),
        Column("successor", String(_ACCOUNT), nullable=False),
        Column("effective_on", String(_DATE), nullable=False),
        Column("position", BigInteger, nullable=False),
        Index("standing_handovers_by_position", "position"),
    )
    handlers = (
        puts(DelegationGranted, delegations),
        patches(DelegationEnded, delegations, "ends_on", position=lambda r: r.stored.position),
        puts(OfficeHandedOver, handovers),
    )
    return StandingTables(delegations, handovers, handlers)


@dataclass(frozen=True, slots=True)
class _Standing:
    """What a person gained or lost: an office in a role of an organisation, from one day to another."""

    kind: Literal["delegated", "succeeded", "handed_over"]
    organization: UUID
    role: Role
    first: str
    last: str
    event_id: UUID


_LAST_DAY: Final = date.max.isoformat()

Known = Mapping[str, Sequence[_Standing]]
"""Standings by account; offices in the order in which they changed hands."""


class Standings:
    """Completes what tokens say; for one service of a process. Without tables it adds nothing."""

    def __init__(
        self,
        database: ServiceDatabase,
        tables: StandingTables | None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._tables = tables
        self._monotonic = monotonic
        self._turn = asyncio.Lock()
        self._known: Known = {}
        self._read_at = float("-inf")
        self._mark: tuple[int, int] | None = None

    async def complete(self, actor: Actor, acting_for: UUID | None, on: date) -> Actor:
        """`actor` with the roles it has on that day in the organisation it acts for: its own, unless
        `acting_for` names another. Offices handed over are gone, those taken over or delegated are there.

        Raises ForbiddenError where it has none in the other one, ReadModelBuildingError while nobody
        can tell.
        """
        if self._tables is None:
            if acting_for not in (None, actor.organization):
                raise forbidden()
            return actor
        known = await self._current(self._monotonic() - KNOWN_SECONDS_MAX)
        completed = _completed(actor, acting_for, on, known)
        if not completed.roles and acting_for is not None:
            known = await self._current(self._monotonic())
            completed = _completed(actor, acting_for, on, known)
            if not completed.roles:
                raise forbidden()
        return completed

    async def _current(self, not_before: float) -> Known:
        """What was read no earlier than `not_before`. One read serves all who wait."""
        if self._read_at < not_before:
            async with self._turn:
                if self._read_at < not_before:
                    began = self._monotonic()
                    await self._read()
                    self._read_at = began
        return self._known

    async def _read(self) -> None:
        assert self._tables is not None
        delegations, handovers = self._tables.delegations, self._tables.handovers
        marks = select(
            select(func.coalesce(func.max(delegations.c.position), 0)).scalar_subquery(),
            select(func.coalesce(func.max(handovers.c.position), 0)).scalar_subquery(),
        )
        async with self._database.reader() as connection:
            mark = (await connection.execute(marks)).one()
            if self._mark == tuple(mark):
                return
            delegated = (await connection.execute(select(delegations))).all()
            ordered = handovers.c.effective_on, handovers.c.position
            handed = (await connection.execute(select(handovers).order_by(*ordered))).all()
        known: dict[str, list[_Standing]] = defaultdict(list)
        for row in delegated:
            until = row.valid_until
            if row.ends_on is not None:
                until = min(until, _day_before(row.ends_on))
            known[row.delegate].append(
                _Standing(
                    "delegated",
                    UUID(row.organization),
                    Role(row.role),
                    row.valid_from,
                    until,
                    UUID(row.event_id),
                )
            )
        for row in handed:
            office = UUID(row.organization), Role(row.role), row.effective_on, _LAST_DAY
            event = UUID(row.event_id)
            known[row.predecessor].append(_Standing("handed_over", *office, event))
            known[row.successor].append(_Standing("succeeded", *office, event))
        self._known, self._mark = dict(known), (mark[0], mark[1])


def _completed(actor: Actor, acting_for: UUID | None, on: date, known: Known) -> Actor:
    organization = actor.organization if acting_for is None else acting_for
    own = actor.roles if organization == actor.organization else frozenset[Role]()
    entries = known.get(actor.subject, ())
    if not entries and organization == actor.organization:
        return actor
    day = on.isoformat()
    valid = [
        entry
        for entry in entries
        if entry.organization == organization and entry.first <= day <= entry.last
    ]
    # Of an office that came and went, the last change says whether the person holds it.
    last = {entry.role: entry for entry in valid if entry.kind != "delegated"}
    lost = {role for role, entry in last.items() if entry.kind == "handed_over"}
    gained = {role: entry.event_id for role, entry in last.items() if role not in lost}
    held = (own - lost) | gained.keys()
    lent = {
        entry.role: entry.event_id
        for entry in valid
        if entry.kind == "delegated" and entry.role not in held
    }
    return replace(
        actor,
        organization=organization,
        roles=held | lent.keys(),
        delegated=frozenset(lent),
        standing=tuple({**gained, **lent}.values()),
    )


def _day_before(day: str) -> str:
    return date.fromordinal(date.fromisoformat(day).toordinal() - 1).isoformat()
