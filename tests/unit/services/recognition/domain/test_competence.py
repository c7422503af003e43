"""Who may recognise (clause I.2.2): by party line, own system, territory, or as the Commission."""

from datetime import date
from uuid import UUID

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from services.recognition.domain.competence import (
    Graph,
    GraphCompetence,
    competent_bodies,
    deciding_body_on,
)
from shared.contracts.registration import Part
from shared.contracts.values import (
    Aim,
    CompetenceClause,
    HolderKind,
    LineKind,
    ModelId,
    OrganizationId,
)
from shared.domain.graph import LINE_STEPS_MAX, GraphLine, Succession

START = date(2025, 7, 1)
DAY = date(2026, 10, 12)


def body(number: int) -> OrganizationId:
    return OrganizationId(UUID(int=number))


PROVINCE, COMMISSION, COMMUNE, CELL, TEAM = (body(n) for n in range(1, 6))
UNION, COMMUNE_UNION, BLOCK, ARMY, POST = (body(n) for n in range(6, 11))


def line(
    organization: OrganizationId,
    kind: LineKind,
    superior: OrganizationId | None,
    since: date = START,
) -> GraphLine:
    return GraphLine(organization=organization, line=kind, superior=superior, valid_from=since)


def competence(
    organization: OrganizationId, clause: CompetenceClause, since: date = START
) -> GraphCompetence:
    return GraphCompetence(organization=organization, clause=clause, valid_from=since)


GRAPH = Graph(
    lines=(
        line(TEAM, "party", CELL),
        line(CELL, "party", COMMUNE),
        line(COMMUNE, "party", PROVINCE),
        line(BLOCK, "party", PROVINCE),
        line(POST, "party", ARMY),
        line(ARMY, "party", PROVINCE),
        line(COMMUNE_UNION, "party", COMMUNE),
        line(COMMUNE_UNION, "vertical", UNION),
        line(TEAM, "territory", COMMUNE),
        line(CELL, "territory", COMMUNE),
        line(POST, "territory", COMMUNE),
        line(COMMUNE_UNION, "territory", COMMUNE),
        line(COMMUNE, "territory", PROVINCE),
    ),
    competences=(
        competence(COMMISSION, "I.2.2a"),
        competence(COMMUNE, "I.2.2b"),
        competence(BLOCK, "I.2.2b"),
        competence(ARMY, "I.2.2b"),
        competence(UNION, "I.2.2c"),
        competence(COMMUNE, "I.2.2d"),
    ),
)


def bodies(
    holder: OrganizationId,
    *,
    graph: Graph = GRAPH,
    kind: HolderKind = "collective",
    aim: Aim = "model",
    on: date = DAY,
) -> set[tuple[OrganizationId, CompetenceClause]]:
    found = competent_bodies(graph, holder=holder, holder_kind=kind, aim=aim, on=on)
    assert list(found) == sorted(found, key=lambda one: (one.clause, str(one.organization)))
    return {(one.organization, one.clause) for one in found}


def test_a_party_committee_recognises_what_its_cells_hold_at_any_depth() -> None:
    assert (COMMUNE, "I.2.2b") in bodies(TEAM)


def test_four_competences_overlap_and_all_are_found() -> None:
    assert bodies(COMMUNE_UNION) == {
        (COMMUNE, "I.2.2b"),
        (UNION, "I.2.2c"),
        (COMMUNE, "I.2.2d"),
    }


def test_party_line_and_territory_may_lead_to_different_committees() -> None:
    assert bodies(POST) == {(ARMY, "I.2.2b"), (COMMUNE, "I.2.2d")}


def test_the_commission_recognises_exemplars_never_models() -> None:
    assert (COMMISSION, "I.2.2a") in bodies(CELL, aim="exemplar")
    assert (COMMISSION, "I.2.2a") not in bodies(CELL, aim="model")


def test_a_committee_does_not_recognise_its_own_collective_work() -> None:
    assert bodies(COMMUNE) == set()


def test_the_committee_an_individual_belongs_to_counts_itself() -> None:
    assert bodies(COMMUNE, kind="individual") == {(COMMUNE, "I.2.2b"), (COMMUNE, "I.2.2d")}


def test_a_system_recognises_by_its_own_line_only() -> None:
    assert (UNION, "I.2.2c") not in bodies(CELL)


def test_a_competence_counts_from_its_day_on() -> None:
    assert bodies(CELL, on=date(2025, 6, 30)) == set()
    assert bodies(CELL, on=START) == {(COMMUNE, "I.2.2b"), (COMMUNE, "I.2.2d")}


def test_a_past_day_is_answered_with_the_lines_of_that_day() -> None:
    moved = Graph(
        lines=(
            *GRAPH.lines,
            line(POST, "party", COMMUNE, date(2026, 11, 1)),
            line(POST, "territory", None, date(2026, 11, 1)),
        ),
        competences=GRAPH.competences,
    )
    assert bodies(POST, graph=moved) == {(ARMY, "I.2.2b"), (COMMUNE, "I.2.2d")}
    assert bodies(POST, graph=moved, on=date(2026, 11, 1)) == {(COMMUNE, "I.2.2b")}


def test_a_circle_in_the_lines_ends_the_way_up() -> None:
    circle = Graph(
        lines=(line(CELL, "party", COMMUNE), line(COMMUNE, "party", CELL)),
        competences=(competence(COMMUNE, "I.2.2b"), competence(CELL, "I.2.2b")),
    )
    assert circle.above(CELL, "party", DAY) == (COMMUNE,)
    assert bodies(CELL, graph=circle) == {(COMMUNE, "I.2.2b")}


def test_a_circle_further_up_ends_the_way_too() -> None:
    circle = Graph(
        lines=(
            line(CELL, "party", COMMUNE),
            line(COMMUNE, "party", PROVINCE),
            line(PROVINCE, "party", COMMUNE),
        )
    )
    assert circle.above(CELL, "party", DAY) == (COMMUNE, PROVINCE)


organizations = st.integers(1, 40).map(body)
days = st.dates(date(2024, 1, 1), date(2028, 1, 1))
graphs = st.builds(
    Graph,
    lines=st.lists(
        st.builds(
            line,
            organizations,
            st.sampled_from(("party", "vertical", "territory")),
            st.none() | organizations,
            days,
        ),
        max_size=60,
        unique_by=lambda entry: (entry.organization, entry.line, entry.valid_from),
    ).map(tuple),
    competences=st.lists(
        st.builds(
            competence,
            organizations,
            st.sampled_from(("I.2.2a", "I.2.2b", "I.2.2c", "I.2.2d")),
            days,
        ),
        max_size=20,
    ).map(tuple),
)


@given(graphs, organizations, days)
def test_however_the_lines_run_the_way_up_is_bounded_and_visits_nobody_twice(
    graph: Graph, start: OrganizationId, on: date
) -> None:
    way = graph.above(start, "party", on)
    assert len(way) <= LINE_STEPS_MAX
    assert len({start, *way}) == len(way) + 1


@given(graphs, organizations, st.sampled_from(("collective", "individual")), days)
def test_whoever_is_competent_holds_the_clause_by_then_and_a_never_covers_models(
    graph: Graph, holder: OrganizationId, kind: HolderKind, on: date
) -> None:
    held = {(one.organization, one.clause) for one in graph.competences if one.valid_from <= on}
    found = bodies(holder, graph=graph, kind=kind, on=on)
    assert found <= held
    assert "I.2.2a" not in {clause for _, clause in found}


# --- the districts' end -----------------------------------------------------------------------

REFORM = date(2025, 7, 1)
BEFORE = date(2025, 6, 30)
LONG_AGO = date(2010, 1, 1)
DISTRICT, NORTH, SOUTH, HAMLET, OLD_NORTH = (body(n) for n in range(21, 26))
MODEL = ModelId(UUID(int=99))

REFORMED = Graph(
    lines=(
        line(HAMLET, "party", OLD_NORTH, LONG_AGO),
        line(HAMLET, "territory", DISTRICT, LONG_AGO),
        line(HAMLET, "territory", OLD_NORTH, REFORM),
        line(OLD_NORTH, "party", DISTRICT, LONG_AGO),
        line(DISTRICT, "party", PROVINCE, LONG_AGO),
    ),
    competences=(
        competence(DISTRICT, "I.2.2d", LONG_AGO),
        GraphCompetence(organization=NORTH, clause="I.2.2d", valid_from=REFORM, former=DISTRICT),
        GraphCompetence(organization=SOUTH, clause="I.2.2d", valid_from=REFORM, former=DISTRICT),
        competence(NORTH, "I.2.2b", REFORM),
    ),
    successions=(
        Succession(organization=DISTRICT, effective_on=REFORM, successor=None),
        Succession(organization=OLD_NORTH, effective_on=REFORM, successor=NORTH),
    ),
)


def test_until_the_reform_the_district_recognises_and_from_it_on_the_merged_commune() -> None:
    assert bodies(HAMLET, graph=REFORMED, on=BEFORE) == {(DISTRICT, "I.2.2d")}
    assert bodies(HAMLET, graph=REFORMED, on=REFORM) == {(NORTH, "I.2.2b"), (NORTH, "I.2.2d")}


def test_in_the_place_of_the_abolished_district_decides_who_succeeded_in_its_competence_there() -> (
    None
):
    for on, decides in ((BEFORE, DISTRICT), (REFORM, NORTH)):
        found = competent_bodies(
            REFORMED, holder=HAMLET, holder_kind="collective", aim="model", on=on
        )
        assert deciding_body_on(REFORMED, DISTRICT, found, on=on) == decides


def test_where_several_succeeded_or_none_nobody_decides_in_its_place() -> None:
    south_too = msgspec.structs.replace(
        REFORMED, lines=(*REFORMED.lines, line(NORTH, "territory", SOUTH, REFORM))
    )
    found = competent_bodies(
        south_too, holder=HAMLET, holder_kind="collective", aim="model", on=REFORM
    )
    assert deciding_body_on(south_too, DISTRICT, found, on=REFORM) is None
    assert deciding_body_on(REFORMED, DISTRICT, (), on=REFORM) is None


def test_a_competence_that_another_succeeded_in_is_no_longer_held() -> None:
    handed_over = Graph(
        lines=(line(HAMLET, "territory", NORTH), line(NORTH, "territory", DISTRICT)),
        competences=REFORMED.competences,
    )
    found = bodies(HAMLET, graph=handed_over, on=DAY)
    assert (DISTRICT, "I.2.2d") not in found
    assert (NORTH, "I.2.2d") in found


def test_who_takes_the_model_in_a_split_stands_in_its_holders_place() -> None:
    split = Graph(
        lines=(line(SOUTH, "party", COMMUNE), line(NORTH, "party", BLOCK)),
        competences=GRAPH.competences,
        successions=(
            Succession(
                organization=HAMLET,
                effective_on=REFORM,
                successor=NORTH,
                parts=(
                    Part(organization=NORTH),
                    Part(organization=SOUTH, models=(MODEL,)),
                ),
            ),
        ),
    )
    for model, expected in ((MODEL, COMMUNE), (None, BLOCK)):
        found = competent_bodies(
            split, holder=HAMLET, holder_kind="collective", aim="model", on=DAY, model=model
        )
        assert {one.organization for one in found} == {expected}


def test_a_commission_that_is_no_more_recognises_no_exemplar() -> None:
    heir = body(31)
    merged = msgspec.structs.replace(
        GRAPH,
        competences=(
            *GRAPH.competences,
            GraphCompetence(
                organization=heir, clause="I.2.2a", valid_from=LONG_AGO, former=body(32)
            ),
        ),
        successions=(Succession(organization=COMMISSION, effective_on=DAY, successor=heir),),
    )
    day_before = date(2026, 10, 11)
    assert (COMMISSION, "I.2.2a") in bodies(TEAM, graph=merged, aim="exemplar", on=day_before)
    found = bodies(TEAM, graph=merged, aim="exemplar", on=DAY)
    assert (COMMISSION, "I.2.2a") not in found
    assert (heir, "I.2.2a") in found
