"""An inspection: what was found, what is to be remedied, what was done about it (clause IV.2). Stream
`inspection-<id>`.
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated, Final, Literal

import msgspec

from services.notification.domain.inspection_refusals import (
    ABOUT_UNKNOWN,
    COMMENTS_FULL,
    CONCLUDED,
    DAYS_REVERSED,
    FINDING_UNKNOWN,
    FINDINGS_FULL,
    ISSUED_AHEAD,
    NO_REMEDY,
    NOT_BEGUN,
    REMEDY_ACCEPTED,
    REMEDY_BY_PAST,
    REMEDY_INCOMPLETE,
    REMEDY_NOT_REPORTED,
    SOMETHING_FOUND,
    STRENGTH_WITHOUT_REMEDY,
    UNKNOWN,
    WITHDRAWN,
)
from shared.contracts.inspection import (
    FindingNature,
    FindingRecorded,
    FindingsCommented,
    Inspected,
    InspectionConcluded,
    InspectionOpened,
    InspectionWithdrawn,
    RemedyAccepted,
    RemedyReported,
    RemedyReturned,
)
from shared.contracts.values import (
    FindingId,
    InspectionId,
    Line,
    ModelId,
    MovementId,
    OrganizationId,
    Text,
)
from shared.domain.clauses import CLAUSES
from shared.domain.decider import Decider, Request
from shared.domain.time import Instant, legal_date

FINDINGS_MAX: Final = 100
"""Findings of one inspection."""

COMMENTS_MAX: Final = 20
"""Comments of the inspected body."""

InspectionEvent = (
    InspectionOpened
    | FindingRecorded
    | FindingsCommented
    | InspectionConcluded
    | InspectionWithdrawn
    | RemedyReported
    | RemedyReturned
    | RemedyAccepted
)

# --- state ------------------------------------------------------------------------------------

Remedy = Literal["due", "reported", "accepted"]
"""Where the remedy of a finding stands; a returned one is due again."""


class Finding(msgspec.Struct, frozen=True):
    """A finding, and where its remedy stands: due by a day, reported in some words, accepted. None: none is asked for."""

    recorded: FindingRecorded
    remedy: Remedy | None
    due_by: date | None
    report: str | None = None


class Inspection(msgspec.Struct, frozen=True):
    """`findings` stand in the order in which they were made."""

    opened: InspectionOpened | None = None
    findings: Mapping[FindingId, Finding] = MappingProxyType({})
    comments: tuple[str, ...] = ()
    concluded: InspectionConcluded | None = None
    withdrawn: bool = False


def stage(state: Inspection) -> str:
    """How far it has come."""
    if state.opened is None:
        return "unknown"
    if state.withdrawn:
        return "withdrawn"
    return "open" if state.concluded is None else "concluded"


def evolve(state: Inspection, event: InspectionEvent) -> Inspection:
    """What is known after `event`."""
    match event:
        case InspectionOpened():
            return msgspec.structs.replace(state, opened=event)
        case FindingRecorded():
            remedy: Remedy | None = None if event.remedy is None else "due"
            return _with(state, event.finding_id, Finding(event, remedy, event.remedy_by))
        case FindingsCommented():
            return msgspec.structs.replace(state, comments=(*state.comments, event.text))
        case InspectionConcluded():
            return msgspec.structs.replace(state, concluded=event)
        case InspectionWithdrawn():
            return msgspec.structs.replace(state, withdrawn=True)
        case RemedyReported():
            return _changed(state, event.finding_id, remedy="reported", report=event.text)
        case RemedyReturned():
            return _changed(state, event.finding_id, remedy="due", due_by=event.remedy_by)
        case RemedyAccepted():
            return _changed(state, event.finding_id, remedy="accepted")


def _changed(state: Inspection, finding: FindingId, **changes: object) -> Inspection:
    return _with(state, finding, msgspec.structs.replace(state.findings[finding], **changes))


def _with(state: Inspection, finding_id: FindingId, finding: Finding) -> Inspection:
    findings = MappingProxyType({**state.findings, finding_id: finding})
    return msgspec.structs.replace(state, findings=findings)


# --- commands ---------------------------------------------------------------------------------


class OpenInspectionForm(Request, frozen=True, kw_only=True):
    """A body to inspect, or one model of it: by which document, from when to when, what for, by which offices."""

    body: OrganizationId
    movement: MovementId
    document_number: Line
    issued_on: date
    begins_on: date
    ends_on: date
    purpose: Text
    inspectors: Annotated[tuple[Line, ...], msgspec.Meta(min_length=1, max_length=20)]
    model: ModelId | None = None


class OpenInspection(OpenInspectionForm, frozen=True, kw_only=True):
    """Open it. `overseers` are those who may: above the body in any line, or the launching body."""

    inspection_id: InspectionId
    inspection: Inspected
    overseers: tuple[OrganizationId, ...]
    at: Instant


class RecordFindingForm(Request, frozen=True, kw_only=True):
    """What was found; `about` a clause or a setting, `remedy` what the body is to do, `remedy_by` by when."""

    nature: FindingNature
    text: Text
    about: Line | None = None
    remedy: Text | None = None
    remedy_by: date | None = None


class RecordFinding(RecordFindingForm, frozen=True, kw_only=True):
    """Record a finding."""

    finding_id: FindingId
    at: Instant


class CommentFindingsForm(Request, frozen=True, kw_only=True):
    """What the inspected body says about the findings."""

    text: Text


class CommentFindings(CommentFindingsForm, frozen=True, kw_only=True):
    """Comment on the findings as the inspected body."""

    at: Instant


class ConcludeInspectionForm(Request, frozen=True, kw_only=True):
    """The conclusion as it was issued."""

    document_number: Line
    concluded_on: date
    conclusion: Text


class ConcludeInspection(ConcludeInspectionForm, frozen=True, kw_only=True):
    """Conclude."""

    at: Instant


class WithdrawInspectionForm(Request, frozen=True, kw_only=True):
    """Why it should not have been opened."""

    reason: Text


class WithdrawInspection(WithdrawInspectionForm, frozen=True, kw_only=True):
    """Withdraw it."""

    at: Instant


class ReportRemedyForm(Request, frozen=True, kw_only=True):
    """What was done about a finding."""

    text: Text


class ReportRemedy(ReportRemedyForm, frozen=True, kw_only=True):
    """Report it as the inspected body."""

    finding_id: FindingId
    at: Instant


class ReturnRemedyForm(Request, frozen=True, kw_only=True):
    """Why that is not enough, and by when it is due now."""

    reason: Text
    remedy_by: date


class ReturnRemedy(ReturnRemedyForm, frozen=True, kw_only=True):
    """Return what was reported."""

    finding_id: FindingId
    at: Instant


class AcceptRemedyForm(Request, frozen=True, kw_only=True):
    """Nothing to say."""


class AcceptRemedy(AcceptRemedyForm, frozen=True, kw_only=True):
    """Accept what was reported."""

    finding_id: FindingId
    at: Instant


InspectionCommand = (
    OpenInspection
    | RecordFinding
    | CommentFindings
    | ConcludeInspection
    | WithdrawInspection
    | ReportRemedy
    | ReturnRemedy
    | AcceptRemedy
)
RemedyCommand = ReportRemedy | ReturnRemedy | AcceptRemedy

# --- rules ------------------------------------------------------------------------------------


def decide(state: Inspection, command: InspectionCommand) -> tuple[InspectionEvent, ...]:
    """What follows from `command`. Raises RefusedError."""
    if isinstance(command, OpenInspection):
        return _open(state, command)
    if state.opened is None:
        raise UNKNOWN()
    opened = state.opened
    if isinstance(command, WithdrawInspection) and state.withdrawn:
        return ()
    if state.withdrawn:
        raise WITHDRAWN()
    match command:
        case RecordFinding():
            return _find(state, opened, command)
        case CommentFindings():
            return _comment(state, opened, command)
        case ConcludeInspection():
            return _conclude(state, opened, command)
        case WithdrawInspection():
            _check_open(state)
            if state.findings:
                raise SOMETHING_FOUND()
            return (
                InspectionWithdrawn(
                    inspection_id=opened.inspection_id,
                    inspection=opened.inspection,
                    reason=command.reason,
                ),
            )
        case ReportRemedy() | ReturnRemedy() | AcceptRemedy():
            return _remedy(state, opened, command)


def _open(state: Inspection, command: OpenInspection) -> tuple[InspectionEvent, ...]:
    if state.opened is not None:
        return ()
    if command.ends_on < command.begins_on:
        raise DAYS_REVERSED(
            ends_on=command.ends_on.isoformat(), begins_on=command.begins_on.isoformat()
        )
    if command.issued_on > legal_date(command.at):
        raise ISSUED_AHEAD(issued_on=command.issued_on.isoformat())
    return (
        InspectionOpened(
            inspection_id=command.inspection_id,
            inspection=command.inspection,
            movement=command.movement,
            issued_on=command.issued_on,
            begins_on=command.begins_on,
            ends_on=command.ends_on,
            purpose=command.purpose,
            inspectors=command.inspectors,
            model=command.model,
        ),
    )


def _check_open(state: Inspection) -> None:
    if state.concluded is not None:
        raise CONCLUDED(concluded_on=state.concluded.concluded_on.isoformat())


def _find(
    state: Inspection, opened: InspectionOpened, command: RecordFinding
) -> tuple[InspectionEvent, ...]:
    if command.finding_id in state.findings:
        return ()
    _check_open(state)
    today = legal_date(command.at)
    if today < opened.begins_on:
        raise NOT_BEGUN(begins_on=opened.begins_on.isoformat())
    if len(state.findings) >= FINDINGS_MAX:
        raise FINDINGS_FULL(most=FINDINGS_MAX)
    about = command.about
    if about is not None and about not in CLAUSES and not about.startswith("practice: "):
        raise ABOUT_UNKNOWN(about=about)
    if (command.remedy is None) != (command.remedy_by is None):
        raise REMEDY_INCOMPLETE()
    if command.nature == "strength" and command.remedy is not None:
        raise STRENGTH_WITHOUT_REMEDY()
    if command.remedy_by is not None:
        _check_time_left(command.remedy_by, today)
    return (
        FindingRecorded(
            inspection_id=opened.inspection_id,
            finding_id=command.finding_id,
            inspection=opened.inspection,
            nature=command.nature,
            text=command.text,
            about=about,
            remedy=command.remedy,
            remedy_by=command.remedy_by,
        ),
    )


def _check_time_left(remedy_by: date, today: date) -> None:
    if remedy_by <= today:
        raise REMEDY_BY_PAST(remedy_by=remedy_by.isoformat())


def _comment(
    state: Inspection, opened: InspectionOpened, command: CommentFindings
) -> tuple[InspectionEvent, ...]:
    _check_open(state)
    if state.comments and state.comments[-1] == command.text:
        return ()
    if len(state.comments) >= COMMENTS_MAX:
        raise COMMENTS_FULL(most=COMMENTS_MAX)
    return (
        FindingsCommented(
            inspection_id=opened.inspection_id, inspection=opened.inspection, text=command.text
        ),
    )


def _conclude(
    state: Inspection, opened: InspectionOpened, command: ConcludeInspection
) -> tuple[InspectionEvent, ...]:
    concluded = InspectionConcluded(
        inspection_id=opened.inspection_id,
        inspection=opened.inspection,
        document_number=command.document_number,
        concluded_on=command.concluded_on,
        conclusion=command.conclusion,
    )
    if state.concluded == concluded:
        return ()
    _check_open(state)
    if command.concluded_on > legal_date(command.at):
        raise ISSUED_AHEAD(issued_on=command.concluded_on.isoformat())
    if command.concluded_on < opened.begins_on:
        raise NOT_BEGUN(begins_on=opened.begins_on.isoformat())
    return (concluded,)


def _remedy(
    state: Inspection, opened: InspectionOpened, command: RemedyCommand
) -> tuple[InspectionEvent, ...]:
    """Also after the conclusion: what it demands is done afterwards."""
    finding = state.findings.get(command.finding_id)
    if finding is None:
        raise FINDING_UNKNOWN()
    if finding.remedy is None:
        raise NO_REMEDY()
    if isinstance(command, AcceptRemedy) and finding.remedy == "accepted":
        return ()
    if finding.remedy == "accepted":
        raise REMEDY_ACCEPTED()
    match command:
        case ReportRemedy():
            if finding.remedy == "reported" and finding.report == command.text:
                return ()
            return (
                RemedyReported(
                    inspection_id=opened.inspection_id,
                    finding_id=command.finding_id,
                    inspection=opened.inspection,
                    text=command.text,
                ),
            )
        case ReturnRemedy():
            if finding.remedy != "reported":
                raise REMEDY_NOT_REPORTED()
            _check_time_left(command.remedy_by, legal_date(command.at))
            return (
                RemedyReturned(
                    inspection_id=opened.inspection_id,
                    finding_id=command.finding_id,
                    inspection=opened.inspection,
                    reason=command.reason,
                    remedy_by=command.remedy_by,
                ),
            )
        case AcceptRemedy():
            if finding.remedy != "reported":
                raise REMEDY_NOT_REPORTED()
            return (
                RemedyAccepted(
                    inspection_id=opened.inspection_id,
                    finding_id=command.finding_id,
                    inspection=opened.inspection,
                ),
            )


INSPECTION: Final[Decider[Inspection, InspectionCommand, InspectionEvent]] = Decider(
    category="inspection",
    initial_state=Inspection(),
    decide=decide,
    evolve=evolve,
    stage=stage,
    commands=MappingProxyType(
        {
            command.__name__: command
            for command in (
                OpenInspection,
                RecordFinding,
                CommentFindings,
                ConcludeInspection,
                WithdrawInspection,
                ReportRemedy,
                ReturnRemedy,
                AcceptRemedy,
            )
        }
    ),
)
