"""What holds of a case whatever is asked of it, in whatever order: one end at most, and nothing done twice."""

from hypothesis import given
from hypothesis import strategies as st

from services.recognition.domain.case import CASE, CaseCommand, Discontinue
from services.recognition.domain.case_state import CaseEvent
from services.recognition.domain.competence import Graph
from services.recognition.domain.determining import DetermineCompetence
from shared.contracts.recognition import CaseDiscontinued, Declined, Recognized
from shared.domain.refusal import RefusedError
from tests.unit.services.recognition.domain import cases as c

reasons = st.sampled_from((None, "Lý do."))
instants = st.sampled_from((c.NOW, c.AFTER_THE_MONTH))
months = st.sampled_from((None, c.RULES))
commands: st.SearchStrategy[CaseCommand] = st.one_of(
    st.sampled_from((c.open_case("recognise"), c.open_case("decline"))),
    st.builds(DetermineCompetence, at=instants, graph=st.sampled_from((c.GRAPH, Graph()))),
    st.builds(c.recognize, at=instants, rules=months, departure=reasons, outside=reasons),
    st.builds(c.decline, at=instants, rules=months, departure=reasons),
    st.just(Discontinue(at=c.NOW, reason="Rút.")),
)


@given(st.lists(commands, max_size=30))
def test_whatever_is_asked_a_case_has_at_most_one_end_and_a_competent_one(
    asked: list[CaseCommand],
) -> None:
    events = list[CaseEvent]()
    for state, new in c.asked(asked):
        for event in new:
            if isinstance(event, Recognized | Declined):
                assert state.competence is not None
                assert state.competence.named_body_competent
                assert event.decided_by in {b.organization for b in state.competence.bodies}
                assert event.appraising_unit != event.decided_by
        events += new
    ends = [e for e in events if isinstance(e, Recognized | Declined | CaseDiscontinued)]
    assert len(ends) <= 1


@given(st.lists(commands, max_size=20), commands)
def test_asking_the_same_twice_never_does_it_twice(
    before: list[CaseCommand], command: CaseCommand
) -> None:
    state = CASE.fold(event for _, new in c.asked(before) for event in new)
    try:
        state = CASE.fold(CASE.decide(state, command), state)
        assert CASE.decide(state, command) == ()
    except RefusedError:
        return
