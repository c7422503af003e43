"""Counts the figures of a report in SQL. A figure and the list behind it have one condition, so they agree.

All of it is bounded by a position: a figure that was counted at one leads to the same events later.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final, Literal, get_args

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
from services.notification.domain.report_figures import BY_NAME, FIGURES, Fact, Figure
from services.notification.readmodel import cases
from services.notification.report_rows import report_facts, report_models
from services.notification.report_scope import Scope
from shared.host.lists import Statement, into

Window = Literal["value", "before", "cumulative"]
"""The period; the one before; from the beginning of the record to the period's end."""

Axis = Literal["field", "sub_field", "kind", "category", "holder", "committee", "deciding_body"]
"""What counts are grouped by in SQL; place, line and level follow from the bodies, on the graph of the day."""

AXES: Final[tuple[Axis, ...]] = get_args(Axis)

_F: Final = report_facts
_M: Final = report_models
_FLOWS: Final = tuple({fact for one in FIGURES if not one.at_end for fact in one.facts})
_TAKE_BACK: Final = tuple({fact for one in FIGURES for fact in one.taken_back_by})
_STATES: Final = tuple(one for one in FIGURES if one.at_end and one.part_of is None)
_FACTS: Final[FromClause] = _F.outerjoin(cases, cases.c.dependent == _F.c.subject).join(
    _M, _M.c.model_id == func.coalesce(_F.c.model_id, cases.c.model)
)


class Counting(msgspec.Struct, frozen=True, kw_only=True):
    """What is counted: the period, the day for which states are asked, and the position to look up to."""

    period: Period
    today: date
    position: int

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


async def count(read: AsyncConnection, scope: Scope, counting: Counting) -> list[Count]:
    """Every figure's facts, counted along every axis."""
    period, before = counting.period, counting.period.before
    day = _F.c.day
    flows = _grouped(
        scope,
        _happened(_FLOWS, counting.period.last, counting),
        day >= period.first.isoformat(),
        and_(day >= before.first.isoformat(), day <= before.last.isoformat()),
    )
    make = into(Count)
    found = [make(row) for row in (await read.execute(flows)).all()]
    windows: tuple[Window, ...] = ("value", "before")
    for window in windows:
        on, shown = counting.end(window), (true(), false())
        held = or_(*(_held(state, on, counting) for state in _STATES))
        statement = _grouped(scope, held, *(shown if window == "value" else shown[::-1]))
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
        return and_(_happened(figure.facts, last, counting), *since)
    return _held(figure, counting.end(window), counting)


def _up_to(last: date, counting: Counting) -> ColumnElement[bool]:
    return and_(_F.c.day <= last.isoformat(), _F.c.position <= counting.position)


def _happened(facts: Sequence[Fact], last: date, counting: Counting) -> ColumnElement[bool]:
    """The first event of the same thing alone counts: a model returned and registered again is one. What was
    taken back since, at whatever time, is as though it had not been.
    """
    earlier = _F.alias()
    first = ~exists(
        select(literal(1))
        .select_from(earlier)
        .where(
            earlier.c.subject == _F.c.subject,
            earlier.c.fact == _F.c.fact,
            earlier.c.position < _F.c.position,
            _stands(earlier, counting),
        )
        .correlate(_F)
    )
    return and_(_F.c.fact.in_(facts), _up_to(last, counting), _stands(_F, counting), first)


def _stands(fact: FromClause, counting: Counting) -> ColumnElement[bool]:
    """Nothing took the fact back up to the position that is counted at."""
    later = _F.alias()
    return ~exists(
        select(literal(1))
        .select_from(later)
        .where(
            later.c.finding == fact.c.finding,
            later.c.fact.in_(_TAKE_BACK),
            later.c.position > fact.c.position,
            later.c.position <= counting.position,
        )
        .correlate(fact)
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


def _held(figure: Figure, on: date, counting: Counting) -> ColumnElement[bool]:
    """What the figure counts is so at the end of a day: nothing that is said of the same thing followed."""
    whole = figure if figure.part_of is None else BY_NAME[figure.part_of]
    said = (*whole.facts, *whole.until)
    return and_(_F.c.fact.in_(figure.facts), _up_to(on, counting), _last(said, on, counting))


def axis_column(axis: Axis, scope: Scope) -> ColumnElement[str]:
    """What is grouped by along an axis. A sub-field is told from the same of another field by that field."""
    match axis:
        case "field":
            return _M.c.field
        case "sub_field":
            return _M.c.field.concat("/").concat(func.coalesce(_M.c.sub_field, ""))
        case "kind":
            return _M.c.holder_kind
        case "category":
            return _M.c.category
        case "holder":
            return scope.holder.column
        case "committee":
            return scope.committee.column
        case "deciding_body":
            return scope.deciding_body.column


def _grouped(
    scope: Scope,
    condition: ColumnElement[bool],
    in_period: ColumnElement[bool],
    in_before: ColumnElement[bool],
) -> Statement:
    """Counts along every axis at once: what is counted is found once."""
    axes = {axis: axis_column(axis, scope) for axis in AXES}
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
