"""Events of inspections (clause IV.2): what the Office found on the spot, what it asks to be remedied by when."""

from datetime import date
from typing import Literal

import msgspec

from shared.contracts.event import Event
from shared.contracts.values import (
    FindingId,
    InspectionId,
    Line,
    ModelId,
    MovementId,
    OrganizationId,
    RuleSetId,
    Text,
)

FindingNature = Literal["strength", "shortcoming", "violation"]
"""A violation may be a ground to revoke what was recognised; whether it is one is decided there."""


class Inspected(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who inspects whom by which document, and the rules whose reminders hold for what it demands."""

    body: OrganizationId
    inspected_by: OrganizationId
    document_number: Line
    rule_set: RuleSetId
    rule_set_version: int


class InspectionOpened(Event, frozen=True):
    """A body, or one model of it, is inspected by decision `inspection.document_number`. `inspectors` are offices,
    never names.
    """

    inspection_id: InspectionId
    inspection: Inspected
    movement: MovementId
    issued_on: date
    begins_on: date
    ends_on: date
    purpose: Text
    inspectors: tuple[Line, ...]
    model: ModelId | None = None


class FindingRecorded(Event, frozen=True):
    """Something was found; `about` cites the clause or the setting concerned. With a `remedy` the body is asked to
    do that by the day `remedy_by`, that day included.
    """

    inspection_id: InspectionId
    finding_id: FindingId
    inspection: Inspected
    nature: FindingNature
    text: Text
    about: Line | None = None
    remedy: Text | None = None
    remedy_by: date | None = None


class FindingsCommented(Event, frozen=True):
    """The inspected body said what it has to say about the findings."""

    inspection_id: InspectionId
    inspection: Inspected
    text: Text


class InspectionConcluded(Event, frozen=True):
    """The conclusion was issued: nothing more is found. What it demands stays open until it is done."""

    inspection_id: InspectionId
    inspection: Inspected
    document_number: Line
    concluded_on: date
    conclusion: Text


class InspectionWithdrawn(Event, frozen=True):
    """It was opened wrongly, before anything was found."""

    inspection_id: InspectionId
    inspection: Inspected
    reason: Text


class RemedyReported(Event, frozen=True):
    """The body says what it did about a finding."""

    inspection_id: InspectionId
    finding_id: FindingId
    inspection: Inspected
    text: Text


class RemedyReturned(Event, frozen=True):
    """That is not enough, for the reason said; it is due anew by `remedy_by`."""

    inspection_id: InspectionId
    finding_id: FindingId
    inspection: Inspected
    reason: Text
    remedy_by: date


class RemedyAccepted(Event, frozen=True):
    """The finding is remedied."""

    inspection_id: InspectionId
    finding_id: FindingId
    inspection: Inspected
