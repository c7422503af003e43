"""What comes before a decision: duplicates found by comparing, and the proposal to the deciding body."""

from services.recognition.domain import case_refusals as refuse
from services.recognition.domain.case_state import Case, undecided
from services.recognition.domain.deciding import competent_under
from shared.contracts.recognition import (
    AchievementEntered,
    DuplicateFound,
    DuplicateWithdrawn,
    ProposalReturned,
    ProposalSubmitted,
)
from shared.contracts.values import CaseId, Line, ModelId, OrganizationId, Text
from shared.domain.decider import Request
from shared.domain.time import Instant, legal_date

# --- commands ---------------------------------------------------------------------------------


class RecordDuplicateForm(Request, frozen=True, kw_only=True):
    """What was compared and found: the other case came first and is about the same achievement."""

    other_case: CaseId
    finding: Text


class RecordDuplicate(RecordDuplicateForm, frozen=True, kw_only=True):
    """Put the finding on record. `mutual` says that the other case names this one already."""

    other_model: ModelId
    other_body: OrganizationId
    mutual: bool


class RecordEarlier(Request, frozen=True, kw_only=True):
    """Name the cases that stand before a reopened one in the row of its achievement."""

    earlier: tuple[AchievementEntered, ...]


class WithdrawDuplicateForm(Request, frozen=True, kw_only=True):
    """Why the finding was wrong."""

    reason: Text


class WithdrawDuplicate(WithdrawDuplicateForm, frozen=True, kw_only=True):
    """Take the finding back."""

    other_case: CaseId


class SubmitProposalForm(Request, frozen=True, kw_only=True):
    """The submission (tờ trình): its number and what it proposes."""

    document_number: Line
    summary: Text


class SubmitProposal(SubmitProposalForm, frozen=True, kw_only=True):
    """Submit the proposal for the unit that acts."""

    submitted_by: OrganizationId
    at: Instant


class ReturnProposalForm(Request, frozen=True, kw_only=True):
    """Why the proposal goes back."""

    reasons: Text


class ReturnProposal(ReturnProposalForm, frozen=True, kw_only=True):
    """Give the proposal back."""

    at: Instant


# --- rules ------------------------------------------------------------------------------------


def record_duplicate(state: Case, command: RecordDuplicate) -> tuple[DuplicateFound, ...]:
    """Named once, while undecided; two cases that name each other would both wait for ever."""
    opened = undecided(state)
    if command.other_case == opened.case_id:
        raise refuse.DUPLICATE_OF_ITSELF()
    if any(found.other_case == command.other_case for found in state.duplicates):
        return ()
    if command.mutual:
        raise refuse.DUPLICATE_MUTUAL(case=str(command.other_case))
    return (
        DuplicateFound(
            case_id=opened.case_id,
            model=opened.model,
            other_case=command.other_case,
            other_model=command.other_model,
            other_body=command.other_body,
            finding=command.finding,
        ),
    )


def named(case: CaseId, model: ModelId, entry: AchievementEntered) -> DuplicateFound:
    """The case of an entry, named as an earlier one."""
    return DuplicateFound(
        case_id=case,
        model=model,
        other_case=entry.case_id,
        other_model=entry.model,
        other_body=entry.deciding_body,
    )


def record_earlier(state: Case, command: RecordEarlier) -> tuple[DuplicateFound, ...]:
    """Those not named yet, while the case waits for its decision."""
    opened = state.opened
    if opened is None or state.decision is not None or state.discontinued is not None:
        return ()
    known = {found.other_case for found in state.duplicates}
    return tuple(
        named(opened.case_id, opened.model, entry)
        for entry in command.earlier
        if entry.case_id not in known
    )


def withdraw_duplicate(state: Case, command: WithdrawDuplicate) -> tuple[DuplicateWithdrawn, ...]:
    """What people found can be taken back while undecided; the same holder, name and place is no finding."""
    opened = undecided(state)
    found = next((one for one in state.duplicates if one.other_case == command.other_case), None)
    if found is None:
        raise refuse.DUPLICATE_UNKNOWN(case=str(command.other_case))
    if found.finding is None:
        raise refuse.DUPLICATE_BY_NAME(case=str(command.other_case))
    return (
        DuplicateWithdrawn(
            case_id=opened.case_id,
            model=opened.model,
            other_case=command.other_case,
            reason=command.reason,
        ),
    )


def submit_proposal(state: Case, command: SubmitProposal) -> tuple[ProposalSubmitted, ...]:
    """To a competent body, one at a time; after a return it may be submitted again."""
    opened = undecided(state)
    decides, _ = competent_under(state)
    if state.proposal is not None:
        raise refuse.PROPOSAL_STANDS(number=state.proposal.document_number)
    return (
        ProposalSubmitted(
            case_id=opened.case_id,
            submitted_by=command.submitted_by,
            submitted_to=decides,
            document_number=command.document_number,
            submitted_on=legal_date(command.at),
            summary=command.summary,
        ),
    )


def return_proposal(state: Case, command: ReturnProposal) -> tuple[ProposalReturned, ...]:
    """Only what was submitted can be given back."""
    opened = undecided(state)
    if state.proposal is None:
        raise refuse.NO_PROPOSAL()
    return (
        ProposalReturned(
            case_id=opened.case_id,
            returned_by=state.deciding_body or opened.deciding_body,
            returned_to=state.proposal.submitted_by,
            returned_on=legal_date(command.at),
            reasons=command.reasons,
        ),
    )
