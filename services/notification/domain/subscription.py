"""How an organisation wants to be told. Stream `subscription-<organisation id>`."""

from types import MappingProxyType
from typing import Annotated, Final, Literal

import msgspec

from shared.contracts.notification import SubscriptionSet
from shared.contracts.values import Forgettable, OrganizationId
from shared.domain.decider import Decider, Request
from shared.domain.time import Instant

Address = Annotated[
    str,
    msgspec.Meta(
        max_length=254,
        pattern=r"^[A-Za-z0-9_%+'-]+(\.[A-Za-z0-9_%+'-]+)*"
        r"@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$(?!\n)",
        examples=["van-phong@xa-yen-thanh.example"],
    ),
]
"""An e-mail address that every mail server takes and no header can be smuggled in with: `$` alone would let
a line break end it.
"""


class Subscription(msgspec.Struct, frozen=True):
    """`current` is None before the first event: inbox only, in Vietnamese."""

    current: SubscriptionSet | None = None


def evolve(_: Subscription, event: SubscriptionSet) -> Subscription:
    """What is known after `event`."""
    return Subscription(current=event)


class SubscriptionTerms(Request, frozen=True, kw_only=True):
    """The language of notices."""

    language: Literal["vi", "en"] = "vi"


class SetSubscriptionForm(SubscriptionTerms, frozen=True, kw_only=True):
    """How the own organisation wants its notices. The address is kept apart, forgettable; without one
    notices come to the inbox only.
    """

    email: Address | None = None


class SubscriptionRecord(SubscriptionTerms, frozen=True, kw_only=True):
    """The subscription with its address as a reference: what stands in the record."""

    email: Forgettable | None = None


class SetSubscription(SubscriptionRecord, frozen=True, kw_only=True):
    """Set or replace the subscription."""

    organization: OrganizationId
    at: Instant


def decide(state: Subscription, command: SetSubscription) -> tuple[SubscriptionSet, ...]:
    """What follows from `command`."""
    event = SubscriptionSet(
        organization=command.organization, language=command.language, email=command.email
    )
    return () if state.current == event else (event,)


SUBSCRIPTION: Final[Decider[Subscription, SetSubscription, SubscriptionSet]] = Decider(
    category="subscription",
    initial_state=Subscription(),
    decide=decide,
    evolve=evolve,
    commands=MappingProxyType({"SetSubscription": SetSubscription}),
)
