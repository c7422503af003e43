"""Papers: kept once, with everybody whose paper it is."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from services.registration.domain.papers import PAPERS
from shared.contracts.papers import PaperKept
from shared.contracts.values import OrganizationId, PaperId
from shared.domain.paper import KeepPaper
from tests.support.specification import specification

CELL, TEAM, COMMITTEE = (OrganizationId(UUID(int=number)) for number in (1, 2, 3))
keep = KeepPaper(
    what="Báo cáo tháng 3 của chi bộ thôn 5",
    signed_by=(CELL,),
    sha256="ab" * 32,
    media_type="application/pdf",
    size_bytes=812,
    paper_id=PaperId(UUID(int=9)),
    kept_by=COMMITTEE,
    at=datetime(2026, 4, 2, 2, tzinfo=UTC),
)
kept = PaperKept(
    paper_id=keep.paper_id,
    sha256=keep.sha256,
    media_type=keep.media_type,
    size_bytes=keep.size_bytes,
    what=keep.what,
    kept_by=COMMITTEE,
    signed_by=(CELL,),
)
spec = specification(PAPERS)


def signed(*bodies: OrganizationId) -> KeepPaper:
    return msgspec.structs.replace(keep, signed_by=bodies)


def test_a_paper_is_kept_with_who_signed_it() -> None:
    spec.given().when(keep).then(kept)


def test_a_signer_that_was_left_out_is_added() -> None:
    added = msgspec.structs.replace(kept, signed_by=(TEAM,))
    spec.given(kept).when(signed(CELL, TEAM)).then(added)


def test_kept_again_it_stays_as_it_is() -> None:
    spec.given(kept).when(keep).then_nothing()


@given(st.lists(st.lists(st.sampled_from((CELL, TEAM, COMMITTEE)), min_size=1), min_size=1))
def test_a_signer_is_named_once_and_never_lost(named: list[list[OrganizationId]]) -> None:
    state = PAPERS.initial_state
    for bodies in named:
        state = PAPERS.fold(PAPERS.decide(state, signed(*bodies)), state)
    assert len(state.signed_by) == len(set(state.signed_by))
    assert set(state.signed_by) == {body for bodies in named for body in bodies}
