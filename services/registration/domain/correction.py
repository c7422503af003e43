"""Corrections of what was entered: the entry stays as it was, and an event says what it should be and why."""

from decimal import Decimal, InvalidOperation
from typing import Final

import msgspec

from services.registration.domain.plan import Planning, Reached
from shared.contracts.registration import ModelRegistered, WrittenResultsSubmitted
from shared.contracts.running import CorrectableEntry, EntryCorrected, Figure, ProgressReported
from shared.contracts.values import Line, Text
from shared.domain.decider import Request
from shared.domain.refusal import Refusal
from shared.domain.time import Instant

HOUSEHOLDS_MAX: Final = 10_000_000

# --- state ------------------------------------------------------------------------------------


class Entries(msgspec.Struct, frozen=True, kw_only=True):
    """The entries of a model that can be corrected: those of its last report, its results, its number."""

    register_number: str | None
    progress: ProgressReported | None
    results: WrittenResultsSubmitted | None
    planning: Planning


def evolve(state: Entries, event: EntryCorrected) -> Entries:
    """The entries as they read after a correction."""
    known, becomes = msgspec.structs.replace, event.becomes
    progress, results, target = state.progress, state.results, event.target
    match event.entry:
        case "register-number":
            return known(state, register_number=becomes)
        case "progress.narrative":
            assert progress is not None
            return known(state, progress=known(progress, narrative=becomes))
        case "results.summary":
            assert results is not None
            return known(state, results=known(results, summary=becomes))
        case "results.households":
            assert results is not None
            return known(state, results=known(results, households=int(becomes)))
        case "progress.figure":
            assert progress is not None
            assert target is not None
            figures = _corrected(progress.figures, target, becomes)
            until = progress.until
            return known(
                state,
                progress=known(progress, figures=figures),
                planning=_said(state.planning, target, becomes, until.isoformat()),
            )
        case "results.figure":
            assert results is not None
            assert target is not None
            figures = _corrected(results.figures, target, becomes)
            return known(
                state,
                results=known(results, figures=figures),
                planning=_said(state.planning, target, becomes, results.submitted_on.isoformat()),
            )


def _corrected(figures: tuple[Figure, ...], target: str, becomes: str) -> tuple[Figure, ...]:
    return tuple(
        Figure(target=target, value=Decimal(becomes)) if figure.target == target else figure
        for figure in figures
    )


def _said(planning: Planning, target: str, becomes: str, until: str) -> Planning:
    """Only where the corrected entry is the last word on its target."""
    reached = planning.reported.get(target)
    if reached is None or reached.until.isoformat() != until:
        return planning
    corrected = Reached(value=Decimal(becomes), until=reached.until)
    return msgspec.structs.replace(planning, reported={**planning.reported, target: corrected})


# --- commands ---------------------------------------------------------------------------------


class CorrectEntryForm(Request, frozen=True, kw_only=True):
    """Which entry, what it should be, and why. A figure is named by its `target`."""

    entry: CorrectableEntry
    target: Line | None = None
    becomes: Text
    reason: Text


class CorrectEntry(CorrectEntryForm, frozen=True, kw_only=True):
    """Correct an entry."""

    at: Instant


# --- rules ------------------------------------------------------------------------------------

NO_SUCH_ENTRY: Final = Refusal(
    "entry-missing",
    vi="Chưa có nội dung này để sửa. Hãy xem lại mục và tên chỉ tiêu.",
    en="There is no such entry to correct. Check which entry and which target it is.",
)
NOT_A_NUMBER: Final = Refusal(
    "entry-not-a-number",
    vi="Mục này là một số. Hãy ghi số, dùng dấu chấm cho phần thập phân.",
    en="This entry is a number. Enter a number, with a point before decimals.",
)
TOO_LONG: Final = Refusal(
    "entry-too-long",
    vi="Số đăng ký dài tối đa {most} ký tự. Hãy ghi ngắn hơn.",
    en="A register number has at most {most} characters. Enter a shorter one.",
)
_NUMBER_CHARACTERS_MAX: Final = 200
_DIGITS_MAX: Final = 30


def decide(
    state: Entries, command: CorrectEntry, registration: ModelRegistered
) -> tuple[EntryCorrected, ...]:
    """What follows from `command` for an accepted model. Raises RefusedError."""
    was = _as_it_stands(state, command)
    becomes = _checked(command)
    if becomes == was:
        return ()
    return (
        EntryCorrected(
            model_id=registration.model_id,
            entry=command.entry,
            target=command.target if command.entry.endswith(".figure") else None,
            was=was,
            becomes=becomes,
            reason=command.reason,
        ),
    )


def _as_it_stands(state: Entries, command: CorrectEntry) -> str:
    progress, results = state.progress, state.results
    found: str | None = None
    match command.entry:
        case "register-number":
            found = state.register_number
        case "progress.narrative":
            found = None if progress is None else progress.narrative
        case "results.summary":
            found = None if results is None else results.summary
        case "results.households":
            if results is not None and results.households is not None:
                found = str(results.households)
        case "progress.figure":
            found = None if progress is None else _figure(progress.figures, command.target)
        case "results.figure":
            found = None if results is None else _figure(results.figures, command.target)
    if found is None:
        raise NO_SUCH_ENTRY()
    return found


def _figure(figures: tuple[Figure, ...], target: str | None) -> str | None:
    return next((f"{figure.value:f}" for figure in figures if figure.target == target), None)


def _checked(command: CorrectEntry) -> str:
    text = command.becomes.strip()
    if command.entry == "register-number" and (
        len(text) > _NUMBER_CHARACTERS_MAX or not text.isprintable()
    ):
        raise TOO_LONG(most=_NUMBER_CHARACTERS_MAX)
    if command.entry == "results.households":
        if not text.isascii() or not text.isdigit() or int(text[:_DIGITS_MAX]) > HOUSEHOLDS_MAX:
            raise NOT_A_NUMBER()
        return str(int(text[:_DIGITS_MAX]))
    if command.entry.endswith(".figure"):
        return _decimal(text)
    return command.becomes


def _decimal(text: str) -> str:
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise NOT_A_NUMBER() from None
    # Without an exponent: "1e999999" would be written out.
    if len(text) > _DIGITS_MAX or not value.is_finite() or "e" in text.lower():
        raise NOT_A_NUMBER()
    return f"{value:f}"
