"""What was corrected in a dossier while it is judged: scores given before stand, and are marked as given before.

Practice: corrections are events with reasons; nothing that was recorded is rewritten.
"""

from services.evaluation.domain.appraisal_state import Appraisal
from shared.contracts.appraisal import DossierCorrected
from shared.contracts.running import CorrectableEntry
from shared.contracts.values import Line, Text
from shared.domain.decider import Request
from shared.domain.time import Instant


class NoteCorrection(Request, frozen=True, kw_only=True):
    """Note what registration corrected. Nobody asks for it: it follows."""

    entry: CorrectableEntry
    target: Line | None
    was: Text
    becomes: Text
    reason: Text
    corrected_at: Instant
    at: Instant


def note_correction(state: Appraisal, command: NoteCorrection) -> tuple[DossierCorrected, ...]:
    """From the opening until the advice: what opens later judges what is corrected already, and with the
    advice everything is judged.
    """
    opening = state.opened
    if opening is None or state.discontinued is not None or state.advice is not None:
        return ()
    event = DossierCorrected(
        appraisal_id=opening.appraisal_id,
        model=opening.model,
        entry=command.entry,
        target=command.target,
        was=command.was,
        becomes=command.becomes,
        reason=command.reason,
        corrected_at=command.corrected_at,
    )
    return () if state.corrections.get((event.entry, event.target)) == event else (event,)
