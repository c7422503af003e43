"""The recognition service, declared."""

from typing import Final

from services.recognition.api import routes
from services.recognition.policy import RULES
from services.recognition.reactions import REACTIONS
from services.recognition.readmodel import READ_MODEL
from shared.contracts import evaluation, recognition, registration
from shared.host.service import Service

SERVICE: Final = Service(
    name="recognition",
    catalogue=recognition.EVENTS,
    rules=RULES,
    consumes=(registration.EVENTS, evaluation.EVENTS),
    read_model=READ_MODEL,
    reactions=REACTIONS,
    schedules=(),
    routes=routes,
)
