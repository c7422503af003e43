"""Who holds a model: joint holders and their consent; another takes it over."""

from typing import Annotated, Final

import msgspec

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

JOINT_HOLDERS_MAX: Final = 4
"""Holders of a model beside the leading one."""


class JointHolder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An organisation that holds a model together with the leading holder, and how it is named in papers
    (practice: two organisations, two communes).
    """

    organization: OrganizationId
    name: Line


JointHolders = Annotated[tuple[JointHolder, ...], msgspec.Meta(max_length=JOINT_HOLDERS_MAX)]


class JointHolderConsented(Event, frozen=True):
    """`holder`, named as a joint holder, agrees to hold the model as it was registered (practice). Without the
    consent of each the committee does not accept it.
    """

    model_id: ModelId
    holder: OrganizationId


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
