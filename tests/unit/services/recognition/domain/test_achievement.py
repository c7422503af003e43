"""Which case stands before which, where a joint model stands in the row of each of its holders."""

from random import Random
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.recognition.domain.achievement import Achievement, before
from shared.contracts.recognition import AchievementEntered
from shared.contracts.values import AchievementId, CaseId
from tests.unit.services.recognition.domain import cases as c

ROWS = tuple(AchievementId(UUID(int=700 + n)) for n in range(3))
CASES = tuple(CaseId(UUID(int=800 + n)) for n in range(4))


def entered(row: AchievementId, case: CaseId) -> AchievementEntered:
    return AchievementEntered(
        achievement=row, case_id=case, model=c.MODEL, deciding_body=c.COMMITTEE
    )


def test_whoever_entered_any_of_its_rows_earlier_stands_before_it() -> None:
    first, second = ROWS[:2]
    rows = {
        first: Achievement((entered(first, CASES[0]), entered(first, CASES[2]))),
        second: Achievement((entered(second, CASES[1]), entered(second, CASES[2]))),
    }
    assert [one.case_id for one in before(CASES[2], rows)] == [CASES[0], CASES[1]]


@given(
    st.dictionaries(st.sampled_from(CASES), st.sets(st.sampled_from(ROWS), min_size=1), min_size=2),
    st.randoms(use_true_random=False),
)
def test_of_two_cases_of_the_same_work_one_stands_before_the_other_and_never_both(
    rows_of: dict[CaseId, set[AchievementId]], order: Random
) -> None:
    """They enter row by row in the order of ids, side by side in any interleaving."""
    waiting = {case: sorted(rows, key=str) for case, rows in rows_of.items()}
    rows = {row: Achievement() for row in ROWS}
    while waiting:
        case = order.choice(sorted(waiting, key=str))
        row = waiting[case].pop(0)
        rows[row] = Achievement((*rows[row].entered, entered(row, case)))
        if not waiting[case]:
            del waiting[case]
    ahead = {
        case: {one.case_id for one in before(case, {row: rows[row] for row in of})}
        for case, of in rows_of.items()
    }
    for one, of in rows_of.items():
        for other, others in rows_of.items():
            if one != other:
                share = bool(of & others)
                assert (other in ahead[one]) + (one in ahead[other]) == share
