"""The event store contract: expected revisions, repeats, races and limits."""

import asyncio
import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.domain.logentry import ENTRY_BYTES_MAX, entry_size
from shared.eventstore.port import (
    APPEND_EVENTS_MAX,
    STREAM_NAME_BYTES_MAX,
    Appended,
    EventIdTakenError,
    EventStore,
    Expect,
    Expected,
    InvalidAppendError,
    NewEvent,
    WrongRevisionError,
)
from tests.contract.eventstore_kit import (
    Names,
    as_new,
    ids,
    read_whole_log,
    read_whole_stream,
)

EXAMPLES = settings(
    max_examples=15,
    deadline=None,
    # The same test of the suite runs in one class per adapter: that is what a suite is for.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
)

WRITERS = 8
RACED_REVISIONS = 10
CANCEL_STEPS = 24

json_like = st.text(alphabet=string.printable + "ạảãđĐươ₫€𝛑").map(str.encode)
payloads = st.one_of(st.binary(max_size=300), json_like)
written = st.lists(
    st.tuples(payloads, payloads, st.text("0123456789abcdef-", max_size=55)),
    min_size=1,
    max_size=5,
)
attempts = st.lists(
    st.tuples(
        st.one_of(st.just(Expect.NO_STREAM), st.just(Expect.ANY), st.integers(0, 6)),
        st.integers(1, 3),
    ),
    min_size=1,
    max_size=6,
)


class AppendingContract:
    """One append: at its revision or not at all, once however often repeated, byte for byte."""

    async def test_a_new_stream_is_written_where_no_stream_is_expected(
        self, store: EventStore, names: Names
    ) -> None:
        stream, events = names.stream(), names.events(2)

        appended = await store.append(stream, Expect.NO_STREAM, events)

        found = await read_whole_stream(store, stream)
        assert [as_new(event) for event in found] == events
        assert appended == Appended(found[-1].revision, found[-1].position)
        assert appended.revision == 1
        assert await store.head() == appended.position

    async def test_an_exact_revision_and_any_revision_go_on_from_the_end(
        self, store: EventStore, names: Names
    ) -> None:
        stream = names.stream()
        await store.append(stream, Expect.ANY, names.events(1))

        exact = await store.append(stream, 0, names.events(2))
        any_revision = await store.append(stream, Expect.ANY, names.events(3))

        found = await read_whole_stream(store, stream)
        assert [exact.revision, any_revision.revision] == [2, 5]
        assert [exact.position, any_revision.position] == [found[2].position, found[5].position]

    @EXAMPLES
    @given(attempts=attempts)
    async def test_an_append_is_refused_with_the_actual_revision_unless_it_is_the_expected_one(
        self, store: EventStore, names: Names, attempts: list[tuple[Expected, int]]
    ) -> None:
        stream, standing = names.stream(), -1
        for expected, count in attempts:
            actual = None if standing < 0 else standing
            fits = expected in (Expect.ANY, Expect.NO_STREAM if actual is None else actual)
            if fits:
                appended = await store.append(stream, expected, names.events(count))
                standing += count
                assert appended.revision == standing
                continue
            with pytest.raises(WrongRevisionError) as refused:
                await store.append(stream, expected, names.events(count))
            assert refused.value.actual == actual
            assert (refused.value.stream, refused.value.expected) == (stream, expected)
        assert len(await read_whole_stream(store, stream)) == standing + 1

    @EXAMPLES
    @given(written=written)
    async def test_data_metadata_and_trace_come_back_byte_for_byte(
        self, store: EventStore, names: Names, written: list[tuple[bytes, bytes, str]]
    ) -> None:
        stream = names.stream()
        events = [
            names.event(data, metadata=metadata, trace=trace) for data, metadata, trace in written
        ]

        await store.append(stream, Expect.NO_STREAM, events)

        assert [as_new(event) for event in await read_whole_stream(store, stream)] == events

    @pytest.mark.parametrize(
        "payload",
        [
            b"",
            bytes(range(256)),
            b"\x00",
            b"null",
            b' {"a" : 1.0 ,"a":1e3} \r\n',
            b'{"a":1e400}',
            b'"\xff"',
            '{"tên":"Dân vận khéo – Đắk Lắk"}'.encode(),
            b"[" * 5000,
        ],
    )
    async def test_no_payload_is_interpreted(
        self, store: EventStore, names: Names, payload: bytes, start: int
    ) -> None:
        stream = names.stream()
        events = [names.event(payload, metadata=payload), names.event(payload, metadata=b"")]

        await store.append(stream, Expect.NO_STREAM, events)

        assert [as_new(event) for event in await read_whole_stream(store, stream)] == events
        assert [as_new(event) for event in await read_whole_log(store, after=start)] == events

    async def test_names_may_be_vietnamese(self, store: EventStore, names: Names) -> None:
        stream = f"{names.category('môhình')}-Xã Ea Kao/Tổ dân phố 5 𝛑 (ấp Đồng Tâm) #1?%2F"
        event = names.event(type="dvk.đăngký.MôHìnhĐượcĐăngKý.v1")

        await store.append(stream, Expect.NO_STREAM, [event])

        (found,) = await store.read_stream(stream)
        assert (found.stream, found.type) == (stream, event.type)
        assert found.category == names.category("môhình")

    async def test_streams_differ_where_their_names_differ(
        self, store: EventStore, names: Names
    ) -> None:
        base = names.stream()
        variants = [base, base.upper(), f"{base} ", f"{base}%", f"{base}_", f"{base}đ", f"{base}d"]

        for variant in variants:
            await store.append(variant, Expect.NO_STREAM, [names.event()])

        for variant in variants:
            assert [event.stream for event in await store.read_stream(variant)] == [variant]

    @pytest.mark.parametrize("count", [1, 3])
    async def test_the_same_append_gives_the_first_result_again_and_after_later_appends(
        self, store: EventStore, peer: EventStore, names: Names, count: int
    ) -> None:
        stream, created, changed = names.stream(), names.events(count), names.events(count)
        first = await store.append(stream, Expect.NO_STREAM, created)
        assert await store.append(stream, Expect.NO_STREAM, created) == first

        second = await store.append(stream, first.revision, changed)
        await store.append(stream, second.revision, names.events(4))

        assert await peer.append(stream, Expect.NO_STREAM, created) == first
        assert await peer.append(stream, first.revision, changed) == second
        assert len(await read_whole_stream(store, stream)) == 2 * count + 4

    async def test_the_same_append_from_many_callers_at_once_is_done_once(
        self, store: EventStore, peer: EventStore, names: Names
    ) -> None:
        stream, events = names.stream(), names.events(3)

        results = await asyncio.gather(
            *(client.append(stream, Expect.NO_STREAM, events) for client in [store, peer] * 4)
        )

        assert len(set(results)) == 1
        assert ids(await read_whole_stream(store, stream)) == ids(events)

    async def test_an_append_whose_answer_was_lost_is_told_by_repeating_it(
        self, store: EventStore, names: Names, start: int
    ) -> None:
        """The caller gives up at many moments: before, while and after the append takes effect."""
        for steps in range(CANCEL_STEPS):
            stream, created, changed = names.stream(), names.events(2), names.events(1)
            await self._give_up(store, stream, Expect.NO_STREAM, created, steps)
            first = await store.append(stream, Expect.NO_STREAM, created)
            await self._give_up(store, stream, 1, changed, steps)
            second = await store.append(stream, 1, changed)

            assert [first.revision, second.revision] == [1, 2]
            assert ids(await read_whole_stream(store, stream)) == ids([*created, *changed])
        assert len(await read_whole_log(store, after=start)) == 3 * CANCEL_STEPS

    @staticmethod
    async def _give_up(
        store: EventStore, stream: str, expected: Expected, events: list[NewEvent], steps: int
    ) -> None:
        call = asyncio.ensure_future(store.append(stream, expected, events))
        for _ in range(steps):
            await asyncio.sleep(0)
        call.cancel()
        await asyncio.wait([call])

    async def test_ids_that_partly_stand_at_a_passed_revision_are_refused(
        self, store: EventStore, names: Names
    ) -> None:
        stream, events = names.stream(), names.events(2)
        await store.append(stream, Expect.NO_STREAM, events)
        longer, mixed, swapped = (
            [*events, names.event()],
            [events[0], names.event()],
            events[::-1],
        )

        for repeated in (longer, mixed, swapped):
            with pytest.raises((EventIdTakenError, WrongRevisionError)):
                await store.append(stream, Expect.NO_STREAM, repeated)
        assert ids(await read_whole_stream(store, stream)) == ids(events)

    async def test_of_racing_writers_one_wins_each_revision(
        self, store: EventStore, peer: EventStore, names: Names, start: int
    ) -> None:
        stream = names.stream()
        won: list[NewEvent] = []
        for revision in range(-1, RACED_REVISIONS - 1):
            expected = Expect.NO_STREAM if revision < 0 else revision
            tried = names.events(WRITERS)
            outcomes = await asyncio.gather(
                *(
                    (store, peer)[number % 2].append(stream, expected, [event])
                    for number, event in enumerate(tried)
                ),
                return_exceptions=True,
            )
            winners = [
                event
                for event, outcome in zip(tried, outcomes, strict=True)
                if isinstance(outcome, Appended)
            ]
            losers = [out for out in outcomes if isinstance(out, WrongRevisionError)]
            assert (len(winners), len(losers)) == (1, WRITERS - 1), outcomes
            assert {loser.actual for loser in losers} == {revision + 1}
            won += winners

        assert ids(await read_whole_stream(store, stream)) == ids(won)
        assert ids(await read_whole_log(store, after=start)) == ids(won)

    async def test_appends_at_any_revision_that_race_all_succeed_without_a_gap(
        self, store: EventStore, peer: EventStore, names: Names
    ) -> None:
        stream, batches = names.stream(), [names.events(2) for _ in range(2 * WRITERS)]

        results = await asyncio.gather(
            *(
                (store, peer)[number % 2].append(stream, Expect.ANY, batch)
                for number, batch in enumerate(batches)
            )
        )

        found = await read_whole_stream(store, stream)
        assert sorted(result.revision for result in results) == list(range(1, 4 * WRITERS, 2))
        for result, batch in zip(results, batches, strict=True):
            assert ids(found[result.revision - 1 : result.revision + 1]) == ids(batch)
            assert found[result.revision].position == result.position

    async def test_an_append_holds_as_many_events_as_the_limit(
        self, store: EventStore, names: Names
    ) -> None:
        full, over = names.stream(), names.stream()

        appended = await store.append(full, Expect.NO_STREAM, names.events(APPEND_EVENTS_MAX))

        assert appended.revision == APPEND_EVENTS_MAX - 1
        with pytest.raises(InvalidAppendError):
            await store.append(over, Expect.NO_STREAM, names.events(APPEND_EVENTS_MAX + 1))
        assert not await store.read_stream(over)

    async def test_an_append_without_events_or_with_one_twice_is_refused(
        self, store: EventStore, names: Names
    ) -> None:
        stream, event = names.stream(), names.event()

        for events in ([], [event, event]):
            with pytest.raises(InvalidAppendError):
                await store.append(stream, Expect.ANY, events)
        assert not await store.read_stream(stream)

    @pytest.mark.parametrize("name", ["x", "Đắk Lắk"])
    async def test_an_entry_is_as_large_as_a_tile_record_and_no_larger(
        self, store: EventStore, names: Names, name: str
    ) -> None:
        """Trace is no part of the entry; every byte of data, metadata, type and stream name is."""
        stream = f"{names.stream()}-{name}"
        room = ENTRY_BYTES_MAX - entry_size(names.event(b"", metadata=b""), stream)
        fitting = [
            names.event(b"\xff" * room, metadata=b"", trace="t" * 55),
            names.event(b"", metadata=b"\xff" * room),
            names.event(b"{" * (room - 9), metadata=b"{" * 9),
        ]
        appended = await store.append(stream, Expect.NO_STREAM, fitting)
        assert [as_new(event) for event in await read_whole_stream(store, stream)] == fitting

        for data, metadata in [(room + 1, 0), (0, room + 1), (room - 9, 10)]:
            event = names.event(b"\xff" * data, metadata=b"\xff" * metadata)
            with pytest.raises(InvalidAppendError):
                await store.append(stream, Expect.ANY, [names.event(), event])
        with pytest.raises(InvalidAppendError):
            await store.append(
                f"{stream}d", Expect.ANY, [names.event(b"\xff" * room, metadata=b"")]
            )
        assert await store.head() == appended.position

    async def test_a_stream_name_is_limited_in_bytes(self, store: EventStore, names: Names) -> None:
        full = names.stream() + "-"
        full += "đ" * ((STREAM_NAME_BYTES_MAX - len(full.encode())) // 2)
        full = full.ljust(len(full) + STREAM_NAME_BYTES_MAX - len(full.encode()), "d")
        assert len(full.encode()) == STREAM_NAME_BYTES_MAX

        await store.append(full, Expect.NO_STREAM, [names.event()])

        assert len(await store.read_stream(full)) == 1
        with pytest.raises(InvalidAppendError):
            await store.append(f"{full}d", Expect.NO_STREAM, [names.event()])

    @pytest.mark.parametrize(
        "bad",
        [
            "",
            "-1",
            "model-\x00",
            "model-\n1",
            "model-\x7f",
            "model-\x85",
            "model-ha\u0323",
            "m-\ud800",
        ],
        ids=["empty", "no category", "nul", "newline", "delete", "c1", "not nfc", "surrogate"],
    )
    async def test_a_name_that_breaks_the_naming_rule_is_refused(
        self, store: EventStore, names: Names, bad: str
    ) -> None:
        before = await store.head()

        with pytest.raises(InvalidAppendError):
            await store.append(bad, Expect.ANY, [names.event()])
        with pytest.raises(InvalidAppendError):
            await store.append(names.stream(), Expect.ANY, [names.event(type=bad.lstrip("-1"))])
        assert await store.head() == before
