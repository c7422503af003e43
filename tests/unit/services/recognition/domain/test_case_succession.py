"""A case whose deciding body ends before it has decided: its successor decides, and is recorded."""

from datetime import UTC, date, datetime
from uuid import UUID

import msgspec

from services.recognition.domain import case_refusals as refuse
from services.recognition.domain.case import CASE
from services.recognition.domain.competence import Graph, GraphCompetence
from services.recognition.domain.determining import DetermineCompetence, NameDecidingBody
from shared.contracts.recognition import CompetenceDetermined, CompetentBody, DecidingBodyNamed
from shared.contracts.values import OrganizationId
from shared.domain import graph as organizations
from shared.domain.graph import Succession
from tests.support.specification import specification
from tests.unit.services.recognition.domain import cases as c

HEIR = OrganizationId(UUID(int=41))
MERGED_ON = date(2026, 10, 12)
DAY_BEFORE = datetime(2026, 10, 11, 3, tzinfo=UTC)
MERGER = Succession(organization=c.COMMITTEE, effective_on=MERGED_ON, successor=HEIR)
AFTERWARDS = Graph(
    lines=c.GRAPH.lines,
    competences=(
        *c.GRAPH.competences,
        GraphCompetence(organization=HEIR, clause="I.2.2b", valid_from=MERGED_ON),
    ),
    successions=(MERGER,),
)
ENDED = organizations.Graph(successions=(MERGER,))
SUCCEEDED = CompetenceDetermined(
    case_id=c.CASE_ID,
    as_of=MERGED_ON,
    bodies=(CompetentBody(organization=HEIR, clause="I.2.2b"),),
    named_body_competent=True,
    successor=HEIR,
)
determine = DetermineCompetence(at=datetime(2026, 10, 12, 3, tzinfo=UTC), graph=AFTERWARDS)
case = specification(CASE)


def test_from_the_day_of_the_merger_the_successor_decides() -> None:
    case.given(*c.READY_CASE).when(determine).then(SUCCEEDED)
    case.given(c.OPENED, SUCCEEDED).when(c.recognize()).then(
        msgspec.structs.replace(c.RECOGNIZED, decided_by=HEIR, clauses=("I.2.2b",))
    )
    advised_against = c.opened("decline")
    case.given(advised_against, SUCCEEDED).when(c.decline()).then(
        msgspec.structs.replace(c.DECLINED, decided_by=HEIR, clauses=("I.2.2b",))
    )


def test_the_same_successor_again_is_no_news() -> None:
    case.given(c.OPENED, SUCCEEDED).when(determine).then_nothing()


def test_on_the_day_before_the_named_body_still_decides() -> None:
    early = msgspec.structs.replace(determine, at=DAY_BEFORE)
    case.given(c.OPENED).when(early).then(
        msgspec.structs.replace(c.COMPETENT, as_of=date(2026, 10, 11))
    )
    command = msgspec.structs.replace(c.recognize(), at=DAY_BEFORE, graph=ENDED)
    case.given(*c.READY_CASE).when(command).then(
        msgspec.structs.replace(c.RECOGNIZED, decided_on=date(2026, 10, 11))
    )


def test_a_body_that_is_no_more_recognises_and_declines_nothing() -> None:
    for command in (c.recognize(), c.decline()):
        late = msgspec.structs.replace(command, graph=ENDED)
        refused = case.given(*c.READY_CASE).when(late).then_refused(refuse.DECIDING_BODY_ENDED)
        assert refused.refusal.clause == "I.2.2"


# --- several heirs: the holder names one --------------------------------------------------------

HOLDER_OF_IT = OrganizationId(UUID(int=42))
SECOND_HEIR, STRANGER = OrganizationId(UUID(int=43)), OrganizationId(UUID(int=44))
UNDECIDED = CompetenceDetermined(
    case_id=c.CASE_ID,
    as_of=MERGED_ON,
    bodies=(
        CompetentBody(organization=HEIR, clause="I.2.2d"),
        CompetentBody(organization=SECOND_HEIR, clause="I.2.2d"),
    ),
    named_body_competent=False,
)
NAMED = DecidingBodyNamed(
    case_id=c.CASE_ID, model=c.MODEL, organization=SECOND_HEIR, named_by=HOLDER_OF_IT
)


def naming(organization: OrganizationId) -> NameDecidingBody:
    return NameDecidingBody(organization=organization, named_by=HOLDER_OF_IT)


def test_where_the_named_body_is_not_competent_the_holder_names_one_that_is() -> None:
    case.given(c.OPENED, UNDECIDED).when(c.recognize()).then_refused(refuse.NOT_COMPETENT)
    case.given(c.OPENED, UNDECIDED).when(naming(SECOND_HEIR)).then(NAMED)
    case.given(c.OPENED, UNDECIDED, NAMED).when(naming(SECOND_HEIR)).then_nothing()
    case.given(c.OPENED, UNDECIDED, NAMED).when(c.recognize()).then(
        msgspec.structs.replace(c.RECOGNIZED, decided_by=SECOND_HEIR, clauses=("I.2.2d",))
    )


def test_only_a_competent_body_is_named_and_never_the_adviser() -> None:
    case.given(c.OPENED, UNDECIDED).when(naming(STRANGER)).then_refused(refuse.NAMED_NOT_COMPETENT)
    case.given(c.OPENED).when(naming(HEIR)).then_refused(refuse.COMPETENCE_OPEN)
    adviser = c.SECTION
    bodies = (*UNDECIDED.bodies, CompetentBody(organization=adviser, clause="I.2.2c"))
    known = msgspec.structs.replace(UNDECIDED, bodies=bodies)
    case.given(c.OPENED, known).when(naming(adviser)).then_refused(refuse.ADVISER_DECIDES)


def test_nobody_is_named_in_the_place_of_a_competent_body() -> None:
    for known in ((c.COMPETENT,), (SUCCEEDED,), (UNDECIDED, NAMED)):
        case.given(c.OPENED, *known).when(
            naming(HEIR if known != (SUCCEEDED,) else STRANGER)
        ).then_refused(refuse.NAMED_BODY_COMPETENT)
    case.given(*c.RECOGNIZED_CASE).when(naming(HEIR)).then_refused(refuse.ALREADY_DECIDED)


def test_competence_determined_later_starts_from_the_body_named() -> None:
    graph = Graph(
        lines=c.GRAPH.lines,
        competences=(
            GraphCompetence(organization=c.COMMITTEE, clause="I.2.2b", valid_from=date(2020, 1, 1)),
        ),
    )
    later = DetermineCompetence(at=datetime(2026, 10, 13, 3, tzinfo=UTC), graph=graph)
    (event,) = CASE.decide(CASE.fold((c.OPENED, UNDECIDED, NAMED)), later)
    assert isinstance(event, CompetenceDetermined)
    assert (event.named_body_competent, event.successor) == (False, None)
