"""Counting is exact: no voter twice, nothing after the close, nobody outside, no rounding."""

from fractions import Fraction as Exact
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.evaluation.domain.tally import DENOMINATORS, RecordedVote, count, lines_of, reaches
from shared.contracts.evaluation import Fraction

VOTERS = tuple(UUID(int=n) for n in range(1, 10))
STRANGERS = tuple(UUID(int=n) for n in range(100, 103))

shares = st.builds(
    lambda pair: Fraction(numerator=min(pair), denominator=max(pair)),
    st.tuples(st.integers(min_value=1, max_value=100), st.integers(min_value=1, max_value=100)),
)
recorded_votes = st.lists(
    st.builds(
        RecordedVote,
        pseudonym=st.sampled_from(VOTERS + STRANGERS),
        choice=st.sampled_from(("approve", "reject", "abstain")),
        position=st.integers(min_value=1, max_value=200),
        on_paper=st.booleans(),
    ),
    max_size=30,
    unique_by=lambda vote: vote.position,
)
people = st.lists(st.sampled_from(VOTERS + STRANGERS), max_size=12)


@given(votes=recorded_votes, present=people, consulted=people, cut_off=st.integers(1, 200))
def test_no_voter_is_counted_twice_no_stranger_and_nothing_after_the_close(
    votes: list[RecordedVote], present: list[UUID], consulted: list[UUID], cut_off: int
) -> None:
    result = count(VOTERS, present, consulted, votes, cut_off)
    in_time = {v.pseudonym for v in votes if v.position < cut_off} & set(VOTERS)
    assert set(result.choices) == in_time
    assert result.voted == len(in_time) <= result.eligible
    for pseudonym, choice in result.choices.items():
        first = min((v for v in votes if v.pseudonym == pseudonym), key=lambda v: v.position)
        assert first.choice == choice
    totals = [result.times(choice) for choice in ("approve", "reject", "abstain")]
    assert sum(totals) == result.voted


@given(
    votes=recorded_votes,
    present=people,
    consulted=people,
    late=st.sampled_from(("approve", "reject")),
)
def test_a_vote_after_the_close_changes_nothing(
    votes: list[RecordedVote], present: list[UUID], consulted: list[UUID], late: str
) -> None:
    extra = [
        RecordedVote(
            pseudonym=voter,
            choice=late,  # type: ignore[arg-type]
            position=300 + n,
            on_paper=False,
        )
        for n, voter in enumerate(VOTERS)
    ]
    assert count(VOTERS, present, consulted, [*votes, *extra], 201) == count(
        VOTERS, present, consulted, votes, 201
    )


@given(votes=recorded_votes, present=people, consulted=people, share=shares)
def test_a_share_is_of_people_who_could_approve_and_reached_exactly(
    votes: list[RecordedVote], present: list[UUID], consulted: list[UUID], share: Fraction
) -> None:
    result = count(VOTERS, present, consulted, votes, 201)
    lines = lines_of(result, share, "present")
    assert [line.denominator for line in lines] == list(DENOMINATORS)
    assert [line.governs for line in lines] == [d == "present" for d in DENOMINATORS]
    for line in lines:
        assert 0 <= line.approve <= line.base <= result.eligible
        needed = Exact(share.numerator, share.denominator)
        assert line.reached == (line.base > 0 and Exact(line.approve, line.base or 1) >= needed)
    assert not result.present & result.consulted


@given(votes=recorded_votes, present=people, consulted=people, share=shares)
def test_who_is_counted_voted_at_the_meeting_or_in_writing_or_not_at_all(
    votes: list[RecordedVote], present: list[UUID], consulted: list[UUID], share: Fraction
) -> None:
    result = count(VOTERS, present, consulted, votes, 201)
    everyone, there, asked = lines_of(result, share, "all")
    for line in (everyone, there, asked):
        assert line.voted_present + line.voted_in_writing + line.not_voting == line.base
        assert min(line.voted_present, line.voted_in_writing, line.not_voting) >= 0
    assert everyone.voted_present + everyone.voted_in_writing == result.voted
    assert there.voted_in_writing == 0


@given(votes=recorded_votes, present=people, consulted=people)
def test_a_paper_is_never_the_vote_of_one_present(
    votes: list[RecordedVote], present: list[UUID], consulted: list[UUID]
) -> None:
    first: dict[UUID, RecordedVote] = {}
    for vote in sorted(votes, key=lambda vote: vote.position):
        first.setdefault(vote.pseudonym, vote)
    result = count(VOTERS, present, consulted, votes, 201)
    papers = {one for one, vote in first.items() if vote.on_paper} & set(VOTERS)
    assert papers <= result.consulted


@given(part=st.integers(0, 500), whole=st.integers(0, 500), share=shares)
def test_reaching_a_share_needs_no_rounding(part: int, whole: int, share: Fraction) -> None:
    exact = whole > 0 and Exact(part, whole) >= Exact(share.numerator, share.denominator)
    assert reaches(part, whole, share) == exact


def test_two_thirds_of_nine_are_six_and_seven_tenths_of_eight_are_six() -> None:
    assert reaches(6, 9, Fraction(numerator=2, denominator=3))
    assert not reaches(5, 9, Fraction(numerator=2, denominator=3))
    assert reaches(6, 8, Fraction(numerator=7, denominator=10))
    assert not reaches(5, 8, Fraction(numerator=7, denominator=10))


def test_who_voted_was_there_and_who_was_asked_in_writing_was_not() -> None:
    one, two, three, four = VOTERS[:4]
    votes = [
        RecordedVote(pseudonym=one, choice="approve", position=1, on_paper=False),
        RecordedVote(pseudonym=two, choice="approve", position=2, on_paper=True),
    ]
    result = count(VOTERS, [three], [two, four], votes, 10)
    assert result.present == {one, three}
    assert result.consulted == {two, four}
    assert (result.approve("all"), result.base("all")) == (2, 9)
    assert (result.approve("present"), result.base("present")) == (1, 2)
    assert result.approve("present_and_consulted") == 2
    assert result.base("present_and_consulted") == 4
