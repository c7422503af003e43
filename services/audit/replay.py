"""Re-executes history: any stream's state as at any time, by the services' own deciders."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

import msgspec

from services.evaluation.domain.appraisal import APPRAISAL
from services.evaluation.domain.ballot import BALLOT
from services.evaluation.domain.council import COUNCIL
from services.evaluation.domain.criteria import CRITERIA
from services.evaluation.domain.field_team import FIELD_TEAM
from services.evaluation.domain.ruleset import RULE_SET
from services.evaluation.domain.sitting import SITTING
from services.evaluation.domain.vote import VOTE
from services.notification.domain.deadline import DEADLINE
from services.notification.domain.inspection import INSPECTION
from services.notification.domain.notice import NOTICE
from services.notification.domain.report import REPORT
from services.notification.domain.subscription import SUBSCRIPTION
from services.notification.domain.urging import URGING
from services.recognition.domain.achievement import ACHIEVEMENT
from services.recognition.domain.award import AWARD
from services.recognition.domain.case import CASE
from services.recognition.domain.review import REVIEW
from services.registration.domain.delegation import DELEGATION
from services.registration.domain.feedback import FEEDBACK
from services.registration.domain.model import MODEL
from services.registration.domain.movement import MOVEMENT
from services.registration.domain.office import OFFICE
from services.registration.domain.organization import ORGANIZATION
from services.registration.domain.papers import PAPERS
from services.registration.domain.quota import QUOTA
from shared.contracts import evaluation, notification, recognition, registration
from shared.contracts.event import Catalogue, Event
from shared.domain.decider import Decider
from shared.domain.personal import erasing
from shared.domain.time import to_microseconds
from shared.eventstore.port import StoredEvent, category_of
from shared.host.service import Log

STREAM_EVENTS_MAX: Final = 50_000
"""A stream is read up to here; the longest real ones, busy ballots and models, have some hundreds."""

_READ_EVENTS: Final = 1_000

# One state type a category: only the host and this module handle deciders without knowing theirs.
AnyDecider = Decider[Any, Any, Any]

SOURCES: Final = (registration.EVENTS, evaluation.EVENTS, recognition.EVENTS, notification.EVENTS)

_EVERY: Final[tuple[AnyDecider, ...]] = (
    ORGANIZATION,
    DELEGATION,
    OFFICE,
    PAPERS,
    MOVEMENT,
    MODEL,
    QUOTA,
    FEEDBACK,
    RULE_SET,
    CRITERIA,
    COUNCIL,
    FIELD_TEAM,
    APPRAISAL,
    SITTING,
    BALLOT,
    VOTE,
    CASE,
    ACHIEVEMENT,
    REVIEW,
    AWARD,
    SUBSCRIPTION,
    NOTICE,
    DEADLINE,
    REPORT,
    URGING,
    INSPECTION,
    *(erasing(source.service) for source in SOURCES),
)

DECIDERS: Final[Mapping[str, AnyDecider]] = MappingProxyType(
    {decider.category: decider for decider in _EVERY}
)
"""The decider of each category. A test fails for a published category without one."""

_CATALOGUES: Final[Mapping[str, Catalogue]] = MappingProxyType(
    {category: catalogue for catalogue in SOURCES for category in catalogue.categories}
)


class TooLongError(Exception):
    """The stream is longer than what is replayed in one answer."""


class Replayed(msgspec.Struct, frozen=True):
    """A stream's state after `events`, as JSON."""

    events: tuple[StoredEvent, ...]
    state: msgspec.Raw


def decode(stored: StoredEvent) -> Event:
    """The event in today's shape. Raises KeyError for a foreign category, UnknownEventTypeError."""
    return _CATALOGUES[stored.category].decode(stored.type, stored.data)


def up_to(events: Sequence[StoredEvent], at: int | datetime | None) -> tuple[StoredEvent, ...]:
    """The events that stood at a position or an instant, both included; all of them for None.

    An instant ends at the first later event: should a clock have run backwards, order beats time.
    """
    if at is None:
        return tuple(events)
    limit = at if isinstance(at, int) else to_microseconds(at)
    taken = []
    for event in events:
        if (event.position if isinstance(at, int) else event.time_us) > limit:
            break
        taken.append(event)
    return tuple(taken)


def replay(events: Sequence[StoredEvent]) -> Replayed:
    """Fold the events of one stream, at least one, by its service's own decider."""
    decider = DECIDERS[events[0].category]
    state = decider.fold(decode(event) for event in events)
    return Replayed(tuple(events), msgspec.Raw(msgspec.json.encode(state, enc_hook=_plain)))


async def read_whole(log: Log, stream: str) -> list[StoredEvent]:
    """Every event of a stream. Raises TooLongError."""
    events: list[StoredEvent] = []
    while page := await log.read_stream(stream, after_revision=len(events) - 1, limit=_READ_EVENTS):
        events.extend(page)
        if len(events) > STREAM_EVENTS_MAX:
            raise TooLongError(stream)
    return events


def is_ours(stream: str) -> bool:
    """Whether the stream's category is a published one."""
    return category_of(stream) in DECIDERS


def _plain(value: object) -> object:
    if isinstance(value, MappingProxyType):
        return dict(value)
    raise TypeError(f"{type(value).__name__} in a state has no JSON form")
