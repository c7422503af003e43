"""No check is one that cannot fail: each finds the year it is made for altered, and only then says so."""

import asyncio
import random
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pytest
from msgspec import structs

from dvk.services import chosen
from shared.contracts.appraisal import AdviceIssued, AppraisalOpened
from shared.contracts.evaluation import BallotClosed, BallotTallied, VoteCast
from shared.contracts.notification import NoticeDelivered, NoticeQueued
from shared.contracts.recognition import CaseOpened, Recognized
from shared.contracts.registration import ModelRegistered
from shared.contracts.running import ProgressReported
from shared.contracts.sitting import (
    AgendaSettled,
    MinutesDrafted,
    MinutesSigned,
    SittingCounted,
    WrittenVoteCorrected,
)
from shared.host.process import open_store
from shared.host.service import Service
from shared.host.settings import Settings
from tests.faults import invariants
from tests.faults.altering import (
    COUNTED,
    SOMETHING,
    Alter,
    Entry,
    at_the_end,
    declined_as_well,
    doubled,
    in_other_order,
    place_of,
    saying,
    stored_as,
    twice_in_the_log,
    vote_after_the_close,
    vote_for_something_else,
    without,
)
from tests.support.armed import HASTY, Fault, Plan
from tests.support.chronicle import Chronicle
from tests.support.playing import Acknowledged, Driver, play_through, seeds, send_mail
from tests.support.postbox import Postbox, listening
from tests.support.running import embedded

PUT_OFF: Final = 0.2
MODELS_FEW: Final = 2

SERVICES: Final = chosen([], Settings.of({}))


@dataclass(frozen=True)
class Record:
    """What a year without a fault has left."""

    chronicle: Chronicle
    acknowledged: Sequence[Acknowledged]
    taken: Sequence[tuple[str, str]]
    store_url: str
    databases: Path

    def altered(self, alter: Alter) -> Chronicle:
        return Chronicle(alter(list(self.chronicle.entries)))

    def copy(self, folder: Path) -> Path:
        """The databases, to do harm to."""
        return Path(shutil.copytree(self.databases, folder / "altered"))


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    """A year that passes every check."""
    folder = tmp_path_factory.mktemp("year")
    live, anew = folder / "live", folder / "anew"
    live.mkdir()
    anew.mkdir()

    async def year() -> Record:
        postbox = Postbox(random.Random(0), PUT_OFF)  # noqa: S311 - repeatable
        async with listening(postbox) as smtp_url:
            with embedded(live, smtp_url=smtp_url) as processes:
                await processes.start()
                async with Driver(processes.addresses) as driver:
                    await play_through(driver, 0, [])
                    await send_mail(driver)
                await processes.stop()
                chronicle = await invariants.hold(processes, driver.acknowledged, anew, postbox)
        databases = Path(processes.databases_url.removeprefix("sqlite:///"))
        return Record(chronicle, driver.acknowledged, postbox.taken, processes.store_url, databases)

    return asyncio.run(year())


# --- the log ----------------------------------------------------------------------------------

ALTERED: Final[dict[str, tuple[Callable[[Chronicle], None], Alter]]] = {
    "log: an event is gone": (invariants.the_log_is_whole, without(ProgressReported)),
    "log: order within a stream": (invariants.the_log_is_whole, in_other_order),
    "log: an event twice": (invariants.the_log_is_whole, twice_in_the_log),
    "log: an id twice": (
        invariants.the_log_is_whole,
        lambda entries: stored_as(ProgressReported, 1, id=entries[0][0].id)(entries),
    ),
    "log: a position twice": (
        invariants.the_log_is_whole,
        lambda entries: stored_as(
            ProgressReported, position=entries[place_of(ProgressReported, entries) - 1][0].position
        )(entries),
    ),
    "log: a position before its time": (
        invariants.the_log_is_whole,
        stored_as(ProgressReported, position=1),
    ),
    "log: a revision too far": (
        invariants.the_log_is_whole,
        stored_as(ModelRegistered, revision=99),
    ),
    "notices: one is missing": (invariants.each_notice_is_there_once, without(NoticeQueued)),
    "notices: the last is missing": (
        invariants.each_notice_is_there_once,
        without(NoticeQueued, -1),
    ),
    "notices: one twice": (invariants.each_notice_is_there_once, doubled(NoticeQueued)),
    "notices: to somebody else": (
        invariants.each_notice_is_there_once,
        saying(NoticeQueued, recipient=SOMETHING),
    ),
    "notices: of another cause": (
        invariants.each_notice_is_there_once,
        saying(NoticeQueued, cause=SOMETHING),
    ),
    "notices: over another channel": (
        invariants.each_notice_is_there_once,
        saying(NoticeQueued, channel="email"),
    ),
    "notices: of nothing that happened": (
        invariants.each_notice_is_there_once,
        without(Recognized),
    ),
    **{
        f"by itself: no {kind.__name__}": (
            invariants.what_follows_by_itself_is_there_once,
            without(kind),
        )
        for kind in (
            AppraisalOpened,
            AgendaSettled,
            BallotTallied,
            SittingCounted,
            MinutesDrafted,
            CaseOpened,
        )
    },
    **{
        f"by itself: {kind.__name__} twice": (
            invariants.what_follows_by_itself_is_there_once,
            doubled(kind),
        )
        for kind in (
            AppraisalOpened,
            AgendaSettled,
            BallotTallied,
            SittingCounted,
            MinutesDrafted,
            CaseOpened,
        )
    },
    "advice: none on a decided dossier": (
        invariants.each_decided_dossier_is_advised_on,
        without(AdviceIssued),
    ),
    "advice: minutes without the last signature": (
        invariants.nothing_is_advised_before_the_minutes_are_signed,
        without(MinutesSigned, -1),
    ),
    "advice: twice": (invariants.each_decided_dossier_is_advised_on, doubled(AdviceIssued)),
    "decisions: recognised twice": (invariants.at_most_one_decision_a_case, doubled(Recognized)),
    "decisions: both": (invariants.at_most_one_decision_a_case, declined_as_well),
    "votes: one twice": (invariants.each_vote_counts_once, doubled(VoteCast)),
    "votes: a counted one is gone": (invariants.each_vote_counts_once, without(VoteCast, COUNTED)),
    "votes: counted after the close": (invariants.each_vote_counts_once, vote_after_the_close),
    "votes: by somebody else": (
        invariants.each_vote_counts_once,
        saying(VoteCast, COUNTED, pseudonym=SOMETHING),
    ),
    "votes: for something else": (invariants.each_vote_counts_once, vote_for_something_else),
    "votes: a correction is gone": (
        invariants.each_vote_counts_once,
        without(WrittenVoteCorrected),
    ),
    "votes: closed twice": (invariants.each_vote_counts_once, doubled(BallotClosed)),
    "votes: tallied twice": (invariants.each_vote_counts_once, doubled(BallotTallied)),
    "votes: counted wrongly": (
        invariants.each_vote_counts_once,
        saying(BallotTallied, approve=99),
    ),
    "votes: one not counted": (
        invariants.each_vote_counts_once,
        saying(BallotTallied, counted=()),
    ),
}


@pytest.mark.parametrize("alteration", ALTERED)
def test_an_altered_log_is_found_out(record: Record, alteration: str) -> None:
    check, alter = ALTERED[alteration]
    check(record.chronicle)
    with pytest.raises(AssertionError):
        check(record.altered(alter))


# --- what was acknowledged --------------------------------------------------------------------


def _said(write: Acknowledged, **changes: Any) -> Acknowledged:  # noqa: ANN401
    return replace(write, written=structs.replace(write.written, **changes))


ANSWERED: Final[dict[str, Callable[[Acknowledged], Acknowledged]]] = {
    "at a place that there is not": lambda write: _said(write, position=10**9),
    "at the place of another": lambda write: _said(write, position=write.written.position + 1),
    "at another revision": lambda write: _said(write, revision=write.written.revision + 1),
    "about something else": lambda write: _said(write, id=str(SOMETHING)),
    "with another event": lambda write: _said(write, events=["SomethingElse.v1"]),
    "with one event more": lambda write: _said(
        write, events=[*write.written.events, write.written.events[-1]]
    ),
    "with nothing": lambda write: _said(write, events=[]),
    "under another key": lambda write: replace(write, key=SOMETHING),
}


@pytest.mark.parametrize("answer", ANSWERED)
def test_an_answer_that_does_not_hold_is_found_out(record: Record, answer: str) -> None:
    write = next(one for one in record.acknowledged if one.written.events)
    with pytest.raises(AssertionError):
        invariants.each_acknowledged_write_stands_once(record.chronicle, [ANSWERED[answer](write)])


@pytest.mark.parametrize("place", [0, 1, -1])
def test_each_acknowledged_event_that_is_gone_or_there_twice_is_found_out(
    record: Record, place: int
) -> None:
    write = [one for one in record.acknowledged if one.written.events][place]
    entries = list(record.chronicle.entries)
    index = next(i for i, e in enumerate(entries) if e[0].position == write.written.position)
    stored, event = entries[index]
    lost = [*entries[:index], *entries[index + 1 :]]
    again = [*entries, (at_the_end(entries, stored), event)]
    for altered in (lost, again):
        with pytest.raises(AssertionError):
            invariants.each_acknowledged_write_stands_once(Chronicle(altered), [write])


# --- mail -------------------------------------------------------------------------------------


def _mailed(entries: Sequence[Entry]) -> int:
    return next(
        place
        for place, (_, event) in enumerate(entries)
        if isinstance(event, NoticeDelivered) and event.message_id is not None
    )


def test_mail_that_is_lost_or_recorded_wrongly_is_found_out(record: Record) -> None:
    entries, taken = list(record.chronicle.entries), list(record.taken)
    place = _mailed(entries)
    stored, event = entries[place]
    without_record = Chronicle([*entries[:place], *entries[place + 1 :]])
    recorded_twice = Chronicle([*entries, (at_the_end(entries, stored), event)])
    message_id, recipient = taken[0]
    for chronicle, arrived in [
        (record.chronicle, [one for one in taken if one[0] != message_id]),
        (record.chronicle, [*taken, ("<unknown@localhost>", recipient)]),
        (record.chronicle, [*taken, (message_id, "somebody-else@example.org")]),
        (without_record, taken),
        (recorded_twice, taken),
    ]:
        with pytest.raises(AssertionError):
            invariants.each_mail_was_taken(chronicle, arrived)
    # Sent again after a crash, under the same Message-ID: allowed.
    invariants.each_mail_was_taken(record.chronicle, [*taken, taken[0]])


# --- what services keep -----------------------------------------------------------------------

PARKED: Final = "VALUES ('model-1', 0, 1, 'x', 1, 'ValueError', 'somewhere', 0)"

KEPT: Final = {
    "relay behind": ("state", "UPDATE checkpoints SET position = position - 1"),
    "reactions behind": (
        "state",
        "UPDATE checkpoints SET position = 0 WHERE name = 'reactions'",
    ),
    "a reaction is parked": ("state", f"INSERT INTO parked {PARKED}"),
    "no read model": ("state", "UPDATE generations SET role = 'old'"),
    "a rebuild is half done": (
        "state",
        "INSERT INTO generations SELECT 99, fingerprint, columns, 'building' FROM generations",
    ),
    "two read models": (
        "state",
        "INSERT INTO generations SELECT 99, fingerprint, columns, role FROM generations",
    ),
    "rows behind": ("read-1", "UPDATE dvk_progress SET position = position - 1000"),
    "rows are parked": ("read-1", f"INSERT INTO dvk_parked {PARKED}"),
}


@pytest.mark.parametrize("alteration", KEPT)
async def test_a_service_that_has_not_done_everything_is_found_out(
    record: Record, tmp_path: Path, alteration: str
) -> None:
    part, statement = KEPT[alteration]
    evaluation = _service("evaluation")
    altered = record.copy(tmp_path)
    await invariants.everything_was_taken(evaluation, record.chronicle, f"sqlite:///{altered}")
    _change(altered / f"evaluation.{part}.db", statement)
    with pytest.raises(AssertionError):
        await invariants.everything_was_taken(evaluation, record.chronicle, f"sqlite:///{altered}")


@pytest.mark.parametrize("name", [service.name for service in SERVICES])
async def test_a_row_that_is_gone_left_over_or_altered_is_found_out_in_every_table(
    record: Record, name: str
) -> None:
    service = _service(name)
    rows = await invariants.rows_of(service, f"sqlite:///{record.databases}")
    filled = {table: found for table, found in rows.items() if found}
    assert filled
    invariants.the_same_rows(name, rows, rows)
    for table, found in filled.items():
        altered = [
            (*row[:column], object(), *row[column + 1 :])
            for row in found[:1]
            for column in range(len(row))
        ]
        for others in [found[1:], [*found, found[0]], *([one, *found[1:]] for one in altered)]:
            with pytest.raises(AssertionError):
                invariants.the_same_rows(name, {**rows, table: others}, rows)


@pytest.mark.parametrize(
    "name,statement",
    [
        ("registration", "UPDATE models SET status = 'running' WHERE status <> 'running'"),
        ("evaluation", "DELETE FROM appraisals WHERE rowid = (SELECT min(rowid) FROM appraisals)"),
        ("recognition", "UPDATE cases SET status = 'declined' WHERE status = 'recognized'"),
        ("notification", "UPDATE notices SET attempts = attempts + 1"),
        ("audit", "DELETE FROM entries WHERE rowid = (SELECT max(rowid) FROM entries)"),
    ],
)
async def test_a_read_model_that_is_not_what_the_log_gives_is_found_out(
    record: Record, tmp_path: Path, name: str, statement: str
) -> None:
    altered, anew = record.copy(tmp_path), tmp_path / "anew"
    anew.mkdir()
    _change(altered / f"{name}.read-1.db", statement)
    store = await open_store(record.store_url)
    try:
        with pytest.raises(AssertionError, match=name):
            await invariants.rows_equal_a_rebuild(
                _service(name), store, f"sqlite:///{altered}", anew
            )
    finally:
        await store.close()


def _service(name: str) -> Service:
    return next(service for service in SERVICES if service.name == name)


def _change(database: Path, statement: str) -> None:
    connection = sqlite3.connect(database)
    try:
        with connection:
            assert connection.execute(statement).rowcount > 0
    finally:
        connection.close()


# --- a service that is wrong ------------------------------------------------------------------


@pytest.mark.parametrize("seed", seeds(1))
async def test_a_reactor_that_notes_how_far_it_is_too_early_is_found_out(
    tmp_path: Path, seed: int
) -> None:
    live, anew = tmp_path / "live", tmp_path / "anew"
    live.mkdir()
    anew.mkdir()
    plan = Plan(tmp_path / "all.json", [[Fault(HASTY)]])
    with embedded(live, plan=plan) as processes:
        await processes.start()
        async with Driver(processes.addresses) as driver, processes.revived():
            await play_through(driver, seed, [], models=MODELS_FEW)
        await processes.stop()
        assert plan.over
        with pytest.raises(AssertionError, match="missing"):
            await invariants.hold(processes, driver.acknowledged, anew)
