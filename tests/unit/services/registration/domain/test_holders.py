"""Joint holders agree before a registration is accepted; a running model goes to another holder by agreement,
until its results are in (practice; III.2.1b).
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import UUID

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from services.registration.domain import holders, life, quota
from services.registration.domain import model_refusals as refuse
from services.registration.domain.facts import HolderFacts
from services.registration.domain.holders import ChangeHolder, ConsentToHolding
from services.registration.domain.model import MODEL
from services.registration.domain.model_commands import AcceptRegistration
from services.registration.domain.model_state import Model, ModelEvent
from shared.contracts.evaluation import Quota
from shared.contracts.holding import HolderChanged, JointHolder, JointHolderConsented
from shared.contracts.intake import QuotaPlaceLapsed
from shared.contracts.registration import SupplementRequested, SupplementSupplied
from shared.contracts.running import ModelEnded
from shared.contracts.values import Forgettable, OrganizationId
from shared.domain.graph import Graph, Succession
from shared.domain.refusal import RefusedError
from tests.support.dossier import (
    COMMITTEE,
    HOLDER,
    MODEL_ID,
    MOVEMENT,
    accepted,
    model,
    planned,
    register,
    registered,
    reported,
    results,
    returned,
    rules,
    running,
    surveyed,
    withdrawn,
)

replace = msgspec.structs.replace
MAY = datetime(2026, 5, 10, 3, tzinfo=UTC)
UNION, TEAM = OrganizationId(UUID(int=31)), OrganizationId(UUID(int=32))
PLACE = UUID(int=33)
PERSON = Forgettable(UUID(int=34), "cd")

hand_over = ChangeHolder(
    holder_kind="collective",
    holder=UNION,
    holder_name="Chi hội Phụ nữ bản Cằng",
    category="I.1.1-4",
    reason="Chi bộ bàn giao cho chi hội.",
    agreement="Biên bản bàn giao số 3",
    holder_facts=HolderFacts(organization=UNION, committees=(COMMITTEE,)),
    rules=rules,
    at=MAY,
)
handed_over = HolderChanged(
    model_id=MODEL_ID,
    committee=COMMITTEE,
    former=HOLDER,
    holder=UNION,
    holder_kind="collective",
    holder_name="Chi hội Phụ nữ bản Cằng",
    category="I.1.1-4",
    reason=hand_over.reason,
    agreement=hand_over.agreement,
)


class TestChangingTheHolder:
    def test_another_takes_an_accepted_model_over_before_and_after_its_plan(self) -> None:
        model.given(surveyed, registered, accepted).when(hand_over).then(handed_over)
        model.given(*running).when(hand_over).then(handed_over)

    def test_it_goes_on_and_back(self) -> None:
        back = replace(hand_over, holder=HOLDER, holder_name=registered.holder_name)
        model.given(*running, handed_over).when(back).then(
            replace(handed_over, former=UNION, holder=HOLDER, holder_name=registered.holder_name)
        )

    def test_what_is_so_already_stays_quiet_also_once_results_are_in(self) -> None:
        model.given(*running, handed_over).when(hand_over).then_nothing()
        model.given(*running, handed_over, results).when(hand_over).then_nothing()

    def test_a_person_takes_over_with_the_name_kept_apart(self) -> None:
        person = replace(
            hand_over,
            holder_kind="individual",
            holder_name=None,
            holder_person=PERSON,
            category="I.1.2-2",
        )
        model.given(*running).when(person).then(
            replace(
                handed_over,
                holder_kind="individual",
                holder_name=None,
                holder_person=PERSON,
                category="I.1.2-2",
            )
        )

    def test_only_what_the_committee_accepted_and_what_is_not_over(self) -> None:
        model.given(surveyed).when(hand_over).then_refused(refuse.NOT_REGISTERED)
        for before in ((surveyed, registered), (surveyed, registered, returned)):
            model.given(*before).when(hand_over).then_refused(refuse.NOT_ACCEPTED)
        model.given(*running, withdrawn).when(hand_over).then_refused(refuse.WITHDRAWN)
        ended = ModelEnded(model_id=MODEL_ID, ended_on=date(2026, 4, 1), reason="Đã xong.")
        model.given(*running, ended).when(hand_over).then_refused(life.ENDED)

    def test_never_once_the_results_are_in_that_are_judged(self) -> None:
        for after in ((results,), (results, reported)):
            refused = model.given(*running, *after).when(hand_over)
            refused.then_refused(holders.RESULTS_ARE_THE_HOLDERS)

    def test_never_to_whom_another_committee_leads(self) -> None:
        foreign = replace(
            hand_over, holder_facts=HolderFacts(organization=UNION, committees=(TEAM,))
        )
        model.given(*running).when(foreign).then_refused(holders.COMMITTEE_STAYS)

    def test_never_to_whom_may_not_register(self) -> None:
        unlisted = replace(hand_over, category="I.1.1-9")
        model.given(*running).when(unlisted).then_refused(refuse.NOT_IN_CATEGORIES)
        stranger = replace(hand_over, holder_kind="individual", category="I.1.2-9")
        model.given(*running).when(stranger).then_refused(refuse.INDIVIDUAL_NOT_IN_CATEGORIES)
        unnamed = replace(hand_over, holder_name=None)
        model.given(*running).when(unnamed).then_refused(refuse.HOLDER_UNNAMED)
        gone = Succession(
            organization=UNION,
            effective_on=date(2026, 5, 1),
            successor=None,
        )
        ended = replace(hand_over, successions=Graph(successions=(gone,)))
        model.given(*running).when(ended).then_refused(refuse.HOLDER_ENDED)


SISTER = JointHolder(organization=UNION, name="Chi hội Phụ nữ bản Cằng")
NEIGHBOUR = JointHolder(organization=TEAM, name="Tổ dân vận xã bên")
register_jointly = replace(register, joint_holders=(SISTER, NEIGHBOUR))
jointly = replace(registered, joint_holders=(SISTER, NEIGHBOUR))
agree = {one: ConsentToHolding(holder=one, at=MAY) for one in (UNION, TEAM, HOLDER)}
agreed = {one: JointHolderConsented(model_id=MODEL_ID, holder=one) for one in (UNION, TEAM)}
accept = AcceptRegistration(at=MAY)
agreements = (agreed[UNION], agreed[TEAM])


class TestJointHolders:
    def test_a_registration_names_them_and_each_agrees_before_it_is_accepted(self) -> None:
        model.given(surveyed).when(register_jointly).then(jointly)
        model.given(surveyed, jointly).when(agree[UNION]).then(agreed[UNION])
        model.given(surveyed, jointly, *agreements).when(accept).then(accepted)

    def test_never_accepted_while_one_has_not_agreed(self) -> None:
        for given_so_far in (agreements[:0], agreements[:1]):
            waiting = model.given(surveyed, jointly, *given_so_far).when(accept)
            refused = waiting.then_refused(holders.CONSENT_MISSING)
            assert NEIGHBOUR.name in refused.sentence("vi")
            assert (SISTER.name in refused.sentence("vi")) is not bool(given_so_far)

    def test_who_agreed_says_so_once(self) -> None:
        model.given(surveyed, jointly, agreed[UNION]).when(agree[UNION]).then_nothing()
        done = (surveyed, jointly, *agreements, accepted)
        model.given(*done).when(agree[UNION]).then_nothing()

    def test_only_who_is_named_beside_the_leading_holder_agrees(self) -> None:
        model.given(surveyed, jointly).when(agree[HOLDER]).then_refused(holders.NOT_JOINT)
        model.given(surveyed, registered).when(agree[UNION]).then_refused(holders.NOT_JOINT)
        model.given(surveyed).when(agree[UNION]).then_refused(refuse.NOT_REGISTERED)

    def test_what_comes_again_after_a_return_is_agreed_to_anew(self) -> None:
        history = (surveyed, jointly, agreed[UNION], returned)
        model.given(*history).when(agree[TEAM]).then_refused(refuse.NOT_AWAITING_DECISION)
        model.given(*history, jointly).when(agree[UNION]).then(agreed[UNION])

    def test_what_a_supplement_changes_is_agreed_to_anew(self) -> None:
        asked = SupplementRequested(
            model_id=MODEL_ID,
            committee=jointly.committee,
            number=1,
            missing="Nguồn lực.",
            reasons="Chưa rõ nguồn lực.",
            requested_on=date(2026, 2, 4),
            answer_was_due_on=date(2026, 2, 6),
            working_days_left=2,
        )
        supplied = SupplementSupplied(
            model_id=MODEL_ID,
            supplied_on=date(2026, 2, 4),
            answer="Nhân dân góp công.",
            changed=("content",),
            answer_by=date(2026, 2, 6),
        )
        so_far = (surveyed, jointly, *agreements, asked)
        anew = replace(jointly, content="Vận động 42 hộ.")
        model.given(*so_far, supplied).when(accept).then(accepted)
        model.given(*so_far, supplied, anew).when(accept).then_refused(holders.CONSENT_MISSING)
        model.given(*so_far, supplied, anew, *agreements).when(accept).then(accepted)

    def test_each_once_and_never_with_an_individual_or_one_that_ended(self) -> None:
        for joint in ((SISTER, SISTER), (replace(SISTER, organization=HOLDER),)):
            twice = replace(register, joint_holders=joint)
            model.given(surveyed).when(twice).then_refused(holders.HOLDER_TWICE)
        person = replace(
            register_jointly,
            holder_kind="individual",
            holder_name=None,
            holder_person=PERSON,
            category="I.1.2-2",
        )
        model.given(surveyed).when(person).then_refused(holders.JOINT_OF_INDIVIDUAL)
        gone = Succession(organization=TEAM, effective_on=date(2026, 1, 1), successor=None)
        late = replace(register_jointly, successions=Graph(successions=(gone,)))
        model.given(surveyed).when(late).then_refused(refuse.HOLDER_ENDED)

    def test_a_joint_holder_does_not_take_the_lead_as_well(self) -> None:
        history = (surveyed, jointly, *agreements, accepted)
        model.given(*history).when(hand_over).then_refused(holders.HOLDER_TWICE)

    def test_it_counts_for_the_leading_holder_alone(self) -> None:
        state = MODEL.fold((surveyed, jointly), Model())
        assert state.counts_for(HOLDER, MOVEMENT, 2026)
        assert not state.counts_for(UNION, MOVEMENT, 2026)


class TestQuota:
    limited = replace(hand_over, rules=replace(rules, models_per_unit=Quota(at_least=0, at_most=1)))

    def test_a_place_of_the_new_unit_is_needed_where_there_is_a_limit(self) -> None:
        model.given(*running).when(self.limited).then_refused(quota.PLACE_LAPSED)
        model.given(*running).when(replace(self.limited, place=PLACE)).then(handed_over)
        lapsed = QuotaPlaceLapsed(model_id=MODEL_ID, place_id=PLACE)
        model.given(*running, lapsed).when(replace(self.limited, place=PLACE)).then_refused(
            quota.PLACE_LAPSED
        )

    def test_another_name_of_the_same_unit_needs_none(self) -> None:
        renamed = replace(self.limited, holder=HOLDER)
        model.given(*running).when(renamed).then(replace(handed_over, holder=HOLDER))

    def test_it_counts_for_the_new_unit_alone(self) -> None:
        state = MODEL.fold((*running, handed_over), Model())
        assert state.counts_for(UNION, MOVEMENT, 2026)
        assert not state.counts_for(HOLDER, MOVEMENT, 2026)


@given(st.lists(st.sampled_from((HOLDER, UNION, TEAM)), max_size=8), st.integers(0, 8))
def test_whoever_held_it_when_results_came_holds_it_for_ever(
    wanted: list[OrganizationId], results_after: int
) -> None:
    state = MODEL.fold((surveyed, registered, accepted, planned), Model())
    held_by: OrganizationId | None = None
    events: Sequence[ModelEvent]
    for step, body in enumerate(wanted):
        if step == results_after:
            state = MODEL.fold((results,), state)
            assert state.registration is not None
            held_by = state.registration.holder
        events = ()
        try:
            events = MODEL.decide(state, replace(hand_over, holder=body))
        except RefusedError:
            assert held_by is not None
        state = MODEL.fold(events, state)
        assert state.registration is not None
        assert held_by in (None, state.registration.holder)


@given(st.lists(st.sampled_from((UNION, TEAM)), max_size=4), st.lists(st.none(), max_size=1))
def test_a_joint_model_is_never_accepted_without_everybodys_consent(
    consents: list[OrganizationId], returns: list[None]
) -> None:
    events: list[ModelEvent] = [surveyed, jointly, *(agreed[one] for one in consents)]
    for _ in returns:
        events += [returned, jointly]
    state = MODEL.fold(events, Model())
    try:
        MODEL.decide(state, accept)
    except RefusedError:
        assert returns or {*consents} != {UNION, TEAM}
    else:
        assert {*consents} == {UNION, TEAM} and not returns
