"""The HTTP API of periodic reports: their figures, and issuing them (clause IV.2)."""

import asyncio
from datetime import date
from typing import Final

import msgspec

from services.notification import report_queries as reports
from services.notification.domain.period import period_of
from services.notification.domain.report import REPORT, IssueReport
from services.notification.report_counting import Asked, Report, report_of
from services.notification.report_scope import overseers_of
from services.notification.report_xlsx import MEDIA_TYPE, workbook
from shared.contracts.notification import ReportLine
from shared.contracts.values import OrganizationId, Text
from shared.domain.decider import Request
from shared.domain.time import legal_date
from shared.host.files import hash_of
from shared.host.ids import derive_id
from shared.host.service import Api, Call, Download, NotFoundError, Outcome, Page, Query

_TAG: Final = "reports"
_TITLE_CHARACTERS: Final = 200


class IssueReportForm(Request, frozen=True, kw_only=True):
    """Whose report of which period: `period` (2026, 2026-H1, 2026-06), or `from` and `until`. `reason` is needed
    where it was issued before.
    """

    body: OrganizationId
    line: ReportLine = "all"
    period: reports.Code | None = None
    first: date | None = msgspec.field(name="from", default=None)
    until: date | None = None
    reason: Text | None = None


def canonical(report: Report) -> bytes:
    """The bytes that are hashed: JSON in UTF-8, names in order, nothing between."""
    return msgspec.json.encode(report, order="sorted")


async def issue_report(call: Call[IssueReportForm]) -> Outcome:
    """Issue the report of a body and period: its figures as they are now stand in the record, the whole report
    beside it under its hash (clause IV.2).
    """
    form, today = call.body, legal_date(call.now)
    if call.actor.organization is None:
        raise NotFoundError("organization")
    asked = Asked(
        body=form.body, line=form.line, period=period_of(form.period, form.first, form.until)
    )
    report = await report_of(call.read, asked, today)
    content = canonical(report)
    period = report.period
    report_id = derive_id(form.body, "report", form.line, str(period.first), str(period.last))
    overseers = await overseers_of(call.read, form.body, today)
    command = IssueReport(
        at=call.now,
        report_id=report_id,
        body=form.body,
        issued_by=OrganizationId(call.actor.organization),
        overseers=(form.body, *overseers),
        line=form.line,
        first=period.first,
        last=period.last,
        title=f"Báo cáo {period.vi}: {report.body_name}"[:_TITLE_CHARACTERS],
        figures=reports.figures_of(report),
        position=report.position,
        sha256=hash_of(content),
        reason=form.reason,
    )
    await call.permit(REPORT, report_id, command)
    # A crash after this leaves a file that no event names.
    await call.files.put(content)
    return await call.execute(REPORT, report_id, command)


async def get_report_workbook(query: Query[reports.AskReport]) -> Download:
    """The same figures as a workbook for spreadsheets (XLSX), a sheet for each breakdown."""
    report = await reports.get_report(query)
    content = await asyncio.to_thread(workbook, report)
    name = f"bao-cao-{report.period.code.replace('/', '-')}.xlsx"
    return Download(content=content, media_type=MEDIA_TYPE, name=name)


def routes(api: Api) -> None:
    """Declare the routes of periodic reports."""
    api.read(
        "/reports",
        reports.AskReport,
        reports.get_report,
        answer=Report,
        tag=_TAG,
        refuses=True,
    )
    api.read(
        "/reports/xlsx",
        reports.AskReport,
        get_report_workbook,
        answer=Download,
        tag=_TAG,
        refuses=True,
    )
    api.read(
        "/reports/entries",
        reports.AskEntries,
        reports.list_report_entries,
        answer=Page[reports.EntryRow],
        tag=_TAG,
        refuses=True,
    )
    api.write(
        "/issued-reports",
        IssueReportForm,
        issue_report,
        command=IssueReport,
        tag=_TAG,
        creates=True,
    )
    api.read(
        "/issued-reports",
        reports.ListIssued,
        reports.list_issued_reports,
        answer=Page[reports.IssuedRow],
        tag=_TAG,
    )
    api.read(
        "/issued-reports/{report_id}",
        reports.NoParameters,
        reports.get_issued_report,
        answer=reports.IssuedView,
        tag=_TAG,
    )
    api.read(
        "/issued-reports/{report_id}/content",
        reports.NoParameters,
        reports.get_issued_content,
        answer=Download,
        tag=_TAG,
    )
