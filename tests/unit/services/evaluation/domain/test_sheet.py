"""A sheet is checked whole before anything is written."""

from uuid import UUID

import pytest

from services.evaluation.domain.conflict import RECUSED
from services.evaluation.domain.sheet import (
    SHEET_FOREIGN,
    SHEET_INCOMPLETE,
    SHEET_TWICE,
    VOTED_OTHERWISE,
    Line,
    SheetForm,
    SheetLine,
    check_sheet,
)
from services.evaluation.domain.vote import BALLOT_CLOSED
from shared.contracts.values import AppraisalId, Choice
from shared.domain.refusal import Refusal, RefusedError

ONE, TWO, THREE = (AppraisalId(UUID(int=n)) for n in range(1, 4))
LINES = {
    ONE: Line(name="Đường hoa", recused=None, cast=None),
    TWO: Line(name="Tổ hòa giải", recused=None, cast="reject"),
    THREE: Line(name="Camera an ninh", recused="Công tác tại chính đơn vị.", cast=None),
}


def sheet(*votes: tuple[AppraisalId, Choice]) -> SheetForm:
    return SheetForm(votes=tuple(SheetLine(appraisal=a, choice=c) for a, c in votes))


WHOLE = sheet((ONE, "approve"), (TWO, "reject"))


def test_a_whole_sheet_leaves_the_lines_that_are_not_recorded_yet() -> None:
    assert check_sheet(WHOLE, LINES, closed=False) == WHOLE.votes[:1]


def test_a_sheet_sent_again_after_the_close_is_harmless_where_all_is_recorded() -> None:
    recorded = LINES | {ONE: Line(name="Đường hoa", recused=None, cast="approve")}
    assert check_sheet(WHOLE, recorded, closed=True) == ()


@pytest.mark.parametrize(
    "form,refusal",
    [
        (sheet((ONE, "approve")), SHEET_INCOMPLETE),
        (sheet((ONE, "approve"), (ONE, "reject"), (TWO, "reject")), SHEET_TWICE),
        (sheet((ONE, "approve"), (AppraisalId(UUID(int=9)), "reject")), SHEET_FOREIGN),
        (sheet((ONE, "approve"), (TWO, "approve")), VOTED_OTHERWISE),
        (sheet((ONE, "approve"), (TWO, "reject"), (THREE, "approve")), RECUSED),
    ],
)
def test_a_sheet_that_is_not_whole_is_refused_and_names_the_dossier(
    form: SheetForm, refusal: Refusal
) -> None:
    with pytest.raises(RefusedError) as caught:
        check_sheet(form, LINES, closed=False)
    assert caught.value.refusal == refusal
    assert "{" not in caught.value.sentence("vi")


def test_no_new_vote_is_taken_after_the_close() -> None:
    with pytest.raises(RefusedError) as caught:
        check_sheet(WHOLE, LINES, closed=True)
    assert caught.value.refusal == BALLOT_CLOSED
