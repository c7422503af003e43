"""A case whose deciding body ends before it has decided: its successor decides, and is recorded."""

from datetime import UTC, date, datetime
from uuid import UUID

import msgspec

from services.recognition.domain import case_refusals as refuse
from services.recognition.domain.case import CASE, DetermineCompetence
from services.recognition.domain.competence import Graph, GraphCompetence
from shared.contracts.recognition import CompetenceDetermined, CompetentBody
from shared.contracts.values import OrganizationId
from shared.domain import graph as organizations
from shared.domain.graph import Succession
from tests.support.specification import specification
from tests.unit.services.recognition.domain.test_case import (
    CASE_ID,
    COMMITTEE,
    COMPETENT,
    DECLINED,
    GRAPH,
    RECOGNIZED,
    decline,
    opened,
    recognize,
)

HEIR = OrganizationId(UUID(int=41))
MERGED_ON = date(2026, 10, 12)
DAY_BEFORE = datetime(2026, 10, 11, 3, tzinfo=UTC)
MERGER = Succession(organization=COMMITTEE, effective_on=MERGED_ON, successor=HEIR)
AFTERWARDS = Graph(
    lines=GRAPH.lines,
    competences=(
        *GRAPH.competences,
        GraphCompetence(organization=HEIR, clause="I.2.2b", valid_from=MERGED_ON),
    ),
    successions=(MERGER,),
)
ENDED = organizations.Graph(successions=(MERGER,))
SUCCEEDED = CompetenceDetermined(
    case_id=CASE_ID,
    as_of=MERGED_ON,
    bodies=(CompetentBody(organization=HEIR, clause="I.2.2b"),),
    named_body_competent=True,
    successor=HEIR,
)
determine = DetermineCompetence(at=datetime(2026, 10, 12, 3, tzinfo=UTC), graph=AFTERWARDS)
case = specification(CASE)


def test_from_the_day_of_the_merger_the_successor_decides() -> None:
    case.given(opened(), COMPETENT).when(determine).then(SUCCEEDED)
    case.given(opened(), SUCCEEDED).when(recognize()).then(
        msgspec.structs.replace(RECOGNIZED, decided_by=HEIR, clauses=("I.2.2b",))
    )
    advised_against = opened("decline")
    case.given(advised_against, SUCCEEDED).when(decline()).then(
        msgspec.structs.replace(DECLINED, decided_by=HEIR, clauses=("I.2.2b",))
    )


def test_the_same_successor_again_is_no_news() -> None:
    case.given(opened(), SUCCEEDED).when(determine).then_nothing()


def test_on_the_day_before_the_named_body_still_decides() -> None:
    early = msgspec.structs.replace(determine, at=DAY_BEFORE)
    case.given(opened()).when(early).then(
        msgspec.structs.replace(COMPETENT, as_of=date(2026, 10, 11))
    )
    command = msgspec.structs.replace(recognize(), at=DAY_BEFORE, graph=ENDED)
    case.given(opened(), COMPETENT).when(command).then(
        msgspec.structs.replace(RECOGNIZED, decided_on=date(2026, 10, 11))
    )


def test_a_body_that_is_no_more_recognises_and_declines_nothing() -> None:
    for command in (recognize(), decline()):
        late = msgspec.structs.replace(command, graph=ENDED)
        refused = (
            case.given(opened(), COMPETENT).when(late).then_refused(refuse.DECIDING_BODY_ENDED)
        )
        assert refused.refusal.clause == "I.2.2"
