"""Decides the record again: every command, on what stood before it, gives the events it gave, and
takes no step that docs/reference/states.md does not draw.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from services.audit.domain.deciders import DECIDERS, decode
from shared.contracts.metadata import Metadata
from shared.eventstore.port import START, EventStore, StoredEvent
from tests.support.arrows import not_drawn


def follows_from_its_record(events: Sequence[StoredEvent]) -> None:
    """Of one stream, all its events."""
    decider = DECIDERS[events[0].category]
    state: Any = decider.initial_state
    recorded = [(stored, decode(stored)) for stored in events]
    index = 0
    while index < len(recorded):
        stored = recorded[index][0]
        metadata = msgspec.json.decode(stored.metadata, type=Metadata)
        assert metadata.command is not None, stored
        command: Any = msgspec.json.decode(
            metadata.command.data, type=decider.commands[metadata.command.name]
        )
        again = tuple(decider.decide(state, command))
        assert again, stored
        assert again == tuple(event for _, event in recorded[index : index + len(again)])
        assert not_drawn(decider, state, again) == set()
        state = decider.fold(again, state)
        index += len(again)


async def record_follows(store: EventStore) -> int:
    """Of every stream. How many events there are."""
    streams: dict[str, list[StoredEvent]] = {}
    position = START
    while (page := await store.read_log(after=position)).events:
        for stored in page.events:
            streams.setdefault(stored.stream, []).append(stored)
        position = page.scanned_to
    for events in streams.values():
        follows_from_its_record(events)
    return sum(map(len, streams.values()))
