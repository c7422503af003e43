"""The evaluation service, declared."""

from typing import Final

from services.evaluation.api import routes
from services.evaluation.policy import RULES
from services.evaluation.reactions import REACTIONS, SCHEDULES
from services.evaluation.readmodel import READ_MODEL
from shared.contracts import evaluation, registration
from shared.host.service import Service

SERVICE: Final = Service(
    name="evaluation",
    catalogue=evaluation.EVENTS,
    rules=RULES,
    consumes=(registration.EVENTS,),
    read_model=READ_MODEL,
    reactions=REACTIONS,
    schedules=SCHEDULES,
    routes=routes,
)
