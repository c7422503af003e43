"""The registration service, declared."""

from typing import Final

from services.registration.api import routes
from services.registration.policy import RULES
from services.registration.readmodel import READ_MODEL
from services.registration.schedules import SCHEDULES
from shared.contracts import evaluation, registration
from shared.host.service import Service

SERVICE: Final = Service(
    name="registration",
    catalogue=registration.EVENTS,
    rules=RULES,
    consumes=(evaluation.EVENTS,),
    read_model=READ_MODEL,
    reactions=(),
    schedules=SCHEDULES,
    routes=routes,
)
