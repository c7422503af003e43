"""Councils: one chair, one secretary who does not vote, at least three who do, each person once."""

from datetime import UTC, date, datetime
from uuid import UUID

import msgspec
import pytest

from services.evaluation.domain.council import (
    ACCOUNT_TWICE,
    ALREADY_EXISTS,
    COUNCIL,
    MEMBER_UNKNOWN,
    MEMBERS_MAX,
    SUBSTITUTE_ROLE,
    SUBSTITUTED_ALREADY,
    TERM_REVERSED,
    TOO_LARGE,
    UNKNOWN,
    ChangeCouncil,
    FormCouncil,
    refuse_accounts_twice,
)
from services.evaluation.domain.makeup import ONE_CHAIR, ONE_MEMBER, ONE_SECRETARY, TOO_SMALL
from shared.contracts.council import CouncilChanged, CouncilFormed, CouncilMember
from shared.contracts.evaluation import CouncilMakeup, RuleSetVersion
from shared.contracts.values import CouncilId, CouncilRole, Forgettable, OrganizationId, RuleSetId
from shared.domain.refusal import Refusal, RefusedError
from tests.support.specification import specification

NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)
council = specification(COUNCIL)


def members(*roles: CouncilRole) -> tuple[CouncilMember, ...]:
    return tuple(
        CouncilMember(
            member_id=UUID(int=100 + n), person=Forgettable(UUID(int=200 + n), "c" * 64), role=role
        )
        for n, role in enumerate(roles)
    )


FIVE = members("chair", "secretary", "member", "member", "member")
formed = CouncilFormed(
    council_id=CouncilId(UUID(int=1)),
    body=OrganizationId(UUID(int=2)),
    name="Hội đồng bình xét xã Châu Tiến",
    members=FIVE,
    rule_set=RuleSetId(UUID(int=3)),
    rule_set_version=1,
    term_from=date(2026, 9, 1),
    term_until=date(2027, 12, 31),
)
MAKEUP = CouncilMakeup(voters_min=3, single_roles=("chair", "secretary"))
form = FormCouncil(
    council_id=formed.council_id,
    body=formed.body,
    name=formed.name,
    rule_set=RuleSetVersion(rule_set=formed.rule_set, version=1),
    term_from=formed.term_from,
    term_until=formed.term_until,
    members=FIVE,
    makeup=MAKEUP,
    at=NOW,
)


def test_a_council_is_formed() -> None:
    council.given().when(form).then(formed)


def test_the_secretary_does_not_vote() -> None:
    voting = COUNCIL.fold((formed,)).voting_members
    assert [member.role for member in voting] == ["chair", "member", "member", "member"]
    assert COUNCIL.initial_state.voting_members == ()


def test_a_council_is_formed_once() -> None:
    council.given(formed).when(form).then_refused(ALREADY_EXISTS)


@pytest.mark.parametrize(
    "roles,refusal",
    [
        (("chair", "secretary", "member"), TOO_SMALL),
        (("secretary", "member", "member", "member"), ONE_CHAIR),
        (("chair", "chair", "secretary", "member"), ONE_CHAIR),
        (("chair", "member", "member", "member"), ONE_SECRETARY),
        (("chair", "secretary", "secretary", "member", "member"), ONE_SECRETARY),
    ],
)
def test_a_council_of_another_shape_is_refused(
    roles: tuple[CouncilRole, ...], refusal: Refusal
) -> None:
    wrong = msgspec.structs.replace(form, members=members(*roles))
    council.given().when(wrong).then_refused(refusal)


def test_three_who_vote_are_enough() -> None:
    four = members("chair", "secretary", "member", "member")
    council.given().when(msgspec.structs.replace(form, members=four)).then(
        msgspec.structs.replace(formed, members=four)
    )


def test_the_makeup_is_what_the_rules_say() -> None:
    four = members("chair", "secretary", "member", "member")
    more = msgspec.structs.replace(form, makeup=CouncilMakeup(voters_min=5, single_roles=()))
    council.given().when(msgspec.structs.replace(more, members=four)).then_refused(TOO_SMALL)
    # Where the rules ask for no secretary, a council has none.
    alone = members("chair", "member", "member")
    free = msgspec.structs.replace(
        form, members=alone, makeup=CouncilMakeup(voters_min=3, single_roles=("chair",))
    )
    council.given().when(free).then(msgspec.structs.replace(formed, members=alone))
    single = CouncilMakeup(voters_min=1, single_roles=("member",))
    council.given().when(msgspec.structs.replace(form, members=four, makeup=single)).then_refused(
        ONE_MEMBER
    )


def test_a_term_does_not_end_before_it_begins() -> None:
    reversed_ = msgspec.structs.replace(form, term_until=date(2026, 8, 31))
    council.given().when(reversed_).then_refused(TERM_REVERSED)
    council.given(formed).when(
        msgspec.structs.replace(change, term_until=date(2026, 8, 31))
    ).then_refused(TERM_REVERSED)


@pytest.mark.parametrize(
    "on,within",
    [
        (date(2026, 8, 31), False),
        (date(2026, 9, 1), True),
        (date(2027, 12, 31), True),
        (date(2028, 1, 1), False),
    ],
)
def test_a_council_votes_within_its_term(on: date, *, within: bool) -> None:
    assert COUNCIL.fold((formed,)).in_term(on) is within
    assert not COUNCIL.initial_state.in_term(on)
    endless = msgspec.structs.replace(formed, term_until=None)
    assert COUNCIL.fold((endless,)).in_term(on) is (on >= formed.term_from)


def test_a_person_has_one_place() -> None:
    with pytest.raises(RefusedError) as caught:
        refuse_accounts_twice(["ct", "tk", "ct"])
    assert caught.value.refusal == ACCOUNT_TWICE
    refuse_accounts_twice(["ct", "tk"])


# --- changes ---------------------------------------------------------------------------------

JOINING = CouncilMember(
    member_id=UUID(int=300), person=Forgettable(UUID(int=301), "d" * 64), role="member"
)
SUBSTITUTE = msgspec.structs.replace(JOINING, substitutes=FIVE[4].member_id)
change = ChangeCouncil(
    left=(FIVE[2].member_id,),
    joined=(JOINING,),
    term_until=formed.term_until,
    reason="Chuyển công tác",
    makeup=MAKEUP,
    at=NOW,
)
changed = CouncilChanged(
    council_id=formed.council_id,
    members=(*FIVE[:2], *FIVE[3:], JOINING),
    term_until=formed.term_until,
    reason=change.reason,
)
substitute = msgspec.structs.replace(change, left=(), joined=(SUBSTITUTE,))
substituted = msgspec.structs.replace(changed, members=(*FIVE, SUBSTITUTE))


def test_members_leave_and_join() -> None:
    council.given(formed).when(change).then(changed)
    assert COUNCIL.fold((formed, changed)).members == changed.members


def test_the_term_is_extended() -> None:
    longer = msgspec.structs.replace(change, left=(), joined=(), term_until=date(2028, 6, 30))
    council.given(formed).when(longer).then(
        msgspec.structs.replace(changed, members=FIVE, term_until=date(2028, 6, 30))
    )
    extended = msgspec.structs.replace(changed, term_until=date(2028, 6, 30))
    assert COUNCIL.fold((formed, extended)).in_term(date(2028, 1, 1))


def test_a_change_of_nothing_is_none() -> None:
    council.given(formed).when(msgspec.structs.replace(change, left=(), joined=())).then_nothing()


def test_a_substitute_votes_in_the_place_of_the_member_until_it_leaves() -> None:
    council.given(formed).when(substitute).then(substituted)
    voting = COUNCIL.fold((formed, substituted)).voting_members
    assert voting == (FIVE[0], FIVE[2], FIVE[3], SUBSTITUTE)
    back = msgspec.structs.replace(substitute, left=(SUBSTITUTE.member_id,), joined=())
    council.given(formed, substituted).when(back).then(
        msgspec.structs.replace(changed, members=FIVE)
    )


def test_whoever_leaves_takes_the_substitute_along() -> None:
    leave = msgspec.structs.replace(substitute, left=(FIVE[4].member_id,), joined=())
    council.given(formed, substituted).when(leave).then(
        msgspec.structs.replace(changed, members=FIVE[:4])
    )


def test_a_substitute_has_a_seat_to_take_its_role_and_nobody_else_in_it() -> None:
    def refused(refusal: Refusal, joined: CouncilMember) -> None:
        wrong = msgspec.structs.replace(substitute, joined=(joined,))
        council.given(formed, substituted).when(wrong).then_refused(refusal)

    replace = msgspec.structs.replace
    second = replace(SUBSTITUTE, member_id=UUID(int=302))
    refused(SUBSTITUTED_ALREADY, second)
    refused(SUBSTITUTED_ALREADY, replace(second, substitutes=SUBSTITUTE.member_id))
    refused(MEMBER_UNKNOWN, replace(second, substitutes=UUID(int=999)))
    refused(SUBSTITUTE_ROLE, replace(second, substitutes=FIVE[0].member_id))


def test_a_chair_is_substituted_by_a_chair() -> None:
    acting = msgspec.structs.replace(JOINING, role="chair", substitutes=FIVE[0].member_id)
    council.given(formed).when(msgspec.structs.replace(substitute, joined=(acting,))).then(
        msgspec.structs.replace(changed, members=(*FIVE, acting))
    )


def test_a_change_leaves_a_council_the_rules_allow() -> None:
    def refused(refusal: Refusal, **changes: object) -> None:
        wrong = msgspec.structs.replace(change, **changes)
        council.given(formed).when(wrong).then_refused(refusal)

    refused(MEMBER_UNKNOWN, left=(UUID(int=999),))
    refused(ONE_CHAIR, left=(FIVE[0].member_id,))
    refused(ONE_SECRETARY, left=(FIVE[1].member_id,))
    refused(TOO_SMALL, left=tuple(member.member_id for member in FIVE[2:4]), joined=())
    many = tuple(
        msgspec.structs.replace(JOINING, member_id=UUID(int=400 + n)) for n in range(MEMBERS_MAX)
    )
    refused(TOO_LARGE, joined=many)


def test_what_was_never_formed_is_not_changed() -> None:
    council.given().when(change).then_refused(UNKNOWN)
