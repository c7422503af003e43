"""Councils over HTTP: forming one, changing who sits in it."""

from collections.abc import Sequence
from typing import Final, TypeVar

import msgspec

from services.evaluation import facts, rule_queries
from services.evaluation.ballot_queries import NAME_READERS, NoParameters
from services.evaluation.domain.council import (
    COUNCIL,
    ChangeCouncil,
    ChangeCouncilForm,
    FormCouncil,
    FormCouncilForm,
    JoiningForm,
    MemberForm,
    refuse_accounts_twice,
)
from services.evaluation.persons import Person, person
from shared.contracts.council import CouncilMember
from shared.contracts.values import CouncilId
from shared.host.service import Api, Call, NotFoundError, Outcome, Page

F = TypeVar("F", FormCouncilForm, ChangeCouncilForm)


async def form_council(call: Call[FormCouncilForm]) -> Outcome:
    """Form a council that votes, made up as the named version of the rules asks. The secretary does not
    vote. Accounts and names are kept apart and can be erased.
    """
    form = call.body
    refuse_accounts_twice([member.account for member in form.members])
    council = CouncilId(call.new_id)
    settings, cites = await facts.rules_of(call, form.rule_set.rule_set, form.rule_set.version)
    command = FormCouncil(
        body=form.body,
        name=form.name,
        rule_set=form.rule_set,
        term_from=form.term_from,
        term_until=form.term_until,
        council_id=council,
        members=await _members(call, form.members),
        makeup=settings.council.value,
        at=call.now,
    )
    rules = f"{form.rule_set.rule_set}/{form.rule_set.version}"
    return await call.execute(COUNCIL, council, command, cites=cites, rules=rules)


async def _members(
    call: Call[F], forms: Sequence[MemberForm | JoiningForm]
) -> tuple[CouncilMember, ...]:
    """The members with ids, their accounts and names kept apart."""
    return tuple(
        [
            CouncilMember(
                member_id=call.derive("member", str(index)),
                person=await call.keep(f"member-{index}", _person(member)),
                role=member.role,
                substitutes=member.substitutes if isinstance(member, JoiningForm) else None,
            )
            for index, member in enumerate(forms)
        ]
    )


def _person(member: MemberForm) -> bytes:
    found = Person(account=member.account, name=member.name, organization=member.organization)
    return msgspec.json.encode(found)


async def change_council(call: Call[ChangeCouncilForm]) -> Outcome:
    """Change who sits: members leave or join, a substitute sits for a member, the term is extended or
    ended. Open ballots keep the electorate they were opened with.
    """
    form, council = call.body, call.path_id("council_id")
    state = (await call.load(COUNCIL, council)).state
    formed = state.formed
    if formed is None:
        raise NotFoundError("council")
    accounts = [member.account for member in form.joined]
    for member in state.members:
        found = await person(call, member.person)
        if found is not None and found.account is not None and member.member_id not in form.left:
            accounts.append(found.account)
    refuse_accounts_twice(accounts)
    settings, cites = await facts.rules_of(call, formed.rule_set, formed.rule_set_version)
    command = ChangeCouncil(
        left=form.left,
        term_until=form.term_until,
        reason=form.reason,
        joined=await _members(call, form.joined),
        makeup=settings.council.value,
        at=call.now,
    )
    rules = f"{formed.rule_set}/{formed.rule_set_version}"
    return await call.execute(COUNCIL, council, command, cites=cites, rules=rules)


_TAG: Final = "councils"


def routes(api: Api) -> None:
    """Declare the routes of councils."""
    one = "/councils/{council_id}"
    api.write(
        "/councils", FormCouncilForm, form_council, command=FormCouncil, tag=_TAG, creates=True
    )
    api.write(f"{one}/changes", ChangeCouncilForm, change_council, command=ChangeCouncil, tag=_TAG)
    api.read(
        "/councils",
        rule_queries.ListCouncils,
        rule_queries.list_councils,
        answer=Page[rule_queries.CouncilRow],
        tag=_TAG,
        public=True,
    )
    api.read(
        one,
        NoParameters,
        rule_queries.get_council,
        answer=rule_queries.CouncilView,
        tag=_TAG,
        public=True,
    )
    api.read(
        f"{one}/members",
        NoParameters,
        rule_queries.get_council_members,
        answer=rule_queries.MembersView,
        tag=_TAG,
        roles=NAME_READERS,
    )
