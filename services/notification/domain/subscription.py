"""How an organisation wants to be told. Stream `subscription-<organisation id>`."""

from types import MappingProxyType
from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, UnsetType

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
    """The language of notices; left out, it stays as it is."""

    language: Literal["vi", "en"] | UnsetType = UNSET


class SetSubscriptionForm(SubscriptionTerms, frozen=True, kw_only=True):
    """How the own organisation wants its notices. What is left out stays as it is; `email: null` ends mail, and
    notices come to the inbox only. The address is kept apart, forgettable.
    """

    email: Address | UnsetType | None = UNSET


class SetSubscription(SubscriptionTerms, frozen=True, kw_only=True):
    """Change the subscription, the address given as a reference."""

    email: Forgettable | UnsetType | None = UNSET
    organization: OrganizationId
    at: Instant


def decide(state: Subscription, command: SetSubscription) -> tuple[SubscriptionSet, ...]:
    """What follows from `command`: what it leaves out is taken from the record, so that whoever changes the
    language does not end mail unawares.
    """
    before = state.current or SubscriptionSet(organization=command.organization, language="vi")
    event = SubscriptionSet(
        organization=command.organization,
        language=before.language if command.language is UNSET else command.language,
        email=before.email if command.email is UNSET else command.email,
    )
    return () if before == event else (event,)


SUBSCRIPTION: Final[Decider[Subscription, SetSubscription, SubscriptionSet]] = Decider(
    category="subscription",
    initial_state=Subscription(),
    decide=decide,
    evolve=evolve,
    commands=MappingProxyType({"SetSubscription": SetSubscription}),
)
