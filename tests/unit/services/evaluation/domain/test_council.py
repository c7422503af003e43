"""Councils: one chair, one secretary who does not vote, at least three who do, each person once."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest

from services.evaluation.domain.council import (
    ACCOUNT_TWICE,
    ALREADY_EXISTS,
    COUNCIL,
    ONE_CHAIR,
    ONE_SECRETARY,
    TOO_SMALL,
    FormCouncil,
    FormCouncilForm,
    MemberForm,
    refuse_accounts_twice,
)
from shared.contracts.evaluation import CouncilFormed, CouncilMember, CouncilRole
from shared.contracts.values import CouncilId, Forgettable, OrganizationId
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
)
form = FormCouncil(
    council_id=formed.council_id, body=formed.body, name=formed.name, members=FIVE, at=NOW
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


def test_a_person_has_one_place() -> None:
    chair = MemberForm(account="ct", name="Lò Văn A", role="chair")
    filled = FormCouncilForm(body=formed.body, name=formed.name, members=(chair, chair))
    with pytest.raises(RefusedError) as caught:
        refuse_accounts_twice(filled)
    assert caught.value.refusal == ACCOUNT_TWICE
    refuse_accounts_twice(msgspec.structs.replace(filled, members=(chair,)))
