"""The routes of inspections (clause IV.2)."""

from typing import Final

from msgspec.structs import asdict

from services.notification import inspection_queries as queries
from services.notification.domain.inspection import (
    INSPECTION,
    AcceptRemedy,
    AcceptRemedyForm,
    CommentFindings,
    CommentFindingsForm,
    ConcludeInspection,
    ConcludeInspectionForm,
    OpenInspection,
    OpenInspectionForm,
    RecordFinding,
    RecordFindingForm,
    ReportRemedy,
    ReportRemedyForm,
    ReturnRemedy,
    ReturnRemedyForm,
    WithdrawInspection,
    WithdrawInspectionForm,
)
from services.notification.report_scope import overseers_of
from shared.contracts.inspection import Inspected
from shared.contracts.values import FindingId, InspectionId, OrganizationId
from shared.domain.time import legal_date
from shared.host.service import Api, Call, NotFoundError, Outcome, Page

_TAG: Final = "inspections"
_ONE: Final = "/inspections/{inspection_id}"
_FINDING: Final = f"{_ONE}/findings/{{finding_id}}"


async def open_inspection(call: Call[OpenInspectionForm]) -> Outcome:
    """Open an inspection of a body, or of one model of it, by a document (clause IV.2). The body is told."""
    form, today = call.body, legal_date(call.now)
    if call.actor.organization is None:
        raise NotFoundError("organization")
    await queries.require_there(call.read, form.body, form.model)
    movement = await queries.movement_of(call.read, form.movement)
    inspection_id = InspectionId(call.new_id)
    command = OpenInspection(
        **asdict(form),
        inspection_id=inspection_id,
        inspection=Inspected(
            body=form.body,
            inspected_by=OrganizationId(call.actor.organization),
            document_number=form.document_number,
            rule_set=movement.rule_set,
            rule_set_version=movement.rule_set_version,
        ),
        overseers=await overseers_of(call.read, form.body, today),
        at=call.now,
    )
    return await call.execute(INSPECTION, inspection_id, command)


async def record_finding(call: Call[RecordFindingForm]) -> Outcome:
    """Record what was found, and what is to be remedied by when. The body is told, reminded, and what it
    leaves undone goes up the line (clause IV.2).
    """
    finding_id = FindingId(call.derive("finding"))
    command = RecordFinding(**asdict(call.body), finding_id=finding_id, at=call.now)
    return await call.execute(INSPECTION, call.path_id("inspection_id"), command)


async def comment_findings(call: Call[CommentFindingsForm]) -> Outcome:
    """Say, as the inspected body, what there is to say about the findings."""
    command = CommentFindings(text=call.body.text, at=call.now)
    return await call.execute(INSPECTION, call.path_id("inspection_id"), command)


async def conclude_inspection(call: Call[ConcludeInspectionForm]) -> Outcome:
    """Put the conclusion on record; body and superiors are told. What it demands stays open until it is done."""
    command = ConcludeInspection(**asdict(call.body), at=call.now)
    return await call.execute(INSPECTION, call.path_id("inspection_id"), command)


async def withdraw_inspection(call: Call[WithdrawInspectionForm]) -> Outcome:
    """Withdraw an inspection that was opened wrongly, before anything was found."""
    command = WithdrawInspection(reason=call.body.reason, at=call.now)
    return await call.execute(INSPECTION, call.path_id("inspection_id"), command)


async def report_remedy(call: Call[ReportRemedyForm]) -> Outcome:
    """Report, as the inspected body, what was done about a finding."""
    command = ReportRemedy(
        text=call.body.text, finding_id=FindingId(call.path_id("finding_id")), at=call.now
    )
    return await call.execute(INSPECTION, call.path_id("inspection_id"), command)


async def return_remedy(call: Call[ReturnRemedyForm]) -> Outcome:
    """Return what the body reported, with the reason and a new day."""
    command = ReturnRemedy(
        **asdict(call.body), finding_id=FindingId(call.path_id("finding_id")), at=call.now
    )
    return await call.execute(INSPECTION, call.path_id("inspection_id"), command)


async def accept_remedy(call: Call[AcceptRemedyForm]) -> Outcome:
    """Accept what the body reported."""
    command = AcceptRemedy(finding_id=FindingId(call.path_id("finding_id")), at=call.now)
    return await call.execute(INSPECTION, call.path_id("inspection_id"), command)


def routes(api: Api) -> None:
    """Declare every route."""
    api.write(
        "/inspections",
        OpenInspectionForm,
        open_inspection,
        command=OpenInspection,
        tag=_TAG,
        creates=True,
    )
    api.write(
        f"{_ONE}/findings", RecordFindingForm, record_finding, command=RecordFinding, tag=_TAG
    )
    api.write(
        f"{_ONE}/comments", CommentFindingsForm, comment_findings, command=CommentFindings, tag=_TAG
    )
    api.write(
        f"{_ONE}/conclusion",
        ConcludeInspectionForm,
        conclude_inspection,
        command=ConcludeInspection,
        tag=_TAG,
    )
    api.write(
        f"{_ONE}/withdrawal",
        WithdrawInspectionForm,
        withdraw_inspection,
        command=WithdrawInspection,
        tag=_TAG,
    )
    api.write(f"{_FINDING}/remedy", ReportRemedyForm, report_remedy, command=ReportRemedy, tag=_TAG)
    api.write(
        f"{_FINDING}/remedy/return", ReturnRemedyForm, return_remedy, command=ReturnRemedy, tag=_TAG
    )
    api.write(
        f"{_FINDING}/remedy/acceptance",
        AcceptRemedyForm,
        accept_remedy,
        command=AcceptRemedy,
        tag=_TAG,
    )
    _reads(api)


def _reads(api: Api) -> None:
    api.read(
        "/inspections",
        queries.ListInspections,
        queries.list_inspections,
        answer=Page[queries.InspectionRow],
        tag=_TAG,
        public=True,
    )
    api.read(
        _ONE,
        queries.NoParameters,
        queries.get_inspection,
        answer=queries.InspectionView,
        tag=_TAG,
        public=True,
    )
    api.read(
        "/inspection-demands",
        queries.ListDemands,
        queries.list_demands,
        answer=Page[queries.DemandRow],
        tag=_TAG,
        public=True,
    )
