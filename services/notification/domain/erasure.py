"""Personal data that notification erased. Stream `personal_notification-<payload id>`; the rules are everybody's."""

from typing import Final

from shared.contracts.personal import PersonalDataErased
from shared.domain.decider import Decider
from shared.domain.personal import ErasePersonalData, PersonalData, erasing

ERASURE: Final[Decider[PersonalData, ErasePersonalData, PersonalDataErased]] = erasing(
    "notification"
)
