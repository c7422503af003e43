"""What holds after any fault: in the log, in every read model, in what was told to whom.

Each check raises AssertionError; `hold` makes all of them.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import select

from dvk.demo.province import load_province
from dvk.services import chosen
from shared.contracts.appraisal import AdviceIssued, AppraisalDiscontinued, AppraisalOpened
from shared.contracts.evaluation import BallotClosed, BallotTallied, QuorumMissed, VoteCast
from shared.contracts.event import Event
from shared.contracts.metadata import Metadata
from shared.contracts.recognition import CaseOpened, CaseReopened, Declined, Recognized
from shared.contracts.registration import ResultsReported
from shared.contracts.sitting import (
    AgendaSettled,
    MinutesDrafted,
    MinutesSigned,
    SittingClosed,
    SittingCounted,
    SittingOpened,
    WrittenVoteCorrected,
)
from shared.eventstore.port import START, EventStore
from shared.host import reactions, relay
from shared.host.clock import SystemClock
from shared.host.commands import Executor
from shared.host.database import ServiceDatabase
from shared.host.process import open_store
from shared.host.reactions import Tools
from shared.host.rebuild import Builder
from shared.host.service import Service
from shared.host.settings import Settings
from shared.host.vault import Vault
from tests.support.chronicle import Chronicle
from tests.support.playing import Acknowledged
from tests.support.postbox import Postbox
from tests.support.running import Processes

Rows = Mapping[str, Sequence[tuple[object, ...]]]
"""Every table of a read model."""

SHOWN_MAX: Final = 5

FOLLOWS: Final[Sequence[tuple[type[Event], tuple[type[Event], ...], str]]] = (
    (ResultsReported, (AppraisalOpened,), "model"),
    (BallotClosed, (BallotTallied, QuorumMissed), "ballot_id"),
    (SittingOpened, (AgendaSettled,), "sitting_id"),
    (SittingClosed, (SittingCounted,), "sitting_id"),
    (SittingCounted, (MinutesDrafted,), "sitting_id"),
    (AdviceIssued, (CaseOpened,), "model"),
)
"""What comes of an event by itself, in the years played here: one of these, about the same thing."""


async def hold(
    processes: Processes,
    acknowledged: Collection[Acknowledged],
    scratch: Path,
    postbox: Postbox | None = None,
) -> Chronicle:
    """All of them, once the processes have stopped and taken everything before. Gives the whole log.

    `scratch` is an empty folder for the read models that are built anew; `postbox` is what the mail
    server took, where mail was sent.
    """
    store = await open_store(processes.store_url)
    try:
        chronicle = await Chronicle.read(store)
        the_log_is_whole(chronicle)
        each_acknowledged_write_stands_once(chronicle, acknowledged)
        each_notice_is_there_once(chronicle)
        if postbox is not None:
            each_mail_was_taken(chronicle, postbox.taken)
        what_follows_by_itself_is_there_once(chronicle)
        each_decided_dossier_is_advised_on(chronicle)
        nothing_is_advised_before_the_minutes_are_signed(chronicle)
        at_most_one_decision_a_case(chronicle)
        each_vote_counts_once(chronicle)
        for service in chosen([], Settings.of({})):
            await everything_was_taken(service, chronicle, processes.databases_url)
            await rows_equal_a_rebuild(service, store, processes.databases_url, scratch)
    finally:
        await store.close()
    return chronicle


# --- the log ----------------------------------------------------------------------------------


def the_log_is_whole(chronicle: Chronicle) -> None:
    """Revisions of each stream without a gap, ids unique, positions increasing."""
    streams: defaultdict[str, list[int]] = defaultdict(list)
    for stored, _ in chronicle.entries:
        streams[stored.stream].append(stored.revision)
    for stream, revisions in streams.items():
        assert revisions == list(range(len(revisions))), stream
    ids = Counter(stored.id for stored, _ in chronicle.entries)
    assert not [identifier for identifier, count in ids.items() if count > 1]
    positions = [stored.position for stored, _ in chronicle.entries]
    assert positions == sorted(set(positions))


def each_acknowledged_write_stands_once(
    chronicle: Chronicle, acknowledged: Collection[Acknowledged]
) -> None:
    """The events of each answer stand where it said, and nowhere else under its key."""
    by_position = {stored.position: stored for stored, _ in chronicle.entries}
    by_cause: defaultdict[UUID, list[tuple[str, int, str]]] = defaultdict(list)
    for stored, _ in chronicle.entries:
        cause = msgspec.json.decode(stored.metadata, type=Metadata).causation
        by_cause[cause].append((stored.stream, stored.revision, stored.type))
    for write in acknowledged:
        said = write.written
        if not said.events:
            assert write.key not in by_cause, write
            continue
        if write.path.endswith(("/sheets", "/paper")) and write.path.startswith("/sittings/"):
            # A sheet: each of its votes is the one event of its stream.
            cast = by_cause[write.key]
            assert len({stream for stream, _, _ in cast}) == len(cast), write
            assert [kind for _, _, kind in cast] == list(said.events), write
            continue
        assert said.position in by_position, f"lost: {write}"
        last = by_position[said.position]
        assert last.revision == said.revision, write
        assert said.id in last.stream, write
        first = said.revision - len(said.events) + 1
        wanted = [(last.stream, first + n, kind) for n, kind in enumerate(said.events)]
        assert by_cause[write.key] == wanted, write


def each_notice_is_there_once(chronicle: Chronicle) -> None:
    """What the table of recipients asks for, by cause, recipient and channel: that and nothing else."""
    due, queued = chronicle.due_notices(load_province()), chronicle.notices()
    assert not due - queued, f"missing: {list(due - queued)[:SHOWN_MAX]}"
    assert not queued - due, f"too many: {list(queued - due)[:SHOWN_MAX]}"


def each_mail_was_taken(chronicle: Chronicle, taken: Sequence[tuple[str, str]]) -> None:
    """Every notice by mail reached the mail server, at least once, and is on record as taken, once.

    A crash between the server's answer and the record sends it again, under the same Message-ID.
    """
    on_record = chronicle.mails()
    assert {len(ids) for ids in on_record.values()} <= {1}, on_record
    arrived = {message_id for message_id, _ in taken}
    recorded = {ids[0] for ids in on_record.values()}
    assert arrived == recorded, arrived ^ recorded
    recipients = Counter(message_id for message_id, _ in set(taken))
    assert set(recipients.values()) <= {1}, recipients.most_common(SHOWN_MAX)


def what_follows_by_itself_is_there_once(chronicle: Chronicle) -> None:
    """Reactions did what they should, once: nobody was answered for it."""
    events = [event for _, event in chronicle.entries]
    for cause, effects, about in FOLLOWS:
        due = {_about(event, about) for event in events if isinstance(event, cause)}
        there = Counter(_about(event, about) for event in events if isinstance(event, effects))
        assert there.keys() == due, f"{effects}: {there.keys() ^ due}"
        assert set(there.values()) <= {1}, f"{effects}: {there.most_common(SHOWN_MAX)}"


def each_decided_dossier_is_advised_on(chronicle: Chronicle) -> None:
    """One advice for each result that may not be repeated, none for the others; a withdrawn model has none."""
    events = [event for _, event in chronicle.entries]
    counted = [event for event in events if isinstance(event, SittingCounted)]
    due = Counter(o.appraisal_id for e in counted for o in e.results if not o.repeatable)
    ended = {e.appraisal_id for e in events if isinstance(e, AppraisalDiscontinued)}
    there = Counter(e.appraisal_id for e in events if isinstance(e, AdviceIssued))
    assert set(due.values()) <= {1}, f"{AdviceIssued}: {due.most_common(SHOWN_MAX)}"
    assert set(there.values()) <= {1}, f"{AdviceIssued}: {there.most_common(SHOWN_MAX)}"
    assert there.keys() - ended == due.keys() - ended, (
        f"{AdviceIssued}: {there.keys() ^ due.keys()}"
    )


def _about(event: Event, name: str) -> UUID:
    found = getattr(event, name, None) or getattr(event, f"{name}_id")
    assert isinstance(found, UUID)
    return found


def nothing_is_advised_before_the_minutes_are_signed(chronicle: Chronicle) -> None:
    """The last signature stands before every advice on what the sitting decided."""
    agenda: dict[UUID, set[UUID]] = {}
    signed = set[UUID]()
    for _, event in chronicle.entries:
        if isinstance(event, SittingCounted):
            decided = [one.appraisal_id for one in event.results if not one.repeatable]
            agenda[event.sitting_id] = set(decided)
        if isinstance(event, MinutesSigned) and not event.awaiting:
            signed |= agenda[event.sitting_id]
        if isinstance(event, AdviceIssued):
            assert event.appraisal_id in signed, event.appraisal_id


def at_most_one_decision_a_case(chronicle: Chronicle) -> None:
    """Recognised or declined, not both, not twice; again only where a refusal was undone in between."""
    decided: dict[str, Event] = {}
    for stored, event in chronicle.entries:
        if isinstance(event, Recognized | Declined):
            assert stored.stream not in decided, stored.stream
            decided[stored.stream] = event
        if isinstance(event, CaseReopened):
            assert isinstance(decided.pop(stored.stream, None), Declined), stored.stream


def each_vote_counts_once(chronicle: Chronicle) -> None:
    """A tally counts each vote that stands before the close once, as its last correction says, and a voter votes
    once.
    """
    corrected: dict[tuple[UUID, UUID], str] = {}
    votes: defaultdict[UUID, list[tuple[UUID, int, str]]] = defaultdict(list)
    closed: dict[UUID, int] = {}
    for stored, event in chronicle.entries:
        if isinstance(event, VoteCast):
            votes[event.ballot_id].append((event.pseudonym, stored.position, event.choice))
        if isinstance(event, WrittenVoteCorrected):
            corrected[event.ballot_id, event.pseudonym] = event.choice
        if isinstance(event, BallotClosed):
            assert event.ballot_id not in closed, stored.stream
            closed[event.ballot_id] = stored.position
    for ballot, cast in votes.items():
        assert len({pseudonym for pseudonym, _, _ in cast}) == len(cast), ballot
    tallied: set[UUID] = set()
    for _, event in chronicle.entries:
        if not isinstance(event, BallotTallied):
            continue
        assert event.ballot_id not in tallied, event.ballot_id
        tallied.add(event.ballot_id)
        counting = [vote for vote in votes[event.ballot_id] if vote[1] < closed[event.ballot_id]]
        assert sorted(event.counted) == sorted(pseudonym for pseudonym, _, _ in counting)
        choices = Counter(
            corrected.get((event.ballot_id, pseudonym), choice) for pseudonym, _, choice in counting
        )
        assert choices == Counter(
            approve=event.approve, reject=event.reject, abstain=event.abstain
        ), event.ballot_id


# --- what services keep -----------------------------------------------------------------------


async def everything_was_taken(service: Service, chronicle: Chronicle, databases_url: str) -> None:
    """Rows, reactions and relay stand at the end of what concerns them, and nothing is parked."""
    database = await ServiceDatabase.open(databases_url, service.name, service.read_model)
    try:
        state, own = database.state, service.catalogue.categories
        followed = own + tuple(c for source in service.consumes for c in source.categories)
        assert not await state.parked(), service.name
        assert not await database.parked_rows(), service.name
        roles = Counter(row.role for row in await state.generations())
        assert roles["current"] == 1 and not roles["building"], (service.name, roles)
        assert await database.position() >= _last(chronicle, followed), service.name
        if own:
            assert await state.checkpoint(relay.CHECKPOINT) == _last(chronicle, own), service.name
        reacting = tuple(reaction.event_type for reaction in service.reactions)
        # What calls for no reaction moves the checkpoint now and then only.
        done = await state.checkpoint(reactions.CHECKPOINT)
        assert done >= _last(chronicle, followed, reacting), service.name
    finally:
        await database.close()


async def rows_equal_a_rebuild(
    service: Service, store: EventStore, databases_url: str, scratch: Path
) -> None:
    """Every table of the read model, row by row, is what the log alone gives."""
    await _build(service, store, f"sqlite:///{scratch}")
    live = await rows_of(service, databases_url)
    the_same_rows(service.name, live, await rows_of(service, f"sqlite:///{scratch}"))


def the_same_rows(service: str, live: Rows, anew: Rows) -> None:
    """No row is missing, none is left over, none tells something else."""
    assert live.keys() == anew.keys()
    for table, rows in anew.items():
        missing = Counter(rows) - Counter(live[table])
        extra = Counter(live[table]) - Counter(rows)
        assert not missing, f"{service}.{table} lacks {list(missing)[:SHOWN_MAX]}"
        assert not extra, f"{service}.{table} has {list(extra)[:SHOWN_MAX]}"


async def rows_of(service: Service, databases_url: str) -> Rows:
    """The rows there are."""
    database = await ServiceDatabase.open(databases_url, service.name, service.read_model)
    try:
        async with database.reader() as connection:
            return {
                name: [tuple(row) for row in await connection.execute(select(table))]
                for name, table in service.read_model.tables.tables.items()
            }
    finally:
        await database.close()


async def _build(service: Service, store: EventStore, databases_url: str) -> None:
    """A read model in an empty place."""
    database = await ServiceDatabase.open(databases_url, service.name, service.read_model)
    try:
        clock = SystemClock()
        executor = Executor(store, service.catalogue, clock=clock)
        tools = Tools(service, database, executor, Vault(database), clock)
        projection = await Builder(tools, store).current()
        await projection.generation.close()
    finally:
        await database.close()


def _last(
    chronicle: Chronicle, categories: Collection[str], types: tuple[type[Event], ...] = (Event,)
) -> int:
    """Where the last event of these categories and types stands."""
    return max(
        (
            stored.position
            for stored, event in chronicle.entries
            if stored.category in categories and isinstance(event, types)
        ),
        default=START,
    )
