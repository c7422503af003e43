"""A model whose committee or launching body is no more: whoever holds the duty today acts, and is named."""

from datetime import date
from uuid import UUID

import msgspec

from services.registration.domain import model_refusals as refuse
from services.registration.domain.model_commands import (
    AcceptRegistration,
    RecordLaunchingBodyRegistration,
    ReturnRegistration,
)
from shared.contracts.registration import (
    LaunchingBodyRegistrationRecorded,
    RegistrationAccepted,
    RegistrationReturned,
)
from shared.contracts.values import OrganizationId
from shared.domain.graph import Graph, Succession
from tests.support.dossier import (
    COMMITTEE,
    DECIDING,
    HOLDER,
    JANUARY,
    LAUNCHING,
    MODEL_ID,
    model,
    register,
    registered,
    surveyed,
)

HEIR = OrganizationId(UUID(int=41))
TODAY, TOMORROW = date(2026, 1, 20), date(2026, 1, 21)


def ends(body: OrganizationId, on: date = TODAY) -> Graph:
    return Graph(successions=(Succession(organization=body, effective_on=on, successor=HEIR),))


def test_the_successor_accepts_or_returns_in_its_own_name() -> None:
    accept = AcceptRegistration(at=JANUARY, successions=ends(COMMITTEE))
    model.given(surveyed, registered).when(accept).then(
        RegistrationAccepted(model_id=MODEL_ID, committee=HEIR)
    )
    back = ReturnRegistration(reasons="Chưa rõ.", at=JANUARY, successions=ends(COMMITTEE))
    model.given(surveyed, registered).when(back).then(
        RegistrationReturned(model_id=MODEL_ID, committee=HEIR, reasons="Chưa rõ.")
    )
    number = RecordLaunchingBodyRegistration(
        register_number="7/2026", at=JANUARY, successions=ends(LAUNCHING)
    )
    model.given(surveyed, registered).when(number).then(
        LaunchingBodyRegistrationRecorded(
            model_id=MODEL_ID, launching_body=HEIR, register_number="7/2026"
        )
    )


def test_until_the_day_of_the_end_the_body_acts_itself() -> None:
    accept = AcceptRegistration(at=JANUARY, successions=ends(COMMITTEE, TOMORROW))
    model.given(surveyed, registered).when(accept).then(
        RegistrationAccepted(model_id=MODEL_ID, committee=COMMITTEE)
    )


def test_nothing_is_registered_for_a_body_that_is_no_more_nor_for_it_to_decide() -> None:
    for body, refusal, clause in (
        (HOLDER, refuse.HOLDER_ENDED, "I.1.1"),
        (DECIDING, refuse.DECIDING_BODY_ENDED, "I.2.2"),
    ):
        command = msgspec.structs.replace(register, successions=ends(body))
        refused = model.given(surveyed).when(command).then_refused(refusal)
        assert refused.refusal.clause == clause
        early = msgspec.structs.replace(register, successions=ends(body, TOMORROW))
        model.given(surveyed).when(early).then(registered)
