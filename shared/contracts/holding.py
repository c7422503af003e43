"""Events about who holds a model: another takes it over."""

from shared.contracts.event import Event
from shared.contracts.values import (
    CategoryId,
    Forgettable,
    HolderKind,
    Line,
    ModelId,
    OrganizationId,
    Text,
)


class HolderChanged(Event, frozen=True):
    """Another holder took a running model over; its committee, which stays, put it on record (practice).

    `former` was the holder until now. The other fields say of the new one what the registration said of the
    first: `holder` is the organisation, `holder_name` names a collective, `holder_person` an individual.
    `agreement` is the paper in which both agreed.
    """

    model_id: ModelId
    committee: OrganizationId
    former: OrganizationId
    holder: OrganizationId
    holder_kind: HolderKind
    category: CategoryId
    reason: Text
    agreement: Line
    holder_name: Line | None = None
    holder_person: Forgettable | None = None
