"""What a year must have left in the record and in what services tell about it, worked out from the whole log."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from dvk.demo.province import Province
from services.audit.domain.deciders import decode
from shared.contracts.evaluation import VoteCast
from shared.contracts.event import Event
from shared.contracts.notification import (
    NoticeDelivered,
    NoticeQueued,
)
from shared.eventstore.port import START, EventStore, StoredEvent
from tests.support.concerned import Concerned, Notice, model_of

TOLD_IN_TIMELINES = (
    "model",
    "appraisal",
    "sitting",
    "ballot",
    "vote",
    "case",
    "notice",
    "deadline",
    "inspection",
    "award",
)


@dataclass(frozen=True)
class Chronicle:
    """The whole log, decoded."""

    entries: Sequence[tuple[StoredEvent, Event]]

    @classmethod
    async def read(cls, store: EventStore) -> "Chronicle":
        found: list[tuple[StoredEvent, Event]] = []
        position = START
        while (page := await store.read_log(after=position)).events:
            found += [(stored, decode(stored)) for stored in page.events]
            position = page.scanned_to
        return cls(found)

    def per_stream(self, name: str) -> Counter[str]:
        """How often an event of this name stands in each stream that has one."""
        return Counter(
            stored.stream for stored, event in self.entries if type(event).__name__ == name
        )

    def about(self, name: str) -> Counter[UUID]:
        """How many events of this name there are about each model."""
        found = (event for _, event in self.entries if type(event).__name__ == name)
        return Counter(_named(event) for event in found)

    def notices(self) -> Counter[Notice]:
        """The notices that were queued."""
        return Counter(
            (event.cause, event.recipient, event.channel)
            for _, event in self.entries
            if isinstance(event, NoticeQueued)
        )

    def mails(self) -> Mapping[UUID, Sequence[str]]:
        """The notices that go by mail, with the Message-IDs under which each is on record as taken."""
        taken: dict[UUID, list[str]] = {
            event.notice_id: []
            for _, event in self.entries
            if isinstance(event, NoticeQueued) and event.channel == "email"
        }
        for _, event in self.entries:
            if isinstance(event, NoticeDelivered) and event.notice_id in taken:
                taken[event.notice_id].append(str(event.message_id))
        return taken

    def due_notices(self, province: Province) -> Counter[Notice]:
        """The notices the recipients' table asks for: each organisation once per event and channel."""
        return Concerned(province).notices(self.entries)

    def timelines(self) -> Mapping[UUID, Sequence[UUID]]:
        """The ids of the events that concern each model, in the order of the log."""
        models: dict[str, UUID] = {}
        for stored, event in self.entries:
            model = model_of(event)
            if model is not None and stored.category in TOLD_IN_TIMELINES:
                models[stored.stream] = model
        told: dict[UUID, list[UUID]] = defaultdict(list)
        for stored, event in self.entries:
            root = f"ballot-{event.ballot_id}" if isinstance(event, VoteCast) else stored.stream
            if root in models:
                told[models[root]].append(stored.id)
        return told


def once(counts: Iterable[int]) -> bool:
    """Whether everything that was counted is there exactly once, and there is something."""
    return set(counts) == {1}


def _named(event: Event) -> UUID:
    model = model_of(event)
    assert model is not None, event
    return model
