"""What the minutes of a sitting say beyond the sitting's own stream: the counts of its ballots, and names."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.evaluation import facts
from services.evaluation.domain.ballot import BALLOT
from services.evaluation.domain.minutes import CountedDossier
from services.evaluation.domain.minutes_text import Named
from services.evaluation.domain.sitting_state import Sitting
from services.evaluation.persons import Revealing, held
from services.evaluation.sitting_facts import model_names


async def counted_dossiers(
    source: facts.Loading, state: Sitting
) -> tuple[tuple[CountedDossier, ...], tuple[UUID, ...]]:
    """The counts of a counted sitting's ballots, in the agenda's order, and the events that say so."""
    dossiers, cites = list[CountedDossier](), list[UUID]()
    for candidate in state.candidates:
        loaded = await source.load(BALLOT, candidate.ballot_id)
        ballot = loaded.state
        tallied, missed = ballot.tallied, ballot.quorum_missed
        dossiers.append(
            CountedDossier(
                ballot_id=candidate.ballot_id,
                model=candidate.model,
                round=candidate.round,
                eligible=len(ballot.pseudonyms),
                recused=len(ballot.recused),
                voted=len(ballot.counted or ()) if missed is None else missed.voted,
                approve=0 if tallied is None else tallied.approve,
                reject=0 if tallied is None else tallied.reject,
                abstain=0 if tallied is None else tallied.abstain,
                lines=() if tallied is None else tallied.lines,
            )
        )
        if loaded.event_id is not None:
            cites.append(loaded.event_id)
    return tuple(dossiers), tuple(cites)


async def named(read: AsyncConnection, vault: Revealing, state: Sitting) -> Named:
    """Names and words, as far as they are not erased."""
    assert state.opened is not None
    seats = await held(vault, state.opened.roll)
    names = await model_names(read, state.candidates)
    words = {
        one.seat: content.decode()
        for one in state.reservations
        if (content := await vault.reveal(one.words)) is not None
    }
    return Named(
        persons={one.seat.seat: one.holder.name for one in seats},
        models={one.model: names[one.appraisal_id] for one in state.candidates},
        words=words,
    )
