"""Counts the figures of a report in SQL. A figure and the list behind it have one condition, so they agree.

All of it is bounded by a position: a figure that was counted at one leads to the same events later.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final, Literal

import msgspec
from sqlalchemy import (
    ColumnElement,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.selectable import FromClause

from services.notification.domain.period import Period
from services.notification.domain.report_figures import FIGURES, Fact, Figure
from services.notification.readmodel import cases
from services.notification.report_rows import report_facts, report_models, report_rules
from services.notification.report_scope import Scope
from shared.host.lists import Statement, into

Window = Literal["value", "before", "cumulative"]
"""The period; the one before; from the beginning of the record to the period's end."""

Axis = Literal["field", "kind", "category", "holder", "committee", "deciding_body"]
"""What counts are grouped by in SQL; place, line and level follow from the bodies, on the graph of the day."""

_F: Final = report_facts
_M: Final = report_models
_FLOWS: Final = tuple({fact for one in FIGURES if not one.at_end for fact in one.facts})
_HELD: Final = tuple({fact for one in FIGURES if one.until for fact in one.facts})
_FALLEN: Final = tuple({fact for one in FIGURES for fact in one.until})
_FACTS: Final[FromClause] = _F.outerjoin(cases, cases.c.dependent == _F.c.subject).join(
    _M, _M.c.model_id == func.coalesce(_F.c.model_id, cases.c.model)
)


class Counting(msgspec.Struct, frozen=True, kw_only=True):
    """What is counted: the period, the day for which states are asked, the position to look up to, and the
    intervals after which a model is quiet, in days.
    """

    period: Period
    today: date
    position: int
    quiet_days: tuple[int, ...]

    def end(self, window: Window) -> date:
        """The day on which a state holds: the period's last, today where it is still running."""
        return self.period.before.last if window == "before" else min(self.period.last, self.today)

    def days(self, window: Window) -> tuple[date | None, date]:
        """The first and last day of what happened; cumulative figures have no first."""
        period = self.period.before if window == "before" else self.period
        return (None if window == "cumulative" else period.first), period.last


class Count(msgspec.Struct, frozen=True):
    """How often a fact counts in a group."""

    fact: Fact
    axis: Axis
    key: str
    value: int
    before: int
    cumulative: int


async def position_of(read: AsyncConnection) -> int:
    """The position of the last event that any figure counts, as far as the read model has come."""
    return (await read.execute(select(func.max(_F.c.position)))).scalar() or 0


async def quiet_days_of(read: AsyncConnection) -> tuple[int, ...]:
    """The intervals in use after which a model is quiet."""
    found = await read.execute(select(report_rules.c.quiet_after_days).distinct())
    return tuple(sorted(found.scalars()))


async def count(read: AsyncConnection, scope: Scope, counting: Counting) -> list[Count]:
    """Every figure's facts, counted along every axis."""
    period, before = counting.period, counting.period.before
    day = _F.c.day
    flows = _grouped(
        scope,
        and_(_F.c.fact.in_(_FLOWS), _up_to(counting.period.last, counting), _first()),
        day >= period.first.isoformat(),
        and_(day >= before.first.isoformat(), day <= before.last.isoformat()),
    )
    make = into(Count)
    found = [make(row) for row in (await read.execute(flows)).all()]
    windows: tuple[Window, ...] = ("value", "before")
    for window in windows:
        on, shown = counting.end(window), (true(), false())
        for condition in (_held(_HELD, on, counting), _quiet(on, counting)):
            statement = _grouped(scope, condition, *(shown if window == "value" else shown[::-1]))
            rows = (await read.execute(statement)).all()
            # What holds on a day is not added up over time.
            found += [msgspec.structs.replace(make(row), cumulative=0) for row in rows]
    return found


def entries(scope: Scope, counting: Counting, figure: Figure, window: Window) -> Statement:
    """The facts that a figure counts in a window, each with its event and model."""
    return (
        select(
            _F.c.event_id,
            _F.c.fact,
            _F.c.day,
            _F.c.position,
            _M.c.model_id,
            _M.c.name,
        )
        .select_from(_FACTS)
        .where(scope.inside, _condition(figure, window, counting))
    )


def _condition(figure: Figure, window: Window, counting: Counting) -> ColumnElement[bool]:
    if not figure.at_end:
        first, last = counting.days(window)
        since = () if first is None else (_F.c.day >= first.isoformat(),)
        return and_(_F.c.fact.in_(figure.facts), _up_to(last, counting), _first(), *since)
    if figure.until:
        return _held(figure.facts, counting.end(window), counting)
    return _quiet(counting.end(window), counting)


def _up_to(last: date, counting: Counting) -> ColumnElement[bool]:
    return and_(_F.c.day <= last.isoformat(), _F.c.position <= counting.position)


def _first() -> ColumnElement[bool]:
    """The first event of the same thing alone counts: a model returned and registered again is one."""
    earlier = _F.alias()
    return ~exists(
        select(literal(1))
        .select_from(earlier)
        .where(
            earlier.c.subject == _F.c.subject,
            earlier.c.fact == _F.c.fact,
            earlier.c.position < _F.c.position,
        )
        .correlate(_F)
    )


def _last(among: Sequence[Fact], on: date, counting: Counting) -> ColumnElement[bool]:
    """Nothing of `among` followed for the same thing until the day."""
    later = _F.alias()
    return ~exists(
        select(literal(1))
        .select_from(later)
        .where(
            later.c.subject == _F.c.subject,
            later.c.fact.in_(among),
            later.c.position > _F.c.position,
            later.c.position <= counting.position,
            later.c.day <= on.isoformat(),
        )
        .correlate(_F)
    )


def _held(facts: Sequence[Fact], on: date, counting: Counting) -> ColumnElement[bool]:
    return and_(_F.c.fact.in_(facts), _up_to(on, counting), _last((*_HELD, *_FALLEN), on, counting))


def _quiet(on: date, counting: Counting) -> ColumnElement[bool]:
    """Running, last heard of longer ago than its rule set allows, and without the results of that year."""
    results = _F.alias()
    reported = exists(
        select(literal(1))
        .select_from(results)
        .where(
            results.c.subject == _F.c.subject.concat(f"/{on.year}"),
            results.c.fact.in_(("reported_in_time", "reported_late")),
            results.c.position <= counting.position,
            results.c.day <= on.isoformat(),
        )
        .correlate(_F)
    )
    return and_(
        _F.c.fact == "heard",
        _up_to(on, counting),
        _silent(on, counting),
        _last(("heard",), on, counting),
        _runs(on, counting),
        ~reported,
    )


def _runs(on: date, counting: Counting) -> ColumnElement[bool]:
    """Whether the model of a fact runs at the end of a day: nothing made it rest since it last ran."""
    state, gone = _F.alias(), _F.alias()
    rested = exists(
        select(literal(1))
        .select_from(gone)
        .where(
            gone.c.subject == state.c.subject,
            gone.c.fact.in_(("runs", "rests")),
            gone.c.position > state.c.position,
            gone.c.position <= counting.position,
            gone.c.day <= on.isoformat(),
        )
        .correlate(state)
    )
    return exists(
        select(literal(1))
        .select_from(state)
        .where(
            state.c.subject == _F.c.subject,
            state.c.fact == "runs",
            state.c.position <= counting.position,
            state.c.day <= on.isoformat(),
            ~rested,
        )
        .correlate(_F)
    )


def _silent(on: date, counting: Counting) -> ColumnElement[bool]:
    """Whether a fact lies further back than the model's rule set allows. Dates are text that no database
    counts with: each interval in use has its own condition.
    """
    intervals = (
        and_(
            _F.c.day < (on - timedelta(days=days)).isoformat(),
            exists(
                select(literal(1))
                .select_from(report_rules)
                .where(
                    report_rules.c.rule_set == _M.c.rule_set,
                    report_rules.c.version == _M.c.rule_set_version,
                    report_rules.c.quiet_after_days == days,
                )
                .correlate(_M)
            ),
        )
        for days in counting.quiet_days
    )
    return or_(false(), *intervals)


def _grouped(
    scope: Scope,
    condition: ColumnElement[bool],
    in_period: ColumnElement[bool],
    in_before: ColumnElement[bool],
) -> Statement:
    """Counts along every axis at once: what is counted is found once."""
    axes: dict[Axis, ColumnElement[str]] = {
        "field": _M.c.field,
        "kind": _M.c.holder_kind,
        "category": _M.c.category,
        "holder": scope.holder.column,
        "committee": scope.committee.column,
        "deciding_body": scope.deciding_body.column,
    }
    counted = (
        select(
            _F.c.fact,
            *(column.label(axis) for axis, column in axes.items()),
            case((in_period, 1), else_=0).label("in_period"),
            case((in_before, 1), else_=0).label("in_before"),
        )
        .select_from(_FACTS)
        .where(scope.inside, condition)
        .cte("counted")
    )
    c = counted.c
    parts = [
        select(
            c.fact,
            literal(axis).label("axis"),
            c[axis].label("key"),
            func.sum(c.in_period).label("value"),
            func.sum(c.in_before).label("before"),
            func.count().label("cumulative"),
        ).group_by(c.fact, c[axis])
        for axis in axes
    ]
    together = union_all(*parts).subquery()
    return select(
        together.c.fact,
        together.c.axis,
        together.c.key,
        together.c.value,
        together.c.before,
        together.c.cumulative,
    )
