"""Issuing a periodic report (clause IV.2)."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
import typer.main
from hypothesis import given
from hypothesis import strategies as st

from dvk.cli import application
from services.notification.domain.period import Period, parse, period_of
from services.notification.domain.report import ISSUED_BEFORE, REPORT, IssueReport
from services.notification.report_api import IssueReportForm
from shared.contracts.notification import IssuedFigure, PeriodicReportIssued
from shared.domain.refusal import RefusedError
from tests.support.specification import specification
from tests.support.story import COMMITTEE, OFFICE

ID = UUID("018f0000-0000-7000-8000-0000000000e1")
ISSUE = IssueReport(
    at=datetime(2026, 7, 1, tzinfo=UTC),
    report_id=ID,
    body=COMMITTEE,
    issued_by=OFFICE,
    overseers=(OFFICE,),
    line="all",
    first=date(2026, 1, 1),
    last=date(2026, 6, 30),
    title="Báo cáo 6 tháng đầu năm 2026",
    figures=(IssuedFigure(figure="registered", value=2, before=1, cumulative=3),),
    position=77,
    sha256="ab" * 32,
)


def issued(issue: int = 1, reason: str | None = None) -> PeriodicReportIssued:
    return PeriodicReportIssued(
        report_id=ID,
        issue=issue,
        body=COMMITTEE,
        issued_by=OFFICE,
        line="all",
        first=ISSUE.first,
        last=ISSUE.last,
        title=ISSUE.title,
        figures=ISSUE.figures,
        position=77,
        sha256=ISSUE.sha256,
        reason=reason,
    )


SPEC = specification(REPORT)


def test_a_report_is_issued_with_its_figures() -> None:
    SPEC.given().when(ISSUE).then(issued())


def test_to_issue_it_again_takes_a_reason() -> None:
    SPEC.given(issued()).when(ISSUE).then_refused(ISSUED_BEFORE)
    again = msgspec.structs.replace(ISSUE, reason="Bổ sung số liệu")
    SPEC.given(issued()).when(again).then(issued(2, "Bổ sung số liệu"))


@pytest.mark.parametrize("code", ["2026", "2026-H1", "2026-H2", "2026-01", "2026-12", "2024-02"])
def test_a_period_is_called_what_it_is(code: str) -> None:
    found = parse(code)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize(
    "code,before",
    [("2026", "2025"), ("2026-H1", "2025-H2"), ("2026-H2", "2026-H1"), ("2026-01", "2025-12")],
)
def test_before_a_period_lies_one_of_its_kind(code: str, before: str) -> None:
    assert period_of(code, None, None).before.code == before


@given(first=st.dates(date(1990, 1, 1), date(2090, 1, 1)), days=st.integers(0, 3_000))
def test_the_period_before_always_ends_on_the_day_before_it_begins(first: date, days: int) -> None:
    last = date.fromordinal(first.toordinal() + days)
    period = period_of(None, first, last)
    assert period.before.last.toordinal() == first.toordinal() - 1


@pytest.mark.parametrize(
    "code,first,last",
    [
        (None, None, None),
        ("2026", date(2026, 1, 1), None),
        (None, date(2026, 1, 1), None),
        ("2026-13", None, None),
        (None, date(2026, 1, 2), date(2026, 1, 1)),
        (None, date(2000, 1, 1), date(2026, 1, 1)),
    ],
)
def test_what_says_no_one_period_is_refused(
    code: str | None, first: date | None, last: date | None
) -> None:
    with pytest.raises(RefusedError) as caught:
        period_of(code, first, last)
    assert caught.value.refusal.clause == "IV.2"


def test_a_period_in_words() -> None:
    assert Period(first=date(2026, 1, 1), last=date(2026, 6, 30)).vi == "6 tháng đầu năm 2026"
    assert (
        Period(first=date(2026, 1, 5), last=date(2026, 1, 6)).vi == "từ 05/01/2026 đến 06/01/2026"
    )


def test_what_the_how_to_sends_and_runs_is_understood() -> None:
    page = (Path(__file__).parents[5] / "docs" / "how-to" / "reports.md").read_text()
    (body,) = re.findall(r"`(\{.*\})`", page)
    form = msgspec.json.decode(body.replace("BODY", str(COMMITTEE)), type=IssueReportForm)
    assert period_of(form.period, form.first, form.until).code == "2026-H1"
    said = set(re.findall(r"--[a-z]+", page))
    command = typer.main.get_group(application()).commands["report"]
    assert said <= {flag for option in command.params for flag in option.opts}
