"""Organisations: created once, lines with dates, competences with an adviser of their own."""

from datetime import UTC, date, datetime
from uuid import UUID

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from services.registration.domain.organization import (
    ORGANIZATION,
    AssignCompetence,
    ChangeLine,
    CreateOrganization,
    LineForm,
    MoveOrganization,
    RenameOrganization,
)
from services.registration.domain.organization_refusals import (
    ADVISER_DECIDES,
    ALREADY_EXISTS,
    BEFORE_ESTABLISHED,
    LINE_CIRCLE,
    LINE_TWICE,
    OTHER_ENDED,
    OTHER_UNKNOWN,
    OWN_SUPERIOR,
    UNKNOWN,
)
from services.registration.domain.organization_state import Organization, OrganizationLine
from services.registration.domain.surroundings import KnownBody, Surroundings
from shared.contracts.registration import (
    CompetenceAssigned,
    OrganizationCreated,
    OrganizationLineChanged,
    OrganizationMoved,
    OrganizationRenamed,
)
from shared.contracts.values import OrganizationId
from shared.domain.graph import Graph, GraphLine, Succession
from tests.support.specification import specification

COMMITTEE = OrganizationId(UUID(int=1))
PROVINCE = OrganizationId(UUID(int=2))
SECTION = OrganizationId(UUID(int=3))
REFORM = date(2025, 7, 1)
NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)
THERE = Surroundings(
    known=tuple(KnownBody(organization=body, established_on=REFORM) for body in (PROVINCE, SECTION))
)
"""Whom the changes name is there since the reform."""

created = OrganizationCreated(
    organization_id=COMMITTEE,
    name="Đảng ủy xã Môn Sơn",
    kind="commune_party_committee",
    level="commune",
    place="xã Môn Sơn",
    established_on=REFORM,
    category="I.1.1-2",
)
create = CreateOrganization(
    organization_id=COMMITTEE,
    name=created.name,
    kind=created.kind,
    level="commune",
    place=created.place,
    established_on=REFORM,
    category="I.1.1-2",
    lines=(LineForm(line="party", superior=PROVINCE),),
    at=NOW,
    surroundings=THERE,
)
above = OrganizationLineChanged(
    organization_id=COMMITTEE, line="party", superior=PROVINCE, valid_from=REFORM
)
competence = CompetenceAssigned(
    organization_id=COMMITTEE,
    clause="I.2.2b",
    advised_by=SECTION,
    valid_from=REFORM,
    source="Hướng dẫn I.2.2",
)
assign = AssignCompetence(
    clause="I.2.2b",
    advised_by=SECTION,
    valid_from=REFORM,
    source="Hướng dẫn I.2.2",
    at=NOW,
    surroundings=THERE,
)

organization = specification(ORGANIZATION)


def test_a_body_is_created_with_its_lines_from_the_day_it_was_established() -> None:
    organization.given().when(create).then(created, above)


def test_a_body_is_created_once() -> None:
    organization.given(created).when(create).then_refused(ALREADY_EXISTS)


def test_a_body_keeps_the_code_of_the_provinces_lists() -> None:
    named = msgspec.structs.replace(create, code="H40.12.3", lines=())
    organization.given().when(named).then(msgspec.structs.replace(created, code="H40.12.3"))


def test_who_was_never_created_stands_above_nobody_and_advises_nobody() -> None:
    nobody = Surroundings()
    creation = msgspec.structs.replace(create, surroundings=nobody)
    refused = organization.given().when(creation).then_refused(OTHER_UNKNOWN)
    assert "Create it first" in refused.sentence("en")
    change = ChangeLine(line="party", superior=SECTION, valid_from=REFORM, at=NOW)
    organization.given(created).when(change).then_refused(OTHER_UNKNOWN)
    advised = msgspec.structs.replace(assign, surroundings=nobody)
    organization.given(created).when(advised).then_refused(OTHER_UNKNOWN)
    ended = ChangeLine(line="party", superior=None, valid_from=REFORM, at=NOW)
    organization.given(created).when(ended).then(msgspec.structs.replace(above, superior=None))


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_no_line_begins_before_both_are_there(own: date, superiors: date) -> None:
    around = Surroundings(known=(KnownBody(organization=PROVINCE, established_on=superiors),))
    creation = msgspec.structs.replace(create, established_on=own, surroundings=around)
    _, line = ORGANIZATION.decide(Organization(), creation)
    assert isinstance(line, OrganizationLineChanged)
    assert line.valid_from == max(own, superiors)
    change = ChangeLine(
        line="party", superior=PROVINCE, valid_from=own, at=NOW, surroundings=around
    )
    entered = msgspec.structs.replace(created, established_on=own)
    changing = organization.given(entered).when(change)
    if own < superiors:
        changing.then_refused(OTHER_UNKNOWN)
    else:
        changing.then(msgspec.structs.replace(above, valid_from=own))


def test_a_line_takes_one_superior() -> None:
    twice = msgspec.structs.replace(create, lines=create.lines * 2)
    organization.given().when(twice).then_refused(LINE_TWICE)


def test_nobody_stands_above_itself() -> None:
    own = msgspec.structs.replace(create, lines=(LineForm(line="party", superior=COMMITTEE),))
    organization.given().when(own).then_refused(OWN_SUPERIOR)
    change = ChangeLine(line="party", superior=COMMITTEE, valid_from=REFORM, at=NOW)
    organization.given(created).when(change).then_refused(OWN_SUPERIOR)


def test_a_line_changes_from_a_day_on() -> None:
    change = ChangeLine(
        line="party",
        superior=SECTION,
        valid_from=date(2026, 1, 1),
        at=NOW,
        surroundings=THERE,
    )
    organization.given(created, above).when(change).then(
        OrganizationLineChanged(
            organization_id=COMMITTEE,
            line="party",
            superior=SECTION,
            valid_from=date(2026, 1, 1),
        )
    )


def test_the_same_line_again_stays_quiet() -> None:
    change = ChangeLine(line="party", superior=PROVINCE, valid_from=REFORM, at=NOW)
    organization.given(created, above).when(change).then_nothing()


def test_a_competence_is_assigned_with_its_adviser() -> None:
    organization.given(created).when(assign).then(competence)


def test_the_same_competence_again_stays_quiet() -> None:
    organization.given(created, competence).when(assign).then_nothing()


def test_the_adviser_is_not_the_decider() -> None:
    own = msgspec.structs.replace(assign, advised_by=COMMITTEE)
    refused = organization.given(created).when(own).then_refused(ADVISER_DECIDES)
    assert refused.refusal.clause == "III.2.1c"


def test_what_does_not_exist_is_not_changed() -> None:
    change = ChangeLine(line="party", superior=PROVINCE, valid_from=REFORM, at=NOW)
    organization.given().when(change).then_refused(UNKNOWN)
    organization.given().when(assign).then_refused(UNKNOWN)


MERGED = date(2025, 12, 1)
renamed = OrganizationRenamed(
    organization_id=COMMITTEE, name="Đảng ủy xã Môn Sơn mới", valid_from=MERGED, source="01-NQ/TU"
)
rename = RenameOrganization(name=renamed.name, valid_from=MERGED, source="01-NQ/TU", at=NOW)
moved = OrganizationMoved(
    organization_id=COMMITTEE,
    place="xã Con Cuông",
    level="commune",
    valid_from=MERGED,
    source="01-NQ/TU",
)
move = MoveOrganization(
    place=moved.place, level="commune", valid_from=MERGED, source="01-NQ/TU", at=NOW
)


def test_a_body_is_renamed_and_moved_from_a_day_on() -> None:
    organization.given(created).when(rename).then(renamed)
    organization.given(created).when(move).then(moved)


def test_the_same_name_or_place_from_the_same_day_stays_quiet() -> None:
    organization.given(created, renamed).when(rename).then_nothing()
    organization.given(created, moved).when(move).then_nothing()


def test_nothing_changes_before_the_body_is_there() -> None:
    early = date(2025, 6, 30)
    for command in (rename, move, assign):
        before = msgspec.structs.replace(command, valid_from=early)
        organization.given(created).when(before).then_refused(BEFORE_ESTABLISHED)
    organization.given().when(rename).then_refused(UNKNOWN)


def test_who_is_no_more_stands_above_nobody_and_advises_nobody() -> None:
    ends = Succession(organization=SECTION, effective_on=MERGED, successor=PROVINCE)
    around = msgspec.structs.replace(THERE, graph=Graph(successions=(ends,)))
    change = ChangeLine(
        line="party", superior=SECTION, valid_from=MERGED, at=NOW, surroundings=around
    )
    organization.given(created, above).when(change).then_refused(OTHER_ENDED)
    late = msgspec.structs.replace(assign, valid_from=MERGED, surroundings=around)
    organization.given(created).when(late).then_refused(OTHER_ENDED)
    below = CreateOrganization(
        organization_id=COMMITTEE,
        name=created.name,
        kind=created.kind,
        level="commune",
        place=created.place,
        established_on=MERGED,
        lines=(LineForm(line="party", superior=SECTION),),
        at=NOW,
        surroundings=around,
    )
    organization.given().when(below).then_refused(OTHER_ENDED)
    while_there = msgspec.structs.replace(change, valid_from=REFORM)
    organization.given(created, above).when(while_there).then(
        OrganizationLineChanged(
            organization_id=COMMITTEE, line="party", superior=SECTION, valid_from=REFORM
        )
    )


def test_a_line_does_not_lead_back_to_the_body() -> None:
    below = GraphLine(organization=SECTION, line="party", superior=COMMITTEE, valid_from=MERGED)
    around = msgspec.structs.replace(THERE, graph=Graph(lines=(below,)))
    change = ChangeLine(
        line="party", superior=SECTION, valid_from=REFORM, at=NOW, surroundings=around
    )
    refused = organization.given(created).when(change).then_refused(LINE_CIRCLE)
    assert MERGED.isoformat() in refused.sentence("en")


@given(
    st.lists(
        st.tuples(st.dates(REFORM, date(2027, 1, 1)), st.sampled_from(["a", "b", "c"])), max_size=8
    ),
    st.dates(REFORM, date(2027, 1, 1)),
)
def test_a_body_has_one_name_a_day_and_the_latest_word_counts(
    renames: list[tuple[date, str]], on: date
) -> None:
    state = ORGANIZATION.fold((created,))
    for valid_from, name in renames:
        command = RenameOrganization(name=name, valid_from=valid_from, source="QĐ", at=NOW)
        state = ORGANIZATION.fold(ORGANIZATION.decide(state, command), state)
    days = [entry.valid_from for entry in state.names]
    assert len(days) == len(set(days))
    said = dict([(REFORM, created.name), *renames])
    found = state.name_on(on)
    assert found is not None
    assert found.name == said[max(day for day in said if day <= on)]


@given(
    st.lists(
        st.tuples(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(10, 20)),
        unique_by=lambda entry: entry[0],
        max_size=8,
    ),
    st.dates(date(2019, 1, 1), date(2031, 1, 1)),
)
def test_a_past_day_is_answered_with_the_graph_of_that_day(
    changes: list[tuple[date, int]], on: date
) -> None:
    lines = tuple(
        OrganizationLine("party", OrganizationId(UUID(int=superior)), valid_from)
        for valid_from, superior in changes
    )
    state = Organization(created=created, lines=lines)
    before = sorted(entry for entry in changes if entry[0] <= on)
    expected = OrganizationId(UUID(int=before[-1][1])) if before else None
    assert state.graph().superior(COMMITTEE, "party", on) == expected
