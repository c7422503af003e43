"""The places a unit has for its models in a year of a movement (practice: models_per_unit).

Stream `quota-<id>`, one for each unit and year; it is written only where a rule set has an upper limit. A place is
taken before the model is registered, so of two registrations at once one finds no place. A crash in between
leaves a place without a model; whoever finds all places taken first lets such a place lapse in the model's own
stream (`LapsePlace`), then frees it here: a registration still on its way is refused by its own stream.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Final, Literal
from uuid import UUID

import msgspec

from shared.contracts.intake import QuotaPlaceFreed, QuotaPlaceTaken
from shared.contracts.values import ModelId, MovementId, OrganizationId
from shared.domain.decider import Decider, Request
from shared.domain.refusal import Refusal
from shared.domain.time import Instant

PLACES_MAX: Final = 1000
"""Places of a unit and year; a rule set allows no more."""

_PRACTICE: Final = "models_per_unit"

QUOTA_FULL: Final = Refusal(
    "quota-full",
    vi="Theo bộ quy định, mỗi đơn vị đăng ký tối đa {at_most} mô hình trong năm {year}; đơn vị đã đăng ký đủ. "
    "Hãy rút một mô hình hoặc đăng ký vào năm sau.",
    en="By the rule set a unit registers {at_most} models in {year} at most, and this unit has. Withdraw one, "
    "or register in another year.",
    practice=_PRACTICE,
)
PLACE_LAPSED: Final = Refusal(
    "quota-place-lapsed",
    vi="Chỗ đăng ký giữ cho mô hình này đã hết hiệu lực. Hãy gửi đăng ký lại.",
    en="The place held for this model lapsed. Send the registration again.",
    practice=_PRACTICE,
)


Places = Mapping[ModelId, QuotaPlaceTaken]
"""The places taken in a unit's year, by model."""


class TakePlace(Request, frozen=True, kw_only=True):
    """Take a place for a model. `committee` is the one it registers with; `counted` are the unit's models of the
    year that are registered, also those from before there was a limit.
    """

    place_id: UUID
    unit: OrganizationId
    movement: MovementId
    year: int
    model_id: ModelId
    committee: OrganizationId
    at_most: int
    counted: Annotated[tuple[ModelId, ...], msgspec.Meta(max_length=PLACES_MAX)] = ()
    at: Instant


class FreePlace(Request, frozen=True, kw_only=True):
    """Free the place of a model that was withdrawn or changed its holder, or whose place lapsed. `unit` and `committee` are those who
    ask for it.
    """

    place_id: UUID
    unit: OrganizationId
    committee: OrganizationId
    why: Literal["withdrawn", "holder-changed", "not-registered"]
    at: Instant


QuotaCommand = TakePlace | FreePlace
QuotaEvent = QuotaPlaceTaken | QuotaPlaceFreed


def decide(state: Places, command: QuotaCommand) -> tuple[QuotaEvent, ...]:
    """What follows from `command`. Raises RefusedError."""
    match command:
        case TakePlace():
            return _take(state, command)
        case FreePlace():
            return tuple(
                QuotaPlaceFreed(
                    place_id=place.place_id,
                    unit=place.unit,
                    movement=place.movement,
                    year=place.year,
                    model_id=place.model_id,
                    why=command.why,
                )
                for place in state.values()
                if place.place_id == command.place_id
            )


def _take(state: Places, command: TakePlace) -> tuple[QuotaPlaceTaken, ...]:
    if command.model_id in state:
        return ()
    taken = (set(state) | set(command.counted)) - {command.model_id}
    if len(taken) >= command.at_most:
        raise QUOTA_FULL(at_most=command.at_most, year=command.year)
    return (
        QuotaPlaceTaken(
            place_id=command.place_id,
            unit=command.unit,
            movement=command.movement,
            year=command.year,
            model_id=command.model_id,
            at_most=command.at_most,
            taken_at=command.at,
        ),
    )


def evolve(state: Places, event: QuotaEvent) -> Places:
    """The places after `event`."""
    others = {model: place for model, place in state.items() if place.place_id != event.place_id}
    if isinstance(event, QuotaPlaceTaken):
        others[event.model_id] = event
    return MappingProxyType(others)


QUOTA: Final[Decider[Places, QuotaCommand, QuotaEvent]] = Decider(
    category="quota",
    initial_state=MappingProxyType({}),
    decide=decide,
    evolve=evolve,
    commands=MappingProxyType({"TakePlace": TakePlace, "FreePlace": FreePlace}),
)
