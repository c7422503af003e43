"""Who may give which command in recognition."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.recognition.domain.case import (
    CASE,
    Case,
    CaseCommand,
    CaseEvent,
    Decline,
    DetermineCompetence,
    Discontinue,
    OpenCase,
    Recognize,
)
from shared.host.policy import ANY, Grant, Parties, Role, Rules

DECIDING_BODY: Final = "deciding_body"
COMMITTEE: Final = "committee"

_BY_REACTION_ALONE: Final[tuple[Grant, ...]] = ()
_BY_SIGNER: Final = (Grant(Role.SIGNER, DECIDING_BODY),)


def _parties(state: Case, _: CaseCommand) -> Parties:
    opened = state.opened
    if opened is None:
        return {}
    return {DECIDING_BODY: {opened.deciding_body}, COMMITTEE: {opened.committee}}


_GRANTS: Final[Mapping[type[CaseCommand], tuple[Grant, ...]]] = MappingProxyType(
    {
        OpenCase: _BY_REACTION_ALONE,
        DetermineCompetence: (
            *_BY_SIGNER,
            Grant(Role.COMMITTEE_OFFICER, COMMITTEE),
            Grant(Role.ADMINISTRATOR, ANY),
        ),
        Recognize: _BY_SIGNER,
        Decline: _BY_SIGNER,
        Discontinue: _BY_REACTION_ALONE,
    }
)

CASE_RULES: Final[Rules[Case, CaseCommand, CaseEvent]] = Rules(CASE, _parties, _GRANTS)
RULES: Final = (CASE_RULES,)
