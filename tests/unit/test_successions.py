"""Every service that gives permissions follows the ends of bodies, and whom a body stands for."""

from datetime import date
from uuid import UUID

import pytest

from dvk.services import SERVICES
from shared.contracts.registration import (
    OrganizationDissolved,
    OrganizationMerged,
    OrganizationSplit,
)
from shared.contracts.values import OrganizationId
from shared.domain.graph import Graph, Succession
from shared.host.settings import Settings
from shared.host.successions import Successions

ENDS = {OrganizationDissolved, OrganizationMerged, OrganizationSplit}
OLD, HEIR, OTHER = (OrganizationId(UUID(int=n)) for n in range(1, 4))
DAY, DAY_BEFORE = date(2025, 7, 1), date(2025, 6, 30)


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_that_gives_permissions_follows_the_ends_of_bodies(name: str) -> None:
    service = SERVICES[name](Settings.of({}))
    if not service.rules:
        return
    assert service.successions is not None
    assert service.successions.metadata is service.read_model.tables
    assert {handler.event_type for handler in service.read_model.handlers} >= ENDS


def test_a_body_stands_for_itself_and_from_the_day_on_for_those_it_succeeded() -> None:
    ends = Succession(organization=OLD, effective_on=DAY, successor=HEIR)
    found = Successions(Graph(successions=(ends,)))
    assert found.stands_for(HEIR, None, DAY_BEFORE) == (HEIR,)
    assert found.stands_for(HEIR, None, DAY) == (HEIR, OLD)
    assert found.stands_for(OLD, None, DAY_BEFORE) == (OLD,)
    assert found.stands_for(OLD, None, DAY) == ()
    assert found.stands_for(OTHER, None, DAY) == (OTHER,)
