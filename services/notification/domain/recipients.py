"""Who is told of what by default: one table of events and the relations in which recipients stand to the model.

The guideline lists the recipients of itself (clause N); who is told of a model's course is practice, after that list:
holder, proposer, committee, the board above, the Office.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import msgspec

from shared.contracts.evaluation import AdviceIssued, PostingOpened
from shared.contracts.event import Event
from shared.contracts.notification import Relation
from shared.contracts.recognition import Declined, Recognized
from shared.contracts.registration import (
    ModelRegistered,
    ModelWithdrawn,
    RegistrationAccepted,
    RegistrationReturned,
    ReportingSessionMissed,
    ReportingSessionScheduled,
    ResultsReported,
)
from shared.contracts.values import OrganizationId


class RecipientRule(msgspec.Struct, frozen=True):
    """Whom an event concerns, most concerned first, and where the rule comes from."""

    event_type: type[Event]
    relations: tuple[Relation, ...]
    source: str

    @property
    def kind(self) -> str:
        """The event's name, as notices carry it."""
        return self.event_type.__name__


_PRACTICE: Final = "practice: recipients"
_DECISION: Final = "practice: recipients of decisions, after guideline N"

RULES: Final[tuple[RecipientRule, ...]] = (
    RecipientRule(ModelRegistered, ("committee", "launching_body"), _PRACTICE),
    RecipientRule(RegistrationAccepted, ("holder",), _PRACTICE),
    RecipientRule(RegistrationReturned, ("holder",), _PRACTICE),
    RecipientRule(ReportingSessionScheduled, ("holder",), "guideline III.2.1b"),
    RecipientRule(ReportingSessionMissed, ("organizer", "launching_body"), "guideline IV.2"),
    RecipientRule(ResultsReported, ("appraising_unit",), "guideline III.2.1c"),
    RecipientRule(PostingOpened, ("holder", "committee"), _PRACTICE),
    RecipientRule(AdviceIssued, ("deciding_body",), "guideline III.2.1c"),
    RecipientRule(
        Recognized, ("holder", "committee", "appraising_unit", "launching_body"), _DECISION
    ),
    RecipientRule(
        Declined, ("holder", "committee", "appraising_unit", "launching_body"), _DECISION
    ),
    RecipientRule(
        ModelWithdrawn,
        ("committee", "appraising_unit", "deciding_body", "launching_body"),
        _PRACTICE,
    ),
)

BY_KIND: Final[Mapping[str, RecipientRule]] = MappingProxyType({rule.kind: rule for rule in RULES})


def recipients(
    relations: Sequence[Relation], parties: Mapping[Relation, Sequence[OrganizationId]]
) -> tuple[tuple[OrganizationId, Relation], ...]:
    """Each organisation once, in the first of `relations` it stands in: a commune committee that is
    both committee and deciding body is told once.
    """
    found: dict[OrganizationId, Relation] = {}
    for relation in relations:
        for organization in parties.get(relation, ()):
            found.setdefault(organization, relation)
    return tuple(found.items())
