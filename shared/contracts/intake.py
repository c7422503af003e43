"""Events of taking registrations in: places of a unit's quota, models that may be the same work."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.contracts.event import Event
from shared.contracts.values import Line, ModelId, MovementId, OrganizationId


class QuotaPlaceTaken(Event, frozen=True):
    """A collective's model took one of the `at_most` places its unit has in a year of a movement, before it
    was registered (practice: models_per_unit).
    """

    place_id: UUID
    unit: OrganizationId
    movement: MovementId
    year: int
    model_id: ModelId
    at_most: int
    taken_at: datetime


class QuotaPlaceFreed(Event, frozen=True):
    """A place is free again: its model was withdrawn, went to another holder, or never came to be registered
    there.
    """

    place_id: UUID
    unit: OrganizationId
    movement: MovementId
    year: int
    model_id: ModelId
    why: Literal["withdrawn", "holder-changed", "not-registered"]


class QuotaPlaceLapsed(Event, frozen=True):
    """A place taken for a model that was not registered holds no more: it stands in the model's own stream, before
    the place is given to another, so that a registration on its way cannot use it.
    """

    model_id: ModelId
    place_id: UUID


class SimilarityFound(Event, frozen=True):
    """A registration is alike another model in place, and in name or content (practice: similarity): the shares in
    percent. The committee accepts it with a reason alone.
    """

    model_id: ModelId
    other: ModelId
    other_name: Line
    name_percent: int
    place_percent: int
    content_percent: int
