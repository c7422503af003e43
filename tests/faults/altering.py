"""Ways to alter the log of a year, each as some fault might."""

from collections.abc import Callable, Sequence
from typing import Any, Final
from uuid import UUID

from msgspec import structs

from shared.contracts.evaluation import VoteCast
from shared.contracts.event import Event
from shared.contracts.recognition import Declined, Recognized
from shared.contracts.running import ProgressReported
from shared.contracts.values import Choice
from shared.eventstore.port import StoredEvent

SOMETHING: Final = UUID(int=7)
"""An id of nothing."""

Entry = tuple[StoredEvent, Event]
Alter = Callable[[list[Entry]], Sequence[Entry]]


COUNTED: Final = -1
"""Which vote surely counts: the last, for a ballot without quorum is repeated."""


def place_of(kind: type[Event], entries: Sequence[Entry], number: int = 0) -> int:
    """Where the event of this kind stands, counted among its kind."""
    return [place for place, (_, event) in enumerate(entries) if isinstance(event, kind)][number]


def without(kind: type[Event], number: int = 0) -> Alter:
    """Without the event of this kind, the first unless another `number` is given."""

    def alter(entries: list[Entry]) -> Sequence[Entry]:
        del entries[place_of(kind, entries, number)]
        return entries

    return alter


def doubled(kind: type[Event], number: int = 0) -> Alter:
    """Once more at the end of the log, in a way that the log itself is whole."""

    def alter(entries: list[Entry]) -> Sequence[Entry]:
        stored, event = entries[place_of(kind, entries, number)]
        return [*entries, (at_the_end(entries, stored), event)]

    return alter


def at_the_end(entries: Sequence[Entry], stored: StoredEvent) -> StoredEvent:
    """The same as the next event of its stream, behind all others."""
    revisions = [other.revision for other, _ in entries if other.stream == stored.stream]
    return structs.replace(
        stored,
        id=SOMETHING,
        revision=max(revisions) + 1,
        position=entries[-1][0].position + 1,
    )


def stored_as(kind: type[Event], number: int = 0, **changes: Any) -> Alter:  # noqa: ANN401
    """Stored otherwise."""

    def alter(entries: list[Entry]) -> Sequence[Entry]:
        place = place_of(kind, entries, number)
        stored, event = entries[place]
        entries[place] = (structs.replace(stored, **changes), event)
        return entries

    return alter


def saying(kind: type[Event], number: int = 0, **changes: Any) -> Alter:  # noqa: ANN401
    """With other content."""

    def alter(entries: list[Entry]) -> Sequence[Entry]:
        place = place_of(kind, entries, number)
        stored, event = entries[place]
        entries[place] = (stored, structs.replace(event, **changes))
        return entries

    return alter


def vote_for_something_else(entries: list[Entry]) -> Sequence[Entry]:
    """The last vote that its member cast, which no correction of a paper overrides, with another choice."""
    place = max(
        place
        for place, (_, event) in enumerate(entries)
        if isinstance(event, VoteCast) and event.on_behalf is None
    )
    stored, vote = entries[place]
    assert isinstance(vote, VoteCast)
    other: Choice = "approve" if vote.choice == "abstain" else "abstain"
    entries[place] = (stored, structs.replace(vote, choice=other))
    return entries


def in_other_order(entries: list[Entry]) -> Sequence[Entry]:
    """Two events of one stream have changed places in the log."""
    first = place_of(ProgressReported, entries)
    stream = entries[first][0].stream
    second = next(p for p, e in enumerate(entries) if p > first and e[0].stream == stream)
    before, after = entries[first], entries[second]
    entries[first] = (structs.replace(after[0], position=before[0].position), after[1])
    entries[second] = (structs.replace(before[0], position=after[0].position), before[1])
    return entries


def twice_in_the_log(entries: list[Entry]) -> Sequence[Entry]:
    """An event stands in the log as it is, two times."""
    place = place_of(ProgressReported, entries)
    return [*entries[: place + 1], *entries[place:]]


def declined_as_well(entries: list[Entry]) -> Sequence[Entry]:
    """A recognised model is declined, too."""
    stored, event = entries[place_of(Recognized, entries)]
    assert isinstance(event, Recognized)
    said: dict[str, Any] = {
        name: getattr(event, name, "Chưa đạt.") for name in Declined.__struct_fields__
    }
    declined = Declined(**said)
    return [*entries, (at_the_end(entries, stored), declined)]


def vote_after_the_close(entries: list[Entry]) -> Sequence[Entry]:
    """A vote that was counted stands behind the close of its ballot."""
    place = place_of(VoteCast, entries, COUNTED)
    stored, event = entries.pop(place)
    return [
        *entries,
        (structs.replace(stored, position=entries[-1][0].position + 1), event),
    ]
