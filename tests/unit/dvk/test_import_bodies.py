"""A province's table: every problem by row and column, and in which order bodies are entered."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dvk.importing.bodies.check import Findings, check_bodies
from dvk.importing.bodies.columns import EXAMPLES, clauses_called, level_called
from dvk.importing.bodies.send import _waves
from dvk.importing.known import KnownBody
from dvk.importing.table import SourceRow
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
    assert [b.line for wave in _waves(found.bodies) for b in wave] == [3, 2]


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
    assert sum(map(len, _waves(found.bodies))) == 2


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


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=13))
def test_nobody_is_entered_before_who_stands_above_unless_lines_cross(
    links: list[tuple[int, int]],
) -> None:
    rows = [
        {**COMMITTEE, "code": f"B{n}", "name": f"Đơn vị {n}", "party_superior": f"B{above}"}
        for n, above in {below: above for below, above in links if above < below}.items()
    ]
    known = {row["code"] for row in rows}
    rows += [
        {**COMMITTEE, "code": code, "name": f"gốc {code}"}
        for code in {row["party_superior"] for row in rows} - known
    ]
    found = check(*rows)
    assert not found.faults
    order = [body.known.id for wave in _waves(found.bodies) for body in wave]
    assert len(order) == len(rows)
    for body in found.bodies:
        for above in body.superiors:
            assert order.index(above) < order.index(body.known.id)
