"""The HTTP API of periodic reports (clause IV.2)."""

import asyncio
from typing import Final

from services.notification import report_queries as reports
from services.notification.report_counting import Report
from services.notification.report_xlsx import MEDIA_TYPE, workbook
from shared.host.service import Api, Download, Page, Query

_TAG: Final = "reports"


async def get_report_workbook(query: Query[reports.AskReport]) -> Download:
    """The same figures as a workbook for spreadsheets (XLSX), a sheet for each breakdown."""
    report = await reports.get_report(query)
    content = await asyncio.to_thread(workbook, report)
    name = f"bao-cao-{report.period.code.replace('/', '-')}.xlsx"
    return Download(content=content, media_type=MEDIA_TYPE, name=name)


def routes(api: Api) -> None:
    """Declare the routes of periodic reports."""
    api.read("/reports", reports.AskReport, reports.get_report, answer=Report, tag=_TAG)
    api.read("/reports/xlsx", reports.AskReport, get_report_workbook, answer=Download, tag=_TAG)
    api.read(
        "/reports/entries",
        reports.AskEntries,
        reports.list_report_entries,
        answer=Page[reports.EntryRow],
        tag=_TAG,
    )
