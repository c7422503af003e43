"""The HTTP API of periodic reports (clause IV.2)."""

from typing import Final

from services.notification import report_queries as reports
from services.notification.report_counting import Report
from shared.host.service import Api, Page

_TAG: Final = "reports"


def routes(api: Api) -> None:
    """Declare the routes of periodic reports."""
    api.read("/reports", reports.AskReport, reports.get_report, answer=Report, tag=_TAG)
    api.read(
        "/reports/entries",
        reports.AskEntries,
        reports.list_report_entries,
        answer=Page[reports.EntryRow],
        tag=_TAG,
    )
