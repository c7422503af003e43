"""What the routes on a case begin with: the case as it stands, and whom the caller acts for."""

from typing import TypeVar
from uuid import UUID

from services.recognition.domain.case import CASE
from services.recognition.domain.case_state import Case
from shared.contracts.recognition import CaseOpened
from shared.contracts.values import OrganizationId
from shared.domain.decider import Request
from shared.host.service import Call, NotFoundError

F = TypeVar("F", bound=Request)


async def case_of(call: Call[F]) -> tuple[UUID, CaseOpened]:
    """The case the path names. Raises NotFoundError."""
    case, _, opened = await case_state(call)
    return case, opened


async def case_state(call: Call[F]) -> tuple[UUID, Case, CaseOpened]:
    """The case the path names, with all that is known of it. Raises NotFoundError."""
    case = call.path_id("case_id")
    state = (await call.load(CASE, case)).state
    if state.opened is None:
        raise NotFoundError("case")
    return case, state, state.opened


def acting(call: Call[F], otherwise: OrganizationId) -> OrganizationId:
    """The organisation the caller acts for. One without any is not permitted to, whatever stands here."""
    organization = call.actor.organization
    return otherwise if organization is None else OrganizationId(organization)
