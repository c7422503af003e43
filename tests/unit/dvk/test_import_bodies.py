"""A province's table: every problem by row and column, and in which order bodies are entered."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dvk.importing.bodies.check import check_bodies
from dvk.importing.bodies.checked import Findings
from dvk.importing.bodies.columns import EXAMPLES, SUPERIORS, clauses_called, level_called
from dvk.importing.known import KnownBody
from dvk.importing.table import SourceRow
from shared.contracts.values import LineKind
from shared.host.ids import organization_of_code

CATEGORIES = {"I.1.1-2": "collective", "I.1.1-3": "collective", "I.1.2-1": "individual"}
COMMITTEE = {
    "code": "DU-DL",
    "name": "Đảng ủy xã Đô Lương",
    "kind": "Đảng ủy xã, phường",
    "level": "Xã",
    "place": "Xã Đô Lương",
    "established_on": "01/07/2025",
    "category": "I.1.1-2",
}
SECTION = {
    **COMMITTEE,
    "code": "BXDD-DL",
    "name": "Ban Xây dựng Đảng xã Đô Lương",
    "category": "I.1.1-3",
    "party_superior": "du-dl",
    "territory_superior": "DANG UY XA DO LUONG",
}
THERE = KnownBody(
    id=organization_of_code("DU-DL"),
    code="DU-DL",
    name=COMMITTEE["name"],
    kind=COMMITTEE["kind"],
    level="commune",
    place=COMMITTEE["place"],
    category="I.1.1-2",
    superiors={},
)


def check(*rows: Mapping[str, str], there: tuple[KnownBody, ...] = ()) -> Findings:
    source = [SourceRow(line, row) for line, row in enumerate(rows, 2)]
    return check_bodies(source, there, CATEGORIES)


def faults(*rows: Mapping[str, str], there: tuple[KnownBody, ...] = ()) -> list[tuple[int, str]]:
    return [(fault.line, fault.column) for fault in check(*rows, there=there).faults]


def test_superiors_are_known_by_code_or_name_whatever_the_order() -> None:
    found = check(SECTION, COMMITTEE)
    assert not found.faults
    section, committee = found.bodies
    assert section.known.superiors == {"party": committee.known.id, "territory": committee.known.id}
    assert section.creation["established_on"] == date(2025, 7, 1)
    assert (section.creation["level"], section.creation["code"]) == ("commune", "BXDD-DL")
    assert (section.wave, committee.wave) == (1, 0)


@pytest.mark.parametrize(
    "change,column",
    [
        ({"code": "MÃ 1"}, "code"),
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"level": "làng"}, "level"),
        ({"established_on": "hôm qua"}, "established_on"),
        ({"category": "I.1.2-1"}, "category"),
        ({"category": "thôn"}, "category"),
        ({"party_superior": "Đảng ủy xã Không Có"}, "party_superior"),
        ({"vertical_superior": "BXDD-DL"}, "vertical_superior"),
        ({"competences": "I.1.1"}, "competences"),
        ({"advised_by": "DU-DL"}, "advised_by"),
    ],
)
def test_each_problem_is_told_by_row_and_column(change: dict[str, str], column: str) -> None:
    row = {name: text for name, text in {**SECTION, **change}.items() if text}
    told = faults(COMMITTEE, row)
    assert (3, column) in told
    assert {line for line, _ in told} == {3}


def test_a_competence_needs_who_advises_and_its_document() -> None:
    bare = {**COMMITTEE, "competences": "b, d"}
    assert faults(bare, SECTION) == [(2, "advised_by"), (2, "competence_source")]
    own = {**bare, "advised_by": "DU-DL", "competence_source": "QĐ 1"}
    assert faults(own, SECTION) == [(2, "advised_by")]
    given_to = {**own, "advised_by": "Ban Xây dựng Đảng xã Đô Lương"}
    younger = {**SECTION, "established_on": "02/07/2025"}
    assert faults(given_to, younger) == [(2, "advised_by")]
    body = check(given_to, SECTION).bodies[0]
    assert [(c["clause"], c["valid_from"]) for c in body.competences] == [
        ("I.2.2b", date(2025, 7, 1)),
        ("I.2.2d", date(2025, 7, 1)),
    ]


def test_no_code_twice_and_no_body_under_two_codes() -> None:
    assert (3, "code") in faults(COMMITTEE, {**SECTION, "code": "du-dl"})
    assert faults(COMMITTEE, {**COMMITTEE, "code": "X"}) == [(3, "name")]
    uncoded = replace(THERE, id=UUID(int=7), code=None)
    assert faults(COMMITTEE, there=(uncoded,)) == [(2, "name")]


def test_a_name_that_two_bodies_have_asks_for_the_code() -> None:
    other = {**COMMITTEE, "code": "X", "place": "Xã Khác"}
    told = check(COMMITTEE, other, SECTION).faults
    assert [(fault.line, fault.column) for fault in told] == [(4, "territory_superior")]
    assert "DU-DL" in told[0].en and "X (Xã Khác)" in told[0].en


def test_a_line_does_not_lead_back_but_two_lines_may_cross() -> None:
    circle = {**COMMITTEE, "party_superior": "BXDD-DL"}
    assert faults(circle, SECTION) == [(2, "party_superior"), (3, "party_superior")]
    crossing = {**COMMITTEE, "vertical_superior": "BXDD-DL"}
    found = check(crossing, SECTION)
    assert not found.faults
    committee, section = found.bodies
    # The committee goes first, and its line to the section follows once both are there.
    assert (committee.wave, committee.creation["lines"]) == (0, [])
    assert (section.wave, len(section.creation["lines"])) == (1, 2)
    late = {"line": "vertical", "superior": section.known.id, "valid_from": date(2025, 7, 1)}
    assert (committee.later, section.later) == ([late], [])


def test_a_line_that_an_import_was_cut_off_before_follows_the_next_time() -> None:
    crossing = {**COMMITTEE, "vertical_superior": "BXDD-DL", "established_on": "01/03/2025"}
    cut_off = check(crossing, SECTION, there=(THERE,))
    assert [entry["valid_from"] for entry in cut_off.bodies[0].later] == [date(2025, 7, 1)]
    assert not cut_off.differences
    whole = replace(THERE, superiors={"vertical": organization_of_code("BXDD-DL")})
    assert not check(crossing, SECTION, there=(whole,)).bodies[0].later


def test_what_is_there_already_is_left_as_it_is_and_the_difference_told() -> None:
    by_code = {**SECTION, "territory_superior": "DU-DL"}
    found = check({**COMMITTEE, "name": "Đảng ủy Đô Lương"}, by_code, there=(THERE,))
    assert not found.faults
    assert [body.exists for body in found.bodies] == [True, False]
    assert [(d.line, d.column) for d in found.differences] == [(2, "name")]


def test_the_examples_of_the_template_fit() -> None:
    assert faults(*EXAMPLES) == []


@pytest.mark.parametrize(
    "text,clauses",
    [
        ("I.2.2b; I.2.2d", ["I.2.2b", "I.2.2d"]),
        ("b,d", ["I.2.2b", "I.2.2d"]),
        ("I.2.2 a", ["I.2.2a"]),
        ("e", None),
        ("I.2.2", None),
        (";", None),
    ],
)
def test_clauses_are_read_as_people_write_them(text: str, clauses: list[str] | None) -> None:
    assert clauses_called(text) == clauses


def test_levels_are_known_by_many_names() -> None:
    assert [level_called(t) for t in ("Cấp tỉnh", "XÃ", "to dan pho", "district", "?")] == [
        "province",
        "commune",
        "grassroots",
        "district",
        None,
    ]


@given(
    st.dictionaries(
        st.tuples(st.integers(0, 9), st.sampled_from(sorted(SUPERIORS))),
        st.integers(0, 9),
        max_size=20,
    ),
    st.randoms(use_true_random=False),
)
def test_whatever_the_order_of_rows_nobody_is_entered_before_who_stands_above(
    links: dict[tuple[int, LineKind], int], random: Random
) -> None:
    """Two lines may run opposite ways, and then cross; none leads back to where it starts."""
    rows = {n: {**COMMITTEE, "code": f"B{n}", "name": f"Đơn vị {n}"} for n in range(10)}
    for (below, line), above in links.items():
        if (above < below) if line == "party" else (above > below):
            rows[below][SUPERIORS[line]] = f"B{above}"
    order = list(rows.values())
    random.shuffle(order)
    found = check(*order)
    assert not found.faults
    wave = {body.known.id: body.wave for body in found.bodies}
    for body in found.bodies:
        first = {entry["line"]: entry["superior"] for entry in body.creation["lines"]}
        assert all(wave[above] < body.wave for above in first.values())
        later = {entry["line"]: entry["superior"] for entry in body.later}
        assert first | later == body.known.superiors
