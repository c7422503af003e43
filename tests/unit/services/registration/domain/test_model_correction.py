"""An entry is corrected by an event with its reason: what was entered stays as it was."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from services.registration.domain import correction
from services.registration.domain import model_refusals as refuse
from services.registration.domain.correction import CorrectEntry
from services.registration.domain.model import MODEL
from services.registration.domain.plan import Reached
from shared.contracts.registration import LaunchingBodyRegistrationRecorded
from shared.contracts.running import (
    CorrectableEntry,
    EntryCorrected,
    Figure,
    ModelEnded,
    ProgressReported,
)
from tests.support.dossier import LAUNCHING, MODEL_ID, model, registered, results, running, surveyed

OCTOBER = datetime(2026, 10, 3, 8, tzinfo=UTC)
numbered = LaunchingBodyRegistrationRecorded(
    model_id=MODEL_ID, launching_body=LAUNCHING, register_number="15/2026"
)
progress = ProgressReported(
    model_id=MODEL_ID,
    until=date(2026, 6, 30),
    narrative="Đã làm 400 m.",
    figures=(Figure(target="Đường bê tông", value=Decimal(400)),),
)
full = (*running, numbered, progress, results)


def correct(entry: CorrectableEntry, becomes: str, target: str | None = None) -> CorrectEntry:
    return CorrectEntry(
        entry=entry, target=target, becomes=becomes, reason="Nhập nhầm từ bản giấy.", at=OCTOBER
    )


def corrected(
    entry: CorrectableEntry, was: str, becomes: str, target: str | None = None
) -> EntryCorrected:
    return EntryCorrected(
        model_id=MODEL_ID,
        entry=entry,
        target=target,
        was=was,
        becomes=becomes,
        reason="Nhập nhầm từ bản giấy.",
    )


CASES: tuple[tuple[CorrectableEntry, str, str, str | None], ...] = (
    ("register-number", "15/2026", "51/2026", None),
    ("progress.narrative", "Đã làm 400 m.", "Đã làm 420 m.", None),
    ("progress.figure", "400", "420", "Đường bê tông"),
    ("results.summary", "Hoàn thành 820 m đường.", "Hoàn thành 802 m đường.", None),
    ("results.figure", "820", "802.5", "Đường bê tông"),
    ("results.households", "65", "56", None),
)


@pytest.mark.parametrize("entry,was,becomes,target", CASES)
def test_each_entry_says_what_it_was_and_what_it_is_to_be(
    entry: CorrectableEntry, was: str, becomes: str, target: str | None
) -> None:
    event = corrected(entry, was, becomes, target)
    model.given(*full).when(correct(entry, becomes, target)).then(event)
    model.given(*full, event).when(correct(entry, becomes, target)).then_nothing()
    model.given(*full, event).when(correct(entry, was, target)).then(
        corrected(entry, becomes, was, target)
    )


@pytest.mark.parametrize("entry,was,becomes,target", CASES)
def test_what_was_never_entered_is_not_corrected(
    entry: CorrectableEntry, was: str, becomes: str, target: str | None
) -> None:
    assert was != becomes
    model.given(*running).when(correct(entry, becomes, target)).then_refused(
        correction.NO_SUCH_ENTRY
    )


def test_a_figure_is_named_by_its_target() -> None:
    for target in (None, "Cây xanh"):
        model.given(*full).when(correct("results.figure", "1", target)).then_refused(
            correction.NO_SUCH_ENTRY
        )


@pytest.mark.parametrize("text", ["nhiều", "1e9", "NaN", "Infinity", "1,5", "9" * 31])
def test_a_figure_is_a_number(text: str) -> None:
    model.given(*full).when(correct("results.figure", text, "Đường bê tông")).then_refused(
        correction.NOT_A_NUMBER
    )


@pytest.mark.parametrize("text", ["-1", "1.5", "10000001", "²", "9" * 40])
def test_households_are_counted(text: str) -> None:
    model.given(*full).when(correct("results.households", text)).then_refused(
        correction.NOT_A_NUMBER
    )


def test_a_register_number_is_one_line() -> None:
    for text in ("1" * 201, "15\n2026"):
        model.given(*full).when(correct("register-number", text)).then_refused(correction.TOO_LONG)


def test_the_last_word_on_a_target_follows_the_correction_and_an_older_one_does_not() -> None:
    last = MODEL.fold((*full, corrected("results.figure", "820", "802", "Đường bê tông")))
    assert last.planning.reported["Đường bê tông"] == Reached(
        value=Decimal(802), until=results.submitted_on
    )
    assert last.results is not None
    assert last.results.figures == (Figure(target="Đường bê tông", value=Decimal(802)),)
    older = MODEL.fold((*full, corrected("progress.figure", "400", "420", "Đường bê tông")))
    assert older.planning.reported["Đường bê tông"].value == Decimal(820)


def test_an_ended_model_is_still_corrected_and_an_unaccepted_one_is_not() -> None:
    ended = ModelEnded(model_id=MODEL_ID, ended_on=date(2026, 10, 1), reason="Xong.")
    command = correct("results.households", "56")
    model.given(*full, ended).when(command).then(corrected("results.households", "65", "56"))
    model.given(surveyed, registered).when(command).then_refused(refuse.NOT_ACCEPTED)
