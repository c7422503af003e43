"""Which version of which rule set a new registration falls under. Later it stays under that one."""

from datetime import date
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.readmodel import rule_sets
from shared.contracts.adopted import AdoptedVersion, in_force
from shared.contracts.values import OrganizationId, RuleSetId
from shared.domain.refusal import Refusal

VERSIONS_MAX: Final = 300
"""Versions of one body that are looked at, the latest effective first; a year has one or two."""

PARENTS_MAX: Final = 8
"""Rule sets above a body's own; a longer line is a mistake."""

RULE_SET_MISSING: Final = Refusal(
    "rule-set-missing",
    vi="Chưa nhận được bộ quy định của phong trào. Hãy thử lại sau ít phút, hoặc kiểm tra mã bộ quy định.",
    en="The movement's rule set has not arrived here. Try again in a moment, or check its id.",
    clause="IV.1",
)
NO_RULES_IN_FORCE: Final = Refusal(
    "rule-set-not-in-force",
    vi="Ngày {on} bộ quy định của phong trào chưa có hoặc không còn hiệu lực. Hãy đề nghị cơ quan phát động ban "
    "hành bộ quy định mới.",
    en="On {on} the movement's rule set does not hold yet or no longer. Ask the launching body to adopt one.",
    clause="IV.1",
)


class RulesInForce(msgspec.Struct, frozen=True, kw_only=True):
    """The version a registration is stamped with, and the events that make it so."""

    rule_set: RuleSetId
    version: int
    cites: tuple[UUID, ...]


async def rules_in_force(
    read: AsyncConnection,
    rule_set: RuleSetId,
    launched_version: int,
    deciding_body: OrganizationId,
    on: date,
) -> RulesInForce:
    """The rule set that holds on a day for a movement launched under `launched_version` of `rule_set`.

    It is the deciding body's own where that one builds on the movement's (clause IV.1), else what holds of
    the body that adopted the movement's. Raises RefusedError.
    """
    launched = await _row(read, str(rule_set), launched_version)
    if launched is None:
        raise RULE_SET_MISSING()
    movements = await _held_by(read, launched.adopted_by, on)
    if movements is None or (
        movements.rule_set == str(rule_set) and movements.version < launched_version
    ):
        raise NO_RULES_IN_FORCE(on=on.isoformat())
    if launched.adopted_by != str(deciding_body):
        own = await _held_by(read, str(deciding_body), on)
        if own is not None and await _builds_on(read, own, launched.adopted_by):
            return _found(own, movements)
    return _found(movements)


def _found(stamp: Row[Any], *others: Row[Any]) -> RulesInForce:
    return RulesInForce(
        rule_set=RuleSetId(UUID(stamp.rule_set)),
        version=stamp.version,
        cites=tuple(UUID(row.event_id) for row in (stamp, *others)),
    )


async def _held_by(read: AsyncConnection, body: str, on: date) -> Row[Any] | None:
    statement = (
        select(rule_sets)
        .where(rule_sets.c.adopted_by == body)
        .order_by(rule_sets.c.effective_on.desc(), rule_sets.c.position.desc())
        .limit(VERSIONS_MAX)
    )
    rows = {_version(row): row for row in (await read.execute(statement)).all()}
    held = in_force(rows, on)
    return None if held is None else rows[held]


def _version(row: Row[Any]) -> AdoptedVersion:
    return msgspec.convert(
        {
            "document": row.rule_set,
            "version": row.version,
            "title": row.title,
            "effective_on": row.effective_on,
            "expires_on": row.expires_on,
            "replaces": row.replaces.split(),
        },
        AdoptedVersion,
    )


async def _builds_on(read: AsyncConnection, own: Row[Any], body: str) -> bool:
    """Whether what stands above `own`, however far up, is a rule set of `body`."""
    at: Row[Any] | None = own
    for _ in range(PARENTS_MAX):
        if at is None or at.parent is None:
            return False
        at = await _row(read, at.parent, at.parent_version)
        if at is not None and at.adopted_by == body:
            return True
    return False


async def _row(read: AsyncConnection, rule_set: str, version: int) -> Row[Any] | None:
    statement = select(rule_sets).where(
        rule_sets.c.rule_set == rule_set, rule_sets.c.version == version
    )
    return (await read.execute(statement)).one_or_none()
