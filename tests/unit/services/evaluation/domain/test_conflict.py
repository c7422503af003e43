"""Conflicts of interest: ties to the holder, declared or found, and the recusal before the ballot."""

from datetime import UTC, date, datetime
from uuid import UUID

import msgspec
import pytest

from services.evaluation.domain.appraisal import APPRAISAL
from services.evaluation.domain.appraisal_state import DISCONTINUED, UNKNOWN
from services.evaluation.domain.ballot import BALLOT
from services.evaluation.domain.conflict import (
    REASONS,
    TOO_LATE,
    DeclareConflict,
    Tie,
    tie_of,
)
from services.evaluation.domain.makeup import TOO_SMALL
from shared.contracts.appraisal import ConflictDeclared, ConflictTie
from shared.contracts.sitting import ConflictFound, MemberRecused
from shared.contracts.values import CouncilId, LineKind, OrganizationId
from shared.domain.graph import Graph, GraphLine
from tests.support.specification import specification
from tests.unit.services.evaluation.domain import test_ballot as ballots
from tests.unit.services.evaluation.domain.dossiers import COMPLETE, discontinued, opened

ON = date(2026, 10, 22)
HOLDER, COMMITTEE, UNION, GROUP, TEAM, FAR = (OrganizationId(UUID(int=500 + n)) for n in range(6))


def line(
    below: OrganizationId, kind: LineKind, above: OrganizationId, year: int = 2020
) -> GraphLine:
    return GraphLine(organization=below, line=kind, superior=above, valid_from=date(year, 1, 1))


GRAPH = Graph(
    lines=(
        line(HOLDER, "party", COMMITTEE),
        line(HOLDER, "vertical", UNION),
        line(UNION, "vertical", FAR),
        line(GROUP, "vertical", HOLDER),
        line(TEAM, "vertical", GROUP),
    )
)


@pytest.mark.parametrize(
    "place,tie",
    [
        (HOLDER, "holder"),
        (GROUP, "holder_line"),
        (TEAM, "holder_line"),
        (UNION, "holder_line"),
        (COMMITTEE, None),
        (FAR, None),
        (OrganizationId(UUID(int=599)), None),
    ],
)
def test_who_works_at_the_holder_below_it_or_directly_above_it_has_a_tie(
    place: OrganizationId, tie: ConflictTie | None
) -> None:
    assert tie_of(GRAPH, place, HOLDER, (COMMITTEE,), ON) == tie


@pytest.mark.parametrize("place", [HOLDER, GROUP, UNION])
def test_where_the_holder_is_the_committee_itself_the_organisation_is_no_tie(
    place: OrganizationId,
) -> None:
    # An individual registers under the committee of residence or work.
    assert tie_of(GRAPH, place, HOLDER, (HOLDER,), ON) is None


def test_a_tie_is_one_of_its_day() -> None:
    later = Graph(lines=(line(GROUP, "vertical", HOLDER, 2027),))
    assert tie_of(later, GROUP, HOLDER, (), ON) is None
    assert tie_of(later, GROUP, HOLDER, (), date(2027, 1, 1)) == "holder_line"


# --- declaring -------------------------------------------------------------------------------

NOW = datetime(2026, 10, 20, 2, tzinfo=UTC)
appraisal = specification(APPRAISAL)
declare = DeclareConflict(
    council=CouncilId(UUID(int=70)),
    tie="family",
    member_id=UUID(int=101),
    ballot_stands=False,
    at=NOW,
)
declared = ConflictDeclared(
    appraisal_id=opened.appraisal_id,
    council=declare.council,
    member_id=declare.member_id,
    tie="family",
)


def test_a_tie_is_declared_once() -> None:
    appraisal.given(opened).when(declare).then(declared)
    appraisal.given(*COMPLETE, declared).when(
        msgspec.structs.replace(declare, tie="other")
    ).then_nothing()


def test_it_is_declared_before_the_ballot_opens_and_of_an_appraisal_that_goes_on() -> None:
    late = msgspec.structs.replace(declare, ballot_stands=True)
    appraisal.given(*COMPLETE).when(late).then_refused(TOO_LATE)
    appraisal.given(*COMPLETE, declared).when(late).then_nothing()
    appraisal.given().when(declare).then_refused(UNKNOWN)
    appraisal.given(opened, discontinued).when(declare).then_refused(DISCONTINUED)


# --- recusal ---------------------------------------------------------------------------------

ballot = specification(BALLOT)
found = Tie(member_id=UUID(int=101), tie="holder", found=True)
told = Tie(member_id=UUID(int=102), tie="core_team", found=False)


def recused(tie: Tie) -> MemberRecused:
    return MemberRecused(
        ballot_id=ballots.opened.ballot_id,
        appraisal_id=ballots.opened.appraisal_id,
        council=ballots.opened.council,
        member_id=tie.member_id,
        tie=tie.tie,
        reason=REASONS[tie.tie],
    )


def test_the_recused_stand_in_the_record_before_the_opening() -> None:
    tied = msgspec.structs.replace(ballots.opening, ties=(found, told))
    finding = ConflictFound(
        ballot_id=ballots.opened.ballot_id,
        appraisal_id=ballots.opened.appraisal_id,
        council=ballots.opened.council,
        member_id=found.member_id,
        tie="holder",
    )
    ballot.given().when(msgspec.structs.replace(ballots.open_ballot, opening=tied)).then(
        finding, recused(found), recused(told), ballots.opened
    )
    state = BALLOT.fold((finding, recused(found), recused(told), ballots.opened))
    assert [one.member_id for one in state.recused] == [found.member_id, told.member_id]


def test_nothing_is_recorded_of_a_ballot_that_does_not_open() -> None:
    few = msgspec.structs.replace(ballots.opening, ties=(found,), electorate=ballots.electorate[:2])
    ballot.given().when(msgspec.structs.replace(ballots.open_ballot, opening=few)).then_refused(
        TOO_SMALL
    )
