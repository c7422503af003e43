"""How far a model has come, asked before anything that needs it."""

from services.registration.domain import model_refusals as refuse
from services.registration.domain.model_state import Model
from services.registration.domain.plan import NOT_RUNNING, Plan
from shared.contracts.registration import ModelRegistered


def registration_of(state: Model) -> ModelRegistered:
    """The registration. Raises RefusedError where there is none."""
    if state.registration is None:
        raise refuse.NOT_REGISTERED()
    return state.registration


def accepted(state: Model) -> ModelRegistered:
    """The registration of a model that its committee accepted. Raises RefusedError."""
    registration = registration_of(state)
    if state.status in ("registered", "supplementing", "returned"):
        raise refuse.NOT_ACCEPTED()
    return registration


def running(state: Model) -> tuple[ModelRegistered, Plan]:
    """The registration and the plan of a model that has one. Raises RefusedError."""
    registration = accepted(state)
    if state.plan is None:
        raise NOT_RUNNING()
    return registration, state.plan
