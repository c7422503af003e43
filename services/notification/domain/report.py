"""A periodic report as the Office issued it. Stream `report-<id>`.

Its id derives from body, line and period: a second report on the same is an issue of the same stream, with its
reason.
"""

from datetime import date
from types import MappingProxyType
from typing import Final
from uuid import UUID

import msgspec

from shared.contracts.notification import IssuedFigure, PeriodicReportIssued, ReportLine
from shared.contracts.running import Sha256
from shared.contracts.values import Line, OrganizationId, Text
from shared.domain.decider import Decider, Request
from shared.domain.refusal import Refusal
from shared.domain.time import Instant


class IssuedReport(msgspec.Struct, frozen=True):
    """`last` is the latest issue, None before the first."""

    last: PeriodicReportIssued | None = None


def evolve(_: IssuedReport, event: PeriodicReportIssued) -> IssuedReport:
    """What is known after `event`."""
    return IssuedReport(last=event)


class IssueReport(Request, frozen=True, kw_only=True):
    """Issue the report of a body and period, with the figures as they are counted at `position`. `overseers` are
    those who may: the body itself, those above it on the graph of the day, the launching bodies.
    """

    at: Instant
    report_id: UUID
    body: OrganizationId
    issued_by: OrganizationId
    overseers: tuple[OrganizationId, ...]
    line: ReportLine
    first: date
    last: date
    title: Line
    figures: tuple[IssuedFigure, ...]
    position: int
    sha256: Sha256
    reason: Text | None = None


ISSUED_BEFORE: Final = Refusal(
    "report-issued-before",
    vi="Báo cáo kỳ này đã phát hành (lần {issue}). Muốn phát hành lại, hãy nêu lý do.",
    en="The report of this period was issued (issue {issue}). To issue it again, state the reason.",
    clause="IV.2",
)


def decide(state: IssuedReport, command: IssueReport) -> tuple[PeriodicReportIssued, ...]:
    """What follows from `command`: the next issue."""
    former = 0 if state.last is None else state.last.issue
    if former and command.reason is None:
        raise ISSUED_BEFORE(issue=former)
    return (
        PeriodicReportIssued(
            report_id=command.report_id,
            issue=former + 1,
            body=command.body,
            issued_by=command.issued_by,
            line=command.line,
            first=command.first,
            last=command.last,
            title=command.title,
            figures=command.figures,
            position=command.position,
            sha256=command.sha256,
            reason=command.reason,
        ),
    )


REPORT: Final[Decider[IssuedReport, IssueReport, PeriodicReportIssued]] = Decider(
    category="report",
    initial_state=IssuedReport(),
    decide=decide,
    evolve=evolve,
    commands=MappingProxyType({"IssueReport": IssueReport}),
)
