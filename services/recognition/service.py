"""The recognition service, declared."""

from typing import Final

from services.recognition.api import routes
from services.recognition.domain.erasure import ERASURE
from services.recognition.policy import RULES
from services.recognition.reactions import REACTIONS
from services.recognition.readmodel import READ_MODEL, STANDING, SUCCESSIONS
from shared.contracts import evaluation, recognition, registration
from shared.host.erasure import ERASE, erasure_rules
from shared.host.service import Service

SERVICE: Final = Service(
    name="recognition",
    catalogue=recognition.EVENTS,
    rules=(*RULES, erasure_rules(ERASURE)),
    consumes=(registration.EVENTS, evaluation.EVENTS),
    read_model=READ_MODEL,
    reactions=(*REACTIONS, ERASE),
    schedules=(),
    routes=routes,
    standing=STANDING,
    successions=SUCCESSIONS,
)
