"""Who may delegate an office, end a delegation, and hand an office over."""

from types import MappingProxyType
from typing import Any, Final, get_args

from services.registration.domain.delegation import (
    DELEGATION,
    Delegation,
    DelegationCommand,
    EndDelegation,
    GrantDelegation,
)
from services.registration.domain.office import OFFICE, HandOverOffice, Office
from shared.contracts.values import OfficeRole
from shared.host.policy import ANY, Grant, Parties, Role, Rules

_OFFICES: Final[tuple[str, ...]] = get_args(OfficeRole)


def _office(role: str) -> str:
    """The relation of an organisation to an office of its own: one delegates the role one holds there."""
    return f"{role}_there"


_BY_ITS_HOLDER: Final = (
    *(Grant(Role(role), _office(role)) for role in _OFFICES),
    Grant(Role.ADMINISTRATOR, ANY),
)


def _delegation_parties(state: Delegation, command: DelegationCommand) -> Parties:
    if state.granted is not None:
        return {_office(state.granted.role): {state.granted.organization}}
    if isinstance(command, GrantDelegation):
        return {_office(command.role): {command.organization}}
    return {}


def _office_parties(_state: Office, command: HandOverOffice) -> Parties:
    # One hands over the own seat; another's, an administrator records.
    if command.by != command.predecessor:
        return {}
    return {_office(command.role): {command.organization}}


STANDING_RULES: Final[tuple[Rules[Any, Any, Any], ...]] = (
    Rules(
        DELEGATION,
        _delegation_parties,
        MappingProxyType({GrantDelegation: _BY_ITS_HOLDER, EndDelegation: _BY_ITS_HOLDER}),
    ),
    Rules(OFFICE, _office_parties, MappingProxyType({HandOverOffice: _BY_ITS_HOLDER})),
)
