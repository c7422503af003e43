"""The end of bodies: dissolved, merged, split; who succeeds them in what, and in which competence."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registration.domain import organization_refusals as refuse
from services.registration.domain.organization import (
    ORGANIZATION,
    AssignCompetence,
    ChangeLine,
    RenameOrganization,
)
from services.registration.domain.organization_state import Organization
from services.registration.domain.reorganization import (
    LINES,
    DissolveOrganization,
    MergeOrganization,
    SplitOrganization,
    SucceedCompetence,
)
from services.registration.domain.surroundings import HeldCompetence, KnownBody, Surroundings
from shared.contracts.registration import (
    CompetenceSucceeded,
    OrganizationCreated,
    OrganizationDissolved,
    OrganizationLineChanged,
    OrganizationMerged,
    OrganizationSplit,
    Part,
)
from shared.contracts.values import ModelId, OrganizationId
from shared.domain.graph import Graph, GraphLine, Succession
from shared.domain.refusal import Refusal, RefusedError
from tests.support.specification import specification

REFORM = date(2025, 7, 1)
BEFORE = date(2025, 6, 30)
START = date(2010, 1, 1)
NOW = datetime(2025, 6, 16, 2, tzinfo=UTC)
RESOLUTION = "202/2025/QH15"


def body(number: int) -> OrganizationId:
    return OrganizationId(UUID(int=number))


DISTRICT, NORTH, SOUTH, SECTION, LATER = (body(n) for n in range(1, 6))
MODEL = ModelId(UUID(int=77))


def created(organization: OrganizationId, since: date = START) -> OrganizationCreated:
    return OrganizationCreated(
        organization_id=organization,
        name=f"Đơn vị {organization.int}",
        kind="party_committee",
        level="district",
        place="Con Cuông",
        established_on=since,
    )


def known(*bodies: OrganizationId, since: date = START) -> tuple[KnownBody, ...]:
    return tuple(KnownBody(organization=one, established_on=since) for one in bodies)


def line(below: OrganizationId, above: OrganizationId, since: date = START) -> GraphLine:
    return GraphLine(organization=below, line="party", superior=above, valid_from=since)


AROUND = Surroundings(
    known=known(DISTRICT, NORTH, SOUTH, SECTION),
    competences=(HeldCompetence(organization=DISTRICT, clause="I.2.2d", valid_from=START),),
)
dissolve = DissolveOrganization(
    effective_on=REFORM, successor=None, source=RESOLUTION, at=NOW, surroundings=AROUND
)
dissolved = OrganizationDissolved(
    organization_id=DISTRICT, effective_on=REFORM, successor=None, source=RESOLUTION
)
merge = MergeOrganization(
    into=NORTH, effective_on=REFORM, source=RESOLUTION, at=NOW, surroundings=AROUND
)
merged = OrganizationMerged(
    organization_id=DISTRICT, into=NORTH, effective_on=REFORM, source=RESOLUTION
)
PARTS = (
    Part(organization=NORTH, duties=("deciding_body",)),
    Part(organization=SOUTH, models=(MODEL,)),
)
split = SplitOrganization(
    effective_on=REFORM,
    parts=PARTS,
    default_successor=NORTH,
    source=RESOLUTION,
    at=NOW,
    surroundings=AROUND,
)
splitted = OrganizationSplit(
    organization_id=DISTRICT,
    effective_on=REFORM,
    parts=PARTS,
    default_successor=NORTH,
    source=RESOLUTION,
)
succeed = SucceedCompetence(
    clause="I.2.2d",
    former=DISTRICT,
    advised_by=SECTION,
    valid_from=REFORM,
    source="Công văn 10-CV/BTGDV",
    at=NOW,
    surroundings=AROUND,
)
succeeded = CompetenceSucceeded(
    organization_id=NORTH,
    clause="I.2.2d",
    former=DISTRICT,
    advised_by=SECTION,
    valid_from=REFORM,
    source="Công văn 10-CV/BTGDV",
)

district = created(DISTRICT)
organization = specification(ORGANIZATION)


def test_a_body_is_dissolved_with_a_successor_or_expressly_without_one() -> None:
    organization.given(district).when(dissolve).then(dissolved)
    to_north = msgspec.structs.replace(dissolve, successor=NORTH)
    organization.given(district).when(to_north).then(
        msgspec.structs.replace(dissolved, successor=NORTH)
    )


def test_a_body_is_merged_into_another() -> None:
    organization.given(district).when(merge).then(merged)


def test_a_body_is_split_and_each_part_names_what_it_takes() -> None:
    organization.given(district).when(split).then(splitted)


@pytest.mark.parametrize(
    "command,event", [(dissolve, dissolved), (merge, merged), (split, splitted)]
)
def test_the_same_end_again_stays_quiet_and_another_one_is_refused(
    command: Any,  # noqa: ANN401 - one of three commands
    event: Any,  # noqa: ANN401 - and its event
) -> None:
    organization.given(district, event).when(command).then_nothing()
    other = msgspec.structs.replace(command, effective_on=date(2025, 8, 1))
    organization.given(district, event).when(other).then_refused(refuse.ENDED)


def test_a_body_does_not_end_before_it_began() -> None:
    early = msgspec.structs.replace(dissolve, effective_on=date(2009, 12, 31))
    organization.given(district).when(early).then_refused(refuse.BEFORE_ESTABLISHED)


def test_what_does_not_exist_does_not_end() -> None:
    for command in (dissolve, merge, split, succeed):
        organization.given().when(command).then_refused(refuse.UNKNOWN)


def test_only_a_body_that_is_there_on_the_day_succeeds() -> None:
    unknown = msgspec.structs.replace(merge, into=LATER)
    organization.given(district).when(unknown).then_refused(refuse.OTHER_UNKNOWN)
    not_yet = Surroundings(known=known(NORTH, since=date(2025, 7, 2)))
    early = msgspec.structs.replace(merge, surroundings=not_yet)
    organization.given(district).when(early).then_refused(refuse.OTHER_UNKNOWN)
    ends = Succession(organization=NORTH, effective_on=REFORM, successor=SOUTH)
    gone = msgspec.structs.replace(AROUND, graph=Graph(successions=(ends,)))
    late = msgspec.structs.replace(merge, surroundings=gone)
    organization.given(district).when(late).then_refused(refuse.OTHER_ENDED)


def test_a_body_does_not_succeed_itself_nor_through_others() -> None:
    own = msgspec.structs.replace(merge, into=DISTRICT)
    organization.given(district).when(own).then_refused(refuse.OWN_SUCCESSOR)
    # The north will be merged into the district, but only a month after the district's end.
    ends = Succession(organization=NORTH, effective_on=date(2025, 8, 1), successor=DISTRICT)
    around = msgspec.structs.replace(AROUND, graph=Graph(successions=(ends,)))
    back = msgspec.structs.replace(merge, surroundings=around)
    organization.given(district).when(back).then_refused(refuse.OWN_SUCCESSOR)


def test_a_successor_does_not_come_to_stand_above_its_own_superior() -> None:
    # The north stands below the section, the section below the district.
    graph = Graph(lines=(line(NORTH, SECTION), line(SECTION, DISTRICT)))
    below = msgspec.structs.replace(
        merge, surroundings=msgspec.structs.replace(AROUND, graph=graph)
    )
    organization.given(district).when(below).then_refused(refuse.SUCCESSOR_BELOW)


def test_nor_does_one_that_takes_over_from_the_successor_later() -> None:
    # As above, only that the south comes first and is merged into the north a month later.
    ends = Succession(organization=SOUTH, effective_on=date(2025, 8, 1), successor=NORTH)
    graph = Graph(lines=(line(NORTH, SECTION), line(SECTION, DISTRICT)), successions=(ends,))
    around = msgspec.structs.replace(AROUND, graph=graph)
    later = msgspec.structs.replace(merge, into=SOUTH, surroundings=around)
    refused = organization.given(district).when(later).then_refused(refuse.SUCCESSOR_BELOW)
    assert refused.values == {"on": "2025-08-01"}
    directly = Graph(lines=(line(NORTH, DISTRICT),))
    allowed = msgspec.structs.replace(
        merge, surroundings=msgspec.structs.replace(AROUND, graph=directly)
    )
    organization.given(district).when(allowed).then(merged)


@pytest.mark.parametrize(
    "parts,default,refusal",
    [
        (PARTS[:1], NORTH, refuse.PARTS_MISSING),
        ((PARTS[0], Part(organization=NORTH)), NORTH, refuse.PARTS_MISSING),
        (PARTS, SECTION, refuse.DEFAULT_NOT_A_PART),
        (
            (PARTS[0], Part(organization=SOUTH, duties=("deciding_body",))),
            NORTH,
            refuse.TAKEN_TWICE,
        ),
        ((PARTS[1], Part(organization=NORTH, models=(MODEL,))), NORTH, refuse.TAKEN_TWICE),
    ],
)
def test_a_split_says_once_who_takes_what(
    parts: tuple[Part, ...], default: OrganizationId, refusal: Refusal
) -> None:
    command = msgspec.structs.replace(split, parts=parts, default_successor=default)
    organization.given(district).when(command).then_refused(refusal)


def test_a_body_that_is_no_more_changes_nothing_from_that_day_on() -> None:
    line_ = ChangeLine(line="party", superior=NORTH, valid_from=REFORM, at=NOW, surroundings=AROUND)
    name = RenameOrganization(name="Tên khác", valid_from=REFORM, source="QĐ", at=NOW)
    competence = AssignCompetence(
        clause="I.2.2b", advised_by=SECTION, valid_from=REFORM, source="QĐ", at=NOW
    )
    for command in (line_, name, competence):
        organization.given(district, merged).when(command).then_refused(refuse.ENDED)
    corrected = msgspec.structs.replace(line_, valid_from=BEFORE)
    organization.given(district, merged).when(corrected).then(
        OrganizationLineChanged(
            organization_id=DISTRICT, line="party", superior=NORTH, valid_from=BEFORE
        )
    )


# --- competences ------------------------------------------------------------------------------


def test_a_body_succeeds_another_in_a_competence() -> None:
    organization.given(created(NORTH)).when(succeed).then(succeeded)
    organization.given(created(NORTH), succeeded).when(succeed).then_nothing()


def test_one_succeeds_only_in_a_competence_that_was_held() -> None:
    other = msgspec.structs.replace(succeed, clause="I.2.2b")
    refused = (
        organization.given(created(NORTH)).when(other).then_refused(refuse.COMPETENCE_NOT_HELD)
    )
    assert refused.refusal.clause == "I.2.2"
    ends = Succession(organization=DISTRICT, effective_on=BEFORE, successor=None)
    gone = msgspec.structs.replace(AROUND, graph=Graph(successions=(ends,)))
    late = msgspec.structs.replace(succeed, surroundings=gone)
    organization.given(created(NORTH)).when(late).then_refused(refuse.COMPETENCE_NOT_HELD)
    own = msgspec.structs.replace(succeed, former=NORTH)
    organization.given(created(NORTH)).when(own).then_refused(refuse.OWN_COMPETENCE)
    advised = msgspec.structs.replace(succeed, advised_by=NORTH)
    organization.given(created(NORTH)).when(advised).then_refused(refuse.ADVISER_DECIDES)
    unknown = msgspec.structs.replace(succeed, advised_by=LATER)
    organization.given(created(NORTH)).when(unknown).then_refused(refuse.OTHER_UNKNOWN)


# --- what never happens, whatever is done in whatever order -----------------------------------

BODIES = [body(n) for n in range(1, 6)]
DAYS = st.dates(date(2025, 1, 1), date(2025, 1, 8))
STEP = st.tuples(
    st.sampled_from(["line", "dissolve", "merge", "split"]),
    st.sampled_from(BODIES),
    st.sampled_from(BODIES),
    st.sampled_from(BODIES),
    DAYS,
)


def play(steps: list[Any]) -> dict[OrganizationId, Organization]:
    """Five bodies after these commands, each decided with the whole graph around it; what is refused
    changes nothing.
    """
    states = {one: ORGANIZATION.fold((created(one),)) for one in BODIES}
    for kind, one, other, third, on in steps:
        around = Surroundings(graph=whole(states), known=known(*BODIES))
        command: Any
        if kind == "line":
            command = ChangeLine(
                line="party", superior=other, valid_from=on, at=NOW, surroundings=around
            )
        elif kind == "dissolve":
            command = msgspec.structs.replace(
                dissolve, effective_on=on, successor=None, surroundings=around
            )
        elif kind == "merge":
            command = msgspec.structs.replace(
                merge, effective_on=on, into=other, surroundings=around
            )
        else:
            parts = (
                Part(organization=other, models=(MODEL,)),
                Part(organization=third, duties=("holder",)),
            )
            command = msgspec.structs.replace(
                split,
                effective_on=on,
                parts=parts,
                default_successor=third,
                surroundings=around,
            )
        try:
            events = ORGANIZATION.decide(states[one], command)
        except RefusedError:
            continue
        states[one] = ORGANIZATION.fold(events, states[one])
    return states


def whole(states: dict[OrganizationId, Organization]) -> Graph:
    said = [state.graph() for state in states.values()]
    return Graph(
        lines=tuple(entry for graph in said for entry in graph.lines),
        successions=tuple(entry for graph in said for entry in graph.successions),
    )


@given(st.lists(STEP, max_size=14), DAYS)
def test_no_line_ever_runs_in_a_circle(steps: list[Any], on: date) -> None:
    graph = whole(play(steps))
    for one in BODIES:
        for kind in LINES:
            assert graph.circle(one, kind) is None
            way = graph.above(one, kind, on)
            assert one not in way
            assert len(set(way)) == len(way)
            assert not any(graph.ended(above, on) for above in way)


@given(st.lists(STEP, max_size=14), DAYS)
def test_every_duty_ends_with_a_body_that_is_there_or_expressly_with_nobody(
    steps: list[Any], on: date
) -> None:
    graph = whole(play(steps))
    nobody = {entry.organization for entry in graph.successions if entry.successor is None}
    for one in BODIES:
        for duty in (None, "holder", "committee"):
            for model in (None, MODEL):
                holder = graph.holder_on(one, duty, on, model)
                if holder is None:
                    assert nobody & graph.succeeding(one)
                else:
                    assert not graph.ended(holder, on)
                    assert graph.holder_on(holder, duty, on, model) == holder
