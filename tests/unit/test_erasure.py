"""Erasing personal data: once, with a chosen reason, by an administrator, in every service that keeps some."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest

from dvk.services import SERVICES
from shared.contracts.personal import PersonalDataErased
from shared.domain.personal import ErasePersonalData, PersonalData, erasing
from shared.host.erasure import ERASE
from shared.host.policy import ANY, Grant, Role
from shared.host.service import Service
from shared.host.settings import Settings
from tests.support.specification import Specification, specification

PIECE = UUID(int=7)
NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
Erasing = Specification[PersonalData, ErasePersonalData, PersonalDataErased]
erase = ErasePersonalData(reason="asked_by_the_person", payload=PIECE, is_kept=True, at=NOW)
erased = PersonalDataErased(payload=PIECE, reason="asked_by_the_person")

KEEPING = [
    service for service in (make(Settings.of({})) for make in SERVICES.values()) if service.rules
]


@pytest.fixture(params=[service.name for service in KEEPING])
def spec(request: pytest.FixtureRequest) -> Erasing:
    """The rules in each service that keeps some: they are everybody's."""
    return specification(erasing(request.param))


def test_it_is_recorded_with_the_reason_and_nothing_personal(spec: Erasing) -> None:
    spec.given().when(erase).then(erased)


def test_what_was_erased_stays_so_quietly(spec: Erasing) -> None:
    again = msgspec.structs.replace(erase, is_kept=False)
    spec.given(erased).when(again).then_nothing()


def test_a_file_that_was_brought_again_is_erased_again(spec: Erasing) -> None:
    digest = "0" * 64
    again = msgspec.structs.replace(erase, file=digest)
    gone = msgspec.structs.replace(erased, file=digest)
    spec.given(gone).when(again).then(gone)


@pytest.mark.parametrize("service", KEEPING, ids=lambda service: str(service.name))
def test_every_service_that_takes_commands_erases(service: Service) -> None:
    assert f"personal_{service.name}" in service.catalogue.categories
    assert PersonalDataErased in service.catalogue.current.values()
    assert ERASE in service.reactions
    rules = [rules for rules in service.rules if ErasePersonalData in rules.grants]
    assert [one.grants[ErasePersonalData] for one in rules] == [(Grant(Role.ADMINISTRATOR, ANY),)]
