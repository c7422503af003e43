"""How an organisation wants to be told."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest

from services.notification.domain.subscription import (
    SUBSCRIPTION,
    SetSubscription,
    SetSubscriptionForm,
)
from shared.contracts.notification import SubscriptionSet
from shared.contracts.values import Forgettable, OrganizationId
from tests.support.specification import specification

COMMITTEE = OrganizationId(UUID(int=1))
ADDRESS = Forgettable(payload=UUID(int=2), commitment="ab" * 32)
NOW = datetime(2026, 3, 2, tzinfo=UTC)

subscription = specification(SUBSCRIPTION)
BY_MAIL = SubscriptionSet(organization=COMMITTEE, language="en", email=ADDRESS)


def test_an_organisation_adds_mail_to_its_inbox() -> None:
    subscription.given().when(
        SetSubscription(organization=COMMITTEE, language="en", email=ADDRESS, at=NOW)
    ).then(BY_MAIL)


def test_it_takes_mail_away_again() -> None:
    subscription.given(BY_MAIL).when(
        SetSubscription(organization=COMMITTEE, email=None, at=NOW)
    ).then(SubscriptionSet(organization=COMMITTEE, language="en"))


def test_another_language_leaves_the_mail_as_it_is() -> None:
    subscription.given(BY_MAIL).when(
        SetSubscription(organization=COMMITTEE, language="vi", at=NOW)
    ).then(SubscriptionSet(organization=COMMITTEE, language="vi", email=ADDRESS))


def test_another_address_leaves_the_language_as_it_is() -> None:
    other = Forgettable(payload=UUID(int=3), commitment="cd" * 32)
    subscription.given(BY_MAIL).when(
        SetSubscription(organization=COMMITTEE, email=other, at=NOW)
    ).then(SubscriptionSet(organization=COMMITTEE, language="en", email=other))


def test_who_says_nothing_changes_nothing() -> None:
    subscription.given().when(SetSubscription(organization=COMMITTEE, at=NOW)).then_nothing()
    subscription.given(BY_MAIL).when(SetSubscription(organization=COMMITTEE, at=NOW)).then_nothing()


def test_the_same_subscription_is_no_news() -> None:
    subscription.given(BY_MAIL).when(
        SetSubscription(organization=COMMITTEE, language="en", email=ADDRESS, at=NOW)
    ).then_nothing()


@pytest.mark.parametrize("address", ["van-phong@xa-yen-thanh.example", "a.b+c@localhost"])
def test_addresses_of_every_mail_server_pass(address: str) -> None:
    form = msgspec.json.decode(msgspec.json.encode({"email": address}), type=SetSubscriptionForm)
    assert form.email == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "van phong@xa.example",
        "a@b@c.example",
        "a@xa.example\r\nBcc: all@xa.example",
        "Văn.phòng@xa.example",
        "a" * 250 + "@xa.example",
        "..@xa.example",
        "a.@xa.example",
        "a@-xa.example",
        "<a@xa.example>",
    ],
)
def test_what_is_no_plain_address_does_not(address: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(msgspec.json.encode({"email": address}), type=SetSubscriptionForm)
