# The peers stand in the benchmarks' own environment, where types are not checked.
# mypy: disable-error-code="import-not-found, misc, untyped-decorator, no-any-return"
"""The comparable systems, each used as its documentation says, at its own fastest for the same work."""

import contextlib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID, uuid5

import umadb
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import StoredEvent

from tests.bench.engines import Row, Work, as_uuid
from tests.bench.report import Bench
from tests.support.servers import HOST, free_port

START_SECONDS_MAX: Final = 30.0
_POLL_SECONDS: Final = 0.02
_NAMESPACE: Final = UUID("018f0000-0000-7000-8000-0000000000ff")
NOTIFICATIONS_MAX: Final = 1_000


# ── eventsourcing ────────────────────────────────────────────────────────────────────────────────


class Model(Aggregate):
    """A model in the style of the library's tutorial, with one thing to report."""

    @event("Registered")
    def __init__(self, name: str) -> None:
        self.name = name
        self.until = ""

    @event("ProgressReported")
    def report(self, until: str, narrative: str) -> None:
        """Report progress."""
        self.until = until


class Models(Application):
    """The application that keeps them."""


def sqlite_environment(folder: Path) -> dict[str, str]:
    """An application on SQLite with its aggregates cached."""
    return {
        "PERSISTENCE_MODULE": "eventsourcing.sqlite",
        "SQLITE_DBNAME": str(folder / "eventsourcing.db"),
        "AGGREGATE_CACHE_MAXSIZE": "1000",
        "DEEPCOPY_FROM_AGGREGATE_CACHE": "n",
        "AGGREGATE_CACHE_FASTFORWARD": "n",
    }


def postgres_environment(url: str) -> dict[str, str]:
    """The same on PostgreSQL."""
    parts = urlsplit(url)
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": parts.path.removeprefix("/"),
        "POSTGRES_HOST": parts.hostname or HOST,
        "POSTGRES_PORT": str(parts.port),
        "POSTGRES_USER": parts.username or "",
        "POSTGRES_PASSWORD": parts.password or "",
        "AGGREGATE_CACHE_MAXSIZE": "1000",
        "DEEPCOPY_FROM_AGGREGATE_CACHE": "n",
        "AGGREGATE_CACHE_FASTFORWARD": "n",
    }


@contextlib.contextmanager
def application(environment: Mapping[str, str]) -> Iterator[Models]:
    """The application for the length of the block."""
    opened = Models(env=environment)
    try:
        yield opened
    finally:
        opened.close()


def sqlite_rate(bench: Bench, work: Work) -> float:
    """Appends a second through its recorder on SQLite."""
    with bench.fresh_folder() as folder, application(sqlite_environment(folder)) as app:
        return _recorder_rate(app, work)


def postgres_rate(bench: Bench, work: Work) -> float:
    """The same on PostgreSQL."""
    with bench.fresh_database() as url, application(postgres_environment(url)) as app:
        return _recorder_rate(app, work)


def _recorder_rate(app: Models, work: Work) -> float:
    """It commits one append at a time (an exclusive lock on its table, one writer of the file): threads
    only wait for each other, so one thread does the appends of all writers, which is its fastest.
    """
    events = [
        [StoredEvent(uuid5(_NAMESPACE, row[1]), row[2] + 1, row[4], row[6])]
        for row in in_turns(work)
    ]
    started = time.perf_counter()
    for single in events:
        app.recorder.insert_events(single)
    return len(events) / (time.perf_counter() - started)


def in_turns(work: Work) -> Sequence[Row]:
    """The rows of all writers, one of each after the other."""
    return [row for rows in zip(*work.rows, strict=True) for row in rows]


def command_rate(environment: Mapping[str, str], writers: int, commands: int, text: str) -> float:
    """Load from the cache, decide, save: commands a second over `writers` aggregates, one at a time."""
    with application(environment) as app:
        models = [Model(name=str(number)) for number in range(writers)]
        app.save(*models)
        each = commands // writers
        started = time.perf_counter()
        for number in range(each):
            for model in models:
                loaded: Model = app.repository.get(model.id)
                loaded.report(until=str(number), narrative=text)
                app.save(loaded)
        return each * writers / (time.perf_counter() - started)


def fill(app: Models, models: int, reports: int, text: str) -> int:
    """Record `models` models with `reports` reports each; how many events that makes."""
    for number in range(models):
        model = Model(name=str(number))
        for report in range(reports):
            model.report(until=str(report), narrative=text)
        app.save(model)
    return models * (reports + 1)


def replay_rate(app: Models, expected: int) -> float:
    """Read the whole log and decode it to domain events: events a second."""
    started, count, after = time.perf_counter(), 0, 1
    while True:
        page = app.recorder.select_notifications(start=after, limit=NOTIFICATIONS_MAX)
        if not page:
            break
        for notification in page:
            app.mapper.to_domain_event(notification)
        count += len(page)
        after = page[-1].id + 1
    if count != expected:
        raise AssertionError(f"{count} of {expected} events were read")
    return count / (time.perf_counter() - started)


# ── umadb ────────────────────────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def umadb_server(folder: Path) -> Iterator[str]:
    """The server from its wheel, for the length of the block; its address."""
    port = free_port()
    command = [str(Path(sys.executable).parent / "umadb"), "--listen", f"{HOST}:{port}"]
    command += ["--db-path", str(folder / "uma.db")]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        address = f"http://{HOST}:{port}"
        _wait_until_answers(address)
        yield address
    finally:
        process.terminate()
        process.wait()


def _wait_until_answers(address: str) -> None:
    until = time.monotonic() + START_SECONDS_MAX
    while True:
        try:
            umadb.Client(address).head()
        except (umadb.TransportError, OSError, RuntimeError):
            if time.monotonic() > until:
                raise
            time.sleep(_POLL_SECONDS)
        else:
            return


def umadb_rate(bench: Bench, work: Work) -> float:
    """Appends a second, each under the condition that nobody else wrote to its stream."""
    with bench.fresh_folder() as folder, umadb_server(folder) as address:
        writers = [_umadb_writer(address, rows) for rows in work.rows]
        started = time.perf_counter()
        if len(writers) == 1:
            writers[0]()
        else:
            with ThreadPoolExecutor(len(writers)) as threads:
                list(threads.map(lambda write: write(), writers))
        return work.count / (time.perf_counter() - started)


def _umadb_writer(address: str, rows: Sequence[Row]) -> Callable[[], None]:
    client = umadb.Client(address)
    stream = rows[0][1]
    own = umadb.Query(items=[umadb.QueryItem(tags=[stream])])
    events = [
        umadb.Event(event_type=row[4], data=row[6], tags=[stream], uuid=as_uuid(row))
        for row in rows
    ]

    def write() -> None:
        after: int | None = None
        for single in events:
            condition = umadb.AppendCondition(fail_if_events_match=own, after=after)
            after = client.append([single], condition=condition)

    return write
