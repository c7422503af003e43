"""Extensions of the time for written results: granted or refused before the deadline, with the reason, on
record (clause III.2.1b has the deadline; extending it is practice).
"""

from datetime import date
from typing import Final

import msgspec

from services.registration.domain.facts import MovementYear
from services.registration.domain.model_refusals import RESULTS_ALREADY_IN
from shared.contracts.registration import ModelRegistered
from shared.contracts.running import ExtensionGranted, ExtensionRefused
from shared.contracts.values import Text
from shared.domain.decider import Request
from shared.domain.graph import Graph
from shared.domain.refusal import Refusal
from shared.domain.time import Instant, legal_date

# --- state ------------------------------------------------------------------------------------


class Extensions(msgspec.Struct, frozen=True):
    """The last extension that was granted, and the last that was refused."""

    granted: ExtensionGranted | None = None
    refused: ExtensionRefused | None = None

    def due_before(self, year: MovementYear) -> date:
        """The day before which written results are due: the calendar's, or as it was extended."""
        return year.results_before if self.granted is None else self.granted.due_before


ExtensionEvent = ExtensionGranted | ExtensionRefused


def evolve(state: Extensions, event: ExtensionEvent) -> Extensions:
    """What is known of extensions after `event`."""
    match event:
        case ExtensionGranted():
            return msgspec.structs.replace(state, granted=event)
        case ExtensionRefused():
            return msgspec.structs.replace(state, refused=event)


# --- commands ---------------------------------------------------------------------------------


class GrantExtensionForm(Request, frozen=True, kw_only=True):
    """The day before which results are due instead, and why."""

    due_before: date
    reason: Text


class GrantExtension(GrantExtensionForm, frozen=True, kw_only=True):
    """Grant more time."""

    at: Instant
    successions: Graph = Graph()
    movement_year: MovementYear


class RefuseExtensionForm(Request, frozen=True, kw_only=True):
    """The day that was asked for, and why it is not granted."""

    asked_for: date
    reason: Text


class RefuseExtension(RefuseExtensionForm, frozen=True, kw_only=True):
    """Refuse more time."""

    at: Instant
    successions: Graph = Graph()
    movement_year: MovementYear


ExtensionCommand = GrantExtension | RefuseExtension

# --- rules ------------------------------------------------------------------------------------

_PRACTICE: Final = "extensions: granted before the deadline, with reason, on record"

AFTER_DEADLINE: Final = Refusal(
    "extension-after-deadline",
    vi="Hạn báo cáo là trước {due_before}; chỉ gia hạn khi chưa đến hạn. Báo cáo muộn thì xét theo lý do.",
    en="Results were due before {due_before}; time is extended before the deadline alone. A late report "
    "is decided on by its reason.",
    practice=_PRACTICE,
)
NOT_LATER: Final = Refusal(
    "extension-not-later",
    vi="Hạn hiện nay là trước {due_before}. Hãy chọn ngày muộn hơn.",
    en="Results are due before {due_before} as it stands. Choose a later day.",
    practice=_PRACTICE,
)


def decide(
    state: Extensions,
    command: ExtensionCommand,
    registration: ModelRegistered,
    *,
    year: int,
    results_in: bool,
) -> tuple[ExtensionEvent, ...]:
    """What follows from `command` for an accepted model in `year`. Raises RefusedError."""
    due_before = state.due_before(command.movement_year)
    match command:
        case GrantExtension():
            granted = ExtensionGranted(
                model_id=registration.model_id,
                year=year,
                committee=registration.committee,
                due_before=command.due_before,
                reason=command.reason,
            )
            if state.granted == granted:
                return ()
            if results_in:
                raise RESULTS_ALREADY_IN(year=year)
            if legal_date(command.at) >= due_before:
                raise AFTER_DEADLINE(due_before=due_before.isoformat())
            if command.due_before <= due_before:
                raise NOT_LATER(due_before=due_before.isoformat())
            return (granted,)
        case RefuseExtension():
            refused = ExtensionRefused(
                model_id=registration.model_id,
                year=year,
                committee=registration.committee,
                asked_for=command.asked_for,
                reason=command.reason,
            )
            if state.refused == refused:
                return ()
            if results_in:
                raise RESULTS_ALREADY_IN(year=year)
            if command.asked_for <= due_before:
                raise NOT_LATER(due_before=due_before.isoformat())
            return (refused,)
