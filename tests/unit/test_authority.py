"""In whose name: what is entered on behalf always has its paper, and never comes without a row that allows it."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.metadata import OnBehalf
from shared.contracts.values import OrganizationId
from shared.domain.graph import Graph, Succession
from shared.domain.paper import PAPER_NEEDED, PAPER_NOT_NEEDED, PAPER_UNKNOWN
from shared.domain.refusal import RefusedError
from shared.host.authority import Authority
from shared.host.errors import ForbiddenError
from shared.host.known_successions import KnownSuccessions
from shared.host.policy import ANY, Actor, Grant, Role, Rules
from tests.support.notebooks import NOTEBOOK, Notebook, Shred

HOLDER, JOINT, COMMITTEE, STRANGER = (OrganizationId(UUID(int=number)) for number in range(1, 5))
BODIES = (HOLDER, JOINT, COMMITTEE, STRANGER)
ROLES = (Role.REGISTRANT, Role.COMMITTEE_OFFICER, Role.ADMINISTRATOR)
PAPER = "ab" * 32
TODAY = date(2026, 4, 2)
PARTIES = {"holder": {HOLDER, JOINT}, "committee": {COMMITTEE}}
GRANTS = (
    Grant(Role.REGISTRANT, "holder"),
    Grant(Role.COMMITTEE_OFFICER, "committee", paper_of="holder"),
    Grant(Role.ADMINISTRATOR, ANY),
)


class Known(KnownSuccessions):
    """What was read."""

    def __init__(self, *successions: Succession) -> None:
        self._all = successions

    def as_read(self, bodies: Collection[UUID], today: date) -> Graph:
        assert today == TODAY
        return Graph(successions=tuple(one for one in self._all if one.organization in bodies))


def asked(
    actor: Actor,
    paper: str | None = None,
    signed_by: Sequence[OrganizationId] = (),
    grants: tuple[Grant, ...] = GRANTS,
    ended: tuple[Succession, ...] = (),
) -> OnBehalf | str | None:
    """In whose name, or the code of the refusal."""
    command = Shred()
    rules = Rules(NOTEBOOK, lambda _s, _c: PARTIES, {type(command): grants})
    authority = Authority((rules,), Known(*ended), actor, TODAY, paper)
    authority.signed_by = tuple(signed_by)
    state = Notebook(holder=HOLDER) if ended else Notebook()
    try:
        return authority.authorise(NOTEBOOK, state, command, Graph())
    except RefusedError as refused:
        return refused.refusal.code
    except ForbiddenError:
        return "forbidden"


def actor(role: Role, organization: UUID | None, *more: Role) -> Actor:
    return Actor("someone", frozenset({role, *more}), organization)


OFFICER = actor(Role.COMMITTEE_OFFICER, COMMITTEE)


def test_from_the_holders_paper_it_is_in_the_holders_name() -> None:
    assert asked(OFFICER, PAPER, [HOLDER]) == OnBehalf(bodies=(HOLDER,), paper=PAPER)


def test_of_several_holders_those_are_named_that_signed() -> None:
    both = OnBehalf(bodies=(HOLDER, JOINT), paper=PAPER)
    assert asked(OFFICER, PAPER, [STRANGER, JOINT, HOLDER]) == both


def test_where_a_body_is_no_more_its_successors_paper_counts_and_without_one_its_own() -> None:
    merged = Succession(organization=HOLDER, effective_on=TODAY, successor=STRANGER)
    successor = OnBehalf(bodies=(STRANGER,), paper=PAPER)
    assert asked(OFFICER, PAPER, [STRANGER], ended=(merged,)) == successor
    assert asked(OFFICER, PAPER, [HOLDER], ended=(merged,)) == PAPER_UNKNOWN.code
    dissolved = Succession(organization=HOLDER, effective_on=TODAY, successor=None)
    own = OnBehalf(bodies=(HOLDER,), paper=PAPER)
    assert asked(OFFICER, PAPER, [HOLDER], ended=(dissolved,)) == own


def test_it_is_refused_without_a_paper_and_with_one_that_others_signed() -> None:
    assert asked(OFFICER) == PAPER_NEEDED.code
    assert asked(OFFICER, PAPER, []) == PAPER_UNKNOWN.code
    assert asked(OFFICER, PAPER, [STRANGER, COMMITTEE]) == PAPER_UNKNOWN.code


def test_in_the_own_name_there_is_no_paper() -> None:
    holder = actor(Role.REGISTRANT, HOLDER)
    assert asked(holder) is None
    assert asked(holder, PAPER, [HOLDER]) == PAPER_NOT_NEEDED.code
    also_officer = actor(Role.COMMITTEE_OFFICER, HOLDER, Role.REGISTRANT)
    assert asked(also_officer) is None


def test_the_committee_that_holds_it_itself_acts_in_its_own_name() -> None:
    grants = (Grant(Role.COMMITTEE_OFFICER, "committee", paper_of="committee"),)
    assert asked(OFFICER, grants=grants) is None


def test_where_nobody_is_represented_nobody_enters() -> None:
    grants = (Grant(Role.COMMITTEE_OFFICER, "committee", paper_of="nobody"),)
    assert asked(OFFICER, PAPER, BODIES, grants=grants) == "forbidden"


@given(
    st.builds(
        Actor, st.just("someone"), st.frozensets(st.sampled_from(ROLES)), st.sampled_from(BODIES)
    ),
    st.sampled_from((PAPER, None)),
    st.lists(st.sampled_from(BODIES)),
)
def test_on_behalf_always_with_its_paper_and_never_without_a_row(
    actor: Actor, paper: str | None, signed_by: list[OrganizationId]
) -> None:
    found = asked(actor, paper, signed_by)
    own = Role.ADMINISTRATOR in actor.roles or (
        Role.REGISTRANT in actor.roles and actor.organization in PARTIES["holder"]
    )
    may_for_others = Role.COMMITTEE_OFFICER in actor.roles and actor.organization == COMMITTEE
    if isinstance(found, OnBehalf):
        assert may_for_others and not own
        assert found.paper == paper == PAPER
        assert found.bodies
        assert set(found.bodies) <= set(signed_by) & PARTIES["holder"]
    elif found is None:
        assert own and paper is None
    elif found == "forbidden":
        assert not own and not may_for_others
