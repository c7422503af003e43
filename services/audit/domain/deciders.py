"""Every category's decider and events: the only place besides a service itself that knows its rules by name."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

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
from shared.domain.logentry import Placed, category_of
from shared.domain.personal import erasing

# One state type a category: only the host and the audit handle deciders without knowing theirs.
AnyDecider = Decider[Any, Any, Any]

SOURCES: Final = (registration.EVENTS, evaluation.EVENTS, recognition.EVENTS, notification.EVENTS)
"""What is published, by service: all of it is in the log."""

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


def decode(event: Placed) -> Event:
    """The event in today's shape.

    Raises KeyError for a category nobody publishes, UnknownEventTypeError, msgspec.ValidationError.
    """
    return _CATALOGUES[category_of(event.stream)].decode(event.type, event.data)
