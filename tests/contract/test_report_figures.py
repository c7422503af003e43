"""Periodic reports: whatever happened, every figure leads to as many events, parts and rows sum to it
(clause IV.2), on SQLite as on PostgreSQL.
"""

import asyncio
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.notification.domain.report_figures import DIMENSIONS, Dimension
from services.notification.report_counting import Report, report_of
from shared.contracts.notification import ReportLine
from shared.contracts.values import OrganizationId
from tests.support.counted import TODAY, asked_of, counted, holds_together, period_of
from tests.support.histories import (
    COMMISSION,
    EAST,
    HISTORIES,
    PROVINCE,
    UNION,
    WEST,
    History,
    ledger_of,
)
from tests.support.postgres import DatabaseUrl

# Each example makes its read model anew, in place of the one before.
ONE_PLACE = (HealthCheck.function_scoped_fixture,)


@settings(max_examples=6, deadline=None, suppress_health_check=ONE_PLACE)
@given(
    history=HISTORIES,
    merged=st.none() | st.integers(0, 20),
    body=st.sampled_from((PROVINCE, COMMISSION, EAST, WEST, UNION)),
    line=st.sampled_from(("all", "party", "vertical", "territory", "register")),
    period=st.sampled_from(("2026", "2026-H1", "2026-H2", "2026-05")),
    dimension=st.sampled_from(tuple(DIMENSIONS)),
)
def test_every_figure_has_its_events_and_parts_and_rows_sum_to_it(  # noqa: PLR0917 - each is another thing
    url: str,
    history: History,
    merged: int | None,
    body: OrganizationId,
    line: ReportLine,
    period: str,
    dimension: Dimension,
) -> None:
    async def check() -> None:
        async with counted(url, ledger_of(history, merged)) as read:
            await holds_together(read, asked_of(body, line, period_of(period)), dimension)

    asyncio.run(check())


@settings(max_examples=3, deadline=None, suppress_health_check=ONE_PLACE)
@given(history=HISTORIES, merged=st.none() | st.integers(0, 20))
def test_both_databases_tell_the_same_report(
    tmp_path: Path, postgres_url: DatabaseUrl, history: History, merged: int | None
) -> None:
    async def reports() -> list[Report]:
        found = []
        for url in (f"sqlite:///{tmp_path}", str(postgres_url)):
            async with counted(url, ledger_of(history, merged)) as read:
                found.append(await report_of(read, asked_of(), TODAY))
        return found

    on_sqlite, on_postgres = asyncio.run(reports())
    assert on_sqlite == on_postgres


@settings(max_examples=2, deadline=None, suppress_health_check=ONE_PLACE)
@given(history=HISTORIES)
def test_what_happened_in_the_months_adds_up_to_the_year_and_to_the_cumulative_figure(
    url: str, history: History
) -> None:
    async def check() -> None:
        async with counted(url, ledger_of(history)) as read:
            year = await report_of(read, asked_of(), TODAY)
            months = Counter[str]()
            for month in range(1, 13):
                asked = asked_of(period=period_of(f"2026-{month:02d}"))
                report = await report_of(read, asked, TODAY)
                months.update({row.figure: row.value for row in report.figures})
            for row in year.figures:
                if not row.at_end:
                    # The record begins in 2026.
                    assert months[row.figure] == row.value == row.cumulative, row.figure

    asyncio.run(check())
