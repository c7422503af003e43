"""The executor: decides on what stands, appends once, and recognises what it did before."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from shared.contracts.metadata import Metadata, OnBehalf
from shared.domain.decider import Request
from shared.domain.refusal import RefusedError
from shared.eventstore.port import (
    Appended,
    Expected,
    NewEvent,
    StoredEvent,
    StoreUnavailableError,
)
from shared.eventstore.sqlite import SqliteEventStore
from shared.host.clock import SystemClock
from shared.host.commands import Caller, Executor
from shared.host.errors import (
    BusyError,
    ForbiddenError,
    IdempotencyConflictError,
    StaleRevisionError,
    TooLargeError,
)
from shared.host.ids import derive_id, new_key
from shared.host.service import Outcome
from tests.support.notebooks import (
    HOLDER,
    NOTEBOOK,
    NOTEBOOKS,
    CloseNotebook,
    Notebook,
    OpenNotebook,
    WriteNote,
)

AT = datetime(2025, 9, 30, tzinfo=UTC)
ID = UUID("018f0000-0000-8000-8000-000000000001")
STREAM = f"notebook-{ID}"


class WatchedStore:
    """The real store, counting reads; it can lose the answer of the next append or be overtaken."""

    def __init__(self, store: SqliteEventStore) -> None:
        self.store = store
        self.reads = 0
        self.lose_next_answer = False
        self.before_append: Any = None

    async def append(self, stream: str, expected: Expected, events: Sequence[NewEvent]) -> Appended:
        if self.before_append is not None:
            await self.before_append()
        appended = await self.store.append(stream, expected, events)
        if self.lose_next_answer:
            self.lose_next_answer = False
            raise StoreUnavailableError("the answer was lost")
        return appended

    async def read_stream(
        self, stream: str, *, after_revision: int = -1, limit: int = 4096
    ) -> Sequence[StoredEvent]:
        self.reads += 1
        return await self.store.read_stream(stream, after_revision=after_revision, limit=limit)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - everything else is the store's own
        return getattr(self.store, name)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[WatchedStore]:
    opened = await SqliteEventStore.open(tmp_path / "events.db")
    yield WatchedStore(opened)
    await opened.close()


def executor(store: WatchedStore, *, alone: bool = True, **more: Any) -> Executor:  # noqa: ANN401
    return Executor(store, NOTEBOOKS, clock=SystemClock(), sole_writer=alone, **more)


def caller(cause: UUID | None = None, actor: str = "user-hoa") -> Caller:
    key = cause or new_key(AT)
    return Caller(actor, HOLDER, key, key, "")


def opening(title: str = "Sổ tay", at: datetime = AT) -> OpenNotebook:
    return OpenNotebook(title=title, notebook_id=ID, holder=HOLDER, at=at)


def note(text: str, copies: int = 1, at: datetime = AT) -> WriteNote:
    return WriteNote(text=text, copies=copies, at=at)


async def stored(store: WatchedStore) -> list[StoredEvent]:
    return list(await store.store.read_stream(STREAM))


both = pytest.mark.parametrize("alone", [True, False], ids=["sole writer", "among replicas"])


# --- deciding and appending ---------------------------------------------------------------------


@both
async def test_events_are_recorded_with_who_why_and_the_whole_command(
    store: WatchedStore, *, alone: bool
) -> None:
    commands = executor(store, alone=alone)
    await commands.execute(NOTEBOOK, ID, opening(), caller=caller())
    cause, cited = new_key(AT), new_key(AT)
    trace = "00-" + "1" * 32 + "-" + "2" * 16 + "-01"
    who = msgspec.structs.replace(caller(cause), trace=trace)

    outcome = await commands.execute(
        NOTEBOOK, ID, note("một", copies=2), caller=who, cites=[cited], rules="rules-4"
    )

    assert (outcome.stream, outcome.revision, outcome.repeated) == (STREAM, 2, False)
    first, second = (await stored(store))[1:]
    assert outcome.position == second.position
    assert first.id == derive_id(cause, STREAM, "0")
    assert second.id == derive_id(cause, STREAM, "1")
    assert first.type == "dvk.notebooks.NoteWritten.v1"
    assert first.trace == who.trace
    metadata = msgspec.json.decode(first.metadata, type=Metadata)
    assert metadata.actor == "user-hoa"
    assert metadata.organization == HOLDER
    assert metadata.causation == metadata.correlation == cause
    assert metadata.cites == (cited,)
    assert metadata.rules == "rules-4"
    assert metadata.software.startswith("dan-van-kheo ")
    assert metadata.command is not None
    assert metadata.command.name == "write-note"
    assert msgspec.json.decode(metadata.command.data, type=WriteNote) == note("một", copies=2)
    assert msgspec.json.decode(second.metadata, type=Metadata).command is None


async def test_the_sole_writer_reads_nothing_to_create_and_to_go_on(store: WatchedStore) -> None:
    commands = executor(store)
    await commands.execute(NOTEBOOK, ID, opening(), caller=caller())
    await commands.execute(NOTEBOOK, ID, note("một"), caller=caller())
    loaded = await commands.load(NOTEBOOK, ID)
    assert loaded.state == Notebook("Sổ tay", HOLDER, ("một",))
    assert store.reads == 0


async def test_after_a_restart_it_reads_what_it_did_not_see(store: WatchedStore) -> None:
    await executor(store).execute(NOTEBOOK, ID, opening(), caller=caller())
    outcome = await executor(store).execute(NOTEBOOK, ID, note("một"), caller=caller())
    assert outcome.revision == 1


@both
async def test_a_command_that_changes_nothing_gives_the_present_revision(
    store: WatchedStore, *, alone: bool
) -> None:
    commands = executor(store, alone=alone)
    await commands.execute(NOTEBOOK, ID, opening(), caller=caller())
    outcome = await commands.execute(NOTEBOOK, ID, opening("Sổ khác"), caller=caller())
    assert (outcome.revision, outcome.events, outcome.repeated) == (0, (), False)


async def test_loading_what_is_not_there_gives_the_initial_state(store: WatchedStore) -> None:
    loaded = await executor(store).load(NOTEBOOK, ID)
    assert (loaded.state, loaded.revision, loaded.position) == (Notebook(), -1, 0)


async def test_an_entry_that_the_log_cannot_hold_is_refused(store: WatchedStore) -> None:
    with pytest.raises(TooLargeError):
        await executor(store).execute(NOTEBOOK, ID, note("x" * 40_000), caller=caller())
    assert await stored(store) == []


async def test_a_refusal_records_nothing(store: WatchedStore) -> None:
    commands = executor(store)
    with pytest.raises(RefusedError):
        await commands.execute(NOTEBOOK, ID, note("một", copies=4), caller=caller())
    assert await stored(store) == []


# --- retries --------------------------------------------------------------------------------------


@both
async def test_the_same_request_again_gives_the_first_outcome(
    store: WatchedStore, *, alone: bool
) -> None:
    commands, cause = executor(store, alone=alone), new_key(AT)
    await commands.execute(NOTEBOOK, ID, opening(), caller=caller())
    first = await commands.execute(NOTEBOOK, ID, note("một", copies=2), caller=caller(cause))
    await commands.execute(NOTEBOOK, ID, CloseNotebook(reason="xong", at=AT), caller=caller())

    later = datetime(2026, 1, 1, tzinfo=UTC)
    again = await commands.execute(
        NOTEBOOK, ID, note("một", copies=2, at=later), caller=caller(cause)
    )

    assert again == replace(first, repeated=True)
    assert len(await stored(store)) == 4


@pytest.mark.parametrize("restarted", [False, True])
@both
async def test_a_creating_command_again_gives_the_first_outcome(
    store: WatchedStore, *, restarted: bool, alone: bool
) -> None:
    commands, cause = executor(store, alone=alone), new_key(AT)
    first = await commands.execute(NOTEBOOK, ID, opening(), caller=caller(cause))
    await commands.execute(NOTEBOOK, ID, note("một"), caller=caller())
    if restarted:
        commands = executor(store, alone=alone)
    later = datetime(2026, 1, 1, tzinfo=UTC)
    again = await commands.execute(NOTEBOOK, ID, opening(at=later), caller=caller(cause))
    assert again == replace(first, repeated=True)
    assert (await commands.load(NOTEBOOK, ID)).state.notes == ("một",)


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize(
    "command,actor",
    [
        (opening("Sổ khác"), "user-hoa"),
        (note("một"), "user-hoa"),
        (note("một", copies=3), "user-hoa"),
        (opening(), "user-an"),
    ],
    ids=["other body", "other command", "with more events", "other person"],
)
async def test_the_same_key_for_anything_else_is_a_conflict(
    store: WatchedStore,
    command: Request,
    actor: str,
    *,
    restarted: bool,
) -> None:
    commands, cause = executor(store), new_key(AT)
    await commands.execute(NOTEBOOK, ID, opening(), caller=caller(cause))
    if restarted:
        commands = executor(store)
    with pytest.raises(IdempotencyConflictError):
        await commands.execute(NOTEBOOK, ID, command, caller=caller(cause, actor))
    assert len(await stored(store)) == 1


async def test_of_a_reaction_what_it_recorded_first_stands(store: WatchedStore) -> None:
    """Run again it may read newer facts and ask for something else; it has acted already."""
    commands, cause = executor(store), new_key(AT)
    who = caller(cause, "service:notebooks")
    first = await commands.execute(NOTEBOOK, ID, opening(), caller=who)
    again = await commands.execute(NOTEBOOK, ID, note("một"), caller=who)
    assert again == replace(first, repeated=True)


@both
async def test_a_retry_after_a_lost_answer_neither_doubles_nor_invents(
    store: WatchedStore, *, alone: bool
) -> None:
    commands, cause = executor(store, alone=alone), new_key(AT)
    store.lose_next_answer = True
    with pytest.raises(StoreUnavailableError):
        await commands.execute(NOTEBOOK, ID, opening(), caller=caller(cause))

    again = await commands.execute(NOTEBOOK, ID, opening(), caller=caller(cause))

    assert again.repeated
    assert len(await stored(store)) == 1
    await commands.execute(NOTEBOOK, ID, note("một"), caller=caller())
    assert (await commands.load(NOTEBOOK, ID)).revision == 1


async def test_a_retry_is_recognised_after_its_stream_left_the_cache(store: WatchedStore) -> None:
    commands, cause = executor(store, cached_events_max=1), new_key(AT)
    first = await commands.execute(NOTEBOOK, ID, opening(), caller=caller(cause))
    other = UUID("018f0000-0000-8000-8000-000000000002")
    await commands.execute(NOTEBOOK, other, opening(), caller=caller())
    again = await commands.execute(NOTEBOOK, ID, opening(), caller=caller(cause))
    assert again == replace(first, repeated=True)


# --- others write too -----------------------------------------------------------------------------


async def test_overtaken_it_decides_again_on_what_stands_then(store: WatchedStore) -> None:
    mine, theirs = executor(store, alone=False), executor(store, alone=False)
    await mine.execute(NOTEBOOK, ID, opening(), caller=caller())

    async def overtake() -> None:
        store.before_append = None
        await theirs.execute(NOTEBOOK, ID, CloseNotebook(reason="xong", at=AT), caller=caller())

    store.before_append = overtake
    with pytest.raises(RefusedError):
        await mine.execute(NOTEBOOK, ID, note("một"), caller=caller())
    assert len(await stored(store)) == 2


async def test_overtaken_without_end_it_gives_up_and_says_so(store: WatchedStore) -> None:
    mine, theirs = executor(store, alone=False), executor(store, alone=False)
    await mine.execute(NOTEBOOK, ID, opening(), caller=caller())

    async def overtake() -> None:
        store.before_append = None
        await theirs.execute(NOTEBOOK, ID, note("trước"), caller=caller())
        store.before_append = overtake

    store.before_append = overtake
    with pytest.raises(BusyError):
        await mine.execute(NOTEBOOK, ID, note("một"), caller=caller())
    assert all(b"tr\xc6\xb0\xe1\xbb\x9bc" in event.data for event in (await stored(store))[1:])


async def test_a_refusal_on_an_outdated_cache_is_asked_again(store: WatchedStore) -> None:
    """Said to be the sole writer and not so: still nobody is refused for what is no longer true."""
    mine, theirs = executor(store), executor(store)
    with pytest.raises(StaleRevisionError):
        await mine.execute(NOTEBOOK, ID, opening(), caller=caller(), if_match=0)
    await mine.load(NOTEBOOK, ID)
    await theirs.execute(NOTEBOOK, ID, opening(), caller=caller())

    def only_holder(state: Notebook) -> None:
        if state.holder is None:
            raise ForbiddenError("không", "no")

    outcome = await mine.execute(
        NOTEBOOK, ID, note("một"), caller=caller(), if_match=0, authorise=only_holder
    )
    assert outcome.revision == 1


@both
async def test_commands_on_one_stream_take_turns_and_all_come_through(
    store: WatchedStore, *, alone: bool
) -> None:
    commands = executor(store, alone=alone)
    await commands.execute(NOTEBOOK, ID, opening(), caller=caller())
    outcomes = await asyncio.gather(
        *(
            commands.execute(NOTEBOOK, ID, note(str(number)), caller=caller())
            for number in range(100)
        )
    )
    assert sorted(outcome.revision for outcome in outcomes) == list(range(1, 101))
    assert (await commands.load(NOTEBOOK, ID)).state.notes == tuple(str(n) for n in range(100))


async def test_the_same_request_twice_at_once_is_recorded_once(store: WatchedStore) -> None:
    commands, cause = executor(store), new_key(AT)
    outcomes = await asyncio.gather(
        *(commands.execute(NOTEBOOK, ID, opening(), caller=caller(cause)) for _ in range(8))
    )
    assert sorted(outcome.repeated for outcome in outcomes) == [False] + [True] * 7
    assert len(await stored(store)) == 1


# --- permission and If-Match ----------------------------------------------------------------------


async def test_permission_is_asked_before_the_revision_and_the_rules(store: WatchedStore) -> None:
    def deny(_: Notebook) -> None:
        raise ForbiddenError("không", "no")

    for if_match in (None, 7):
        with pytest.raises(ForbiddenError):
            await executor(store).execute(
                NOTEBOOK,
                ID,
                note("một", copies=9),
                caller=caller(),
                if_match=if_match,
                authorise=deny,
            )


async def test_what_is_entered_on_behalf_says_so_on_every_event_and_a_retry_names_the_same_paper(
    store: WatchedStore,
) -> None:
    commands, cause = executor(store), new_key(AT)
    await commands.execute(NOTEBOOK, ID, opening(), caller=caller())
    entered = OnBehalf(bodies=(HOLDER,), paper="ab" * 32)

    async def write(paper: str | None) -> Outcome:
        return await commands.execute(
            NOTEBOOK,
            ID,
            note("một", copies=3),
            caller=caller(cause),
            authorise=lambda _: entered,
            paper=paper,
        )

    await write(entered.paper)
    own, *notes = [msgspec.json.decode(e.metadata, type=Metadata) for e in await stored(store)]
    assert own.on_behalf is None
    assert [one.on_behalf for one in notes] == [entered] * 3
    assert (await write(entered.paper)).repeated
    for other in ("cd" * 32, None):
        with pytest.raises(IdempotencyConflictError):
            await write(other)
    assert len(await stored(store)) == 4


@both
async def test_if_match_holds_for_the_revision_it_names(
    store: WatchedStore, *, alone: bool
) -> None:
    commands = executor(store, alone=alone)
    await commands.execute(NOTEBOOK, ID, opening(), caller=caller())
    with pytest.raises(StaleRevisionError):
        await commands.execute(NOTEBOOK, ID, note("một"), caller=caller(), if_match=5)
    outcome = await commands.execute(NOTEBOOK, ID, note("một"), caller=caller(), if_match=0)
    assert outcome.revision == 1


async def test_a_command_the_aggregate_does_not_have_is_a_fault_of_the_service(
    store: WatchedStore,
) -> None:
    class Unknown(CloseNotebook, frozen=True):
        pass

    with pytest.raises(LookupError):
        await executor(store).execute(NOTEBOOK, ID, Unknown(reason="xong", at=AT), caller=caller())
