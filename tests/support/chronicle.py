"""What a year must have left in the record and in what services tell about it, worked out from the whole log."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from dvk.demo.province import Province
from dvk.demo.setup import SUBSCRIBERS
from services.audit.replay import decode
from services.notification.domain.recipients import BY_KIND, RESPONSIBLE
from shared.contracts.evaluation import RuleSetAdopted, VoteCast
from shared.contracts.event import Event
from shared.contracts.notification import (
    DeadlineApproached,
    DeadlineMissed,
    Escalated,
    NoticeDelivered,
    NoticeQueued,
)
from shared.contracts.registration import (
    ModelRegistered,
    OrganizationCreated,
    ReportingSessionMissed,
    ReportingSessionScheduled,
)
from shared.eventstore.port import START, EventStore, StoredEvent

TOLD_IN_TIMELINES = (
    "model",
    "appraisal",
    "sitting",
    "ballot",
    "vote",
    "case",
    "notice",
    "deadline",
)

Notice = tuple[UUID, UUID, str]
"""Cause, recipient, channel."""


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

    @cached_property
    def registered(self) -> Mapping[UUID, ModelRegistered]:
        """The latest registration of each model."""
        events = (event for _, event in self.entries)
        return {event.model_id: event for event in events if isinstance(event, ModelRegistered)}

    def per_stream(self, name: str) -> Counter[str]:
        """How often an event of this name stands in each stream that has one."""
        return Counter(
            stored.stream for stored, event in self.entries if type(event).__name__ == name
        )

    def about(self, name: str) -> Counter[UUID]:
        """How many events of this name there are about each model."""
        found = (event for _, event in self.entries if type(event).__name__ == name)
        return Counter(_model_of(event) for event in found)

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
        by_mail = {province.ids[province.offices[user].organisation] for user in SUBSCRIBERS}
        due: Counter[Notice] = Counter()
        for stored, event in self.entries:
            if type(event).__name__ not in BY_KIND:
                continue
            rule = BY_KIND[type(event).__name__]
            if isinstance(event, RuleSetAdopted):
                told = self._addressees(stored, event, province)
            else:
                parties = self._parties(event, province)
                told = {parties[relation] for relation in rule.relations}
            for recipient in told:
                due[stored.id, recipient, "inbox"] = 1
                if recipient in by_mail:
                    due[stored.id, recipient, "email"] = 1
        return due

    def _parties(self, event: Event, province: Province) -> Mapping[str, UUID]:
        model = self.registered[_model_of(event)]
        keys = {identifier: key for key, identifier in province.ids.items()}
        adviser = province.ids[province.adviser(keys[model.deciding_body])]
        parties = {
            "holder": model.holder,
            "committee": model.committee,
            "deciding_body": model.deciding_body,
            "launching_body": model.launching_body,
            "appraising_unit": adviser,
        }
        if isinstance(event, ReportingSessionMissed | ReportingSessionScheduled):
            parties["organizer"] = event.organizer
        if isinstance(event, Escalated):
            parties["superior"] = event.to
        if isinstance(event, DeadlineApproached | DeadlineMissed | Escalated):
            relation = RESPONSIBLE[event.matter]
            duty = "committee" if relation == "organizer" else relation
            parties["responsible"] = event.responsible or parties[duty]
        return parties

    def _addressees(
        self, adopted: StoredEvent, event: RuleSetAdopted, province: Province
    ) -> set[UUID]:
        """Whom the rule set's own setting names, among the bodies entered before it: by the data files."""
        keys = {identifier: key for key, identifier in province.ids.items()}
        there = {
            keys[one.organization_id]
            for stored, one in self.entries
            if isinstance(one, OrganizationCreated) and stored.position < adopted.position
        }
        own = keys[event.adopted_by]
        over = {key: set(body.lines.items()) for key, body in province.bodies.items()}
        return {
            province.ids[key]
            for entry in event.settings.recipients.value
            for key in there - {own}
            if not entry.kinds or province.kinds[province.bodies[key].kind].vi in entry.kinds
            if _related(entry.relation, key, own, over)
        }

    def timelines(self) -> Mapping[UUID, Sequence[UUID]]:
        """The ids of the events that concern each model, in the order of the log."""
        models: dict[str, UUID] = {}
        for stored, event in self.entries:
            model = _model_or_none(event)
            if model is not None and stored.category in TOLD_IN_TIMELINES:
                models[stored.stream] = model
        told: dict[UUID, list[UUID]] = defaultdict(list)
        for stored, event in self.entries:
            root = f"ballot-{event.ballot_id}" if isinstance(event, VoteCast) else stored.stream
            if root in models:
                told[models[root]].append(stored.id)
        return told


def _related(
    relation: str, key: str, own: str, over: Mapping[str, set[tuple[str, str | None]]]
) -> bool:
    """Whether `key` stands to `own` in a relation. `over` has who stands directly over each, by line."""
    if relation == "above":
        return key in {above for _, above in over[own]}
    if relation == "beside":
        return any(above is not None and (line, above) in over[own] for line, above in over[key])
    for line, directly in over[key]:
        seen: set[str] = set()
        superior = directly
        while superior is not None and superior not in seen:
            if superior == own:
                return True
            seen.add(superior)
            superior = dict(over[superior]).get(line)
    return False


def _model_or_none(event: Event) -> UUID | None:
    found: object = getattr(event, "model_id", None) or getattr(event, "model", None)
    return found if isinstance(found, UUID) else None


def _model_of(event: Event) -> UUID:
    model = _model_or_none(event)
    assert model is not None, event
    return model


def once(counts: Iterable[int]) -> bool:
    """Whether everything that was counted is there exactly once, and there is something."""
    return set(counts) == {1}
