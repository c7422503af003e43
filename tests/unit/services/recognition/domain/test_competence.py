"""Who may recognise (clause I.2.2): by party line, own system, territory, or as the Commission."""

from datetime import date
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.recognition.domain.competence import (
    LINE_STEPS_MAX,
    Graph,
    GraphCompetence,
    GraphLine,
    competent_bodies,
)
from shared.contracts.values import (
    Aim,
    CompetenceClause,
    HolderKind,
    LineKind,
    OrganizationId,
)

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
