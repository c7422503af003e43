"""The evaluation service, declared."""

from typing import Final

from services.evaluation import sitting_reactions
from services.evaluation.api import routes
from services.evaluation.domain.erasure import ERASURE
from services.evaluation.policy import RULES
from services.evaluation.reactions import REACTIONS, SCHEDULES
from services.evaluation.readmodel import READ_MODEL, STANDING, SUCCESSIONS
from shared.contracts import evaluation, registration
from shared.host.erasure import ERASE, erasure_rules
from shared.host.service import Service

SERVICE: Final = Service(
    name="evaluation",
    catalogue=evaluation.EVENTS,
    rules=(*RULES, erasure_rules(ERASURE)),
    consumes=(registration.EVENTS,),
    read_model=READ_MODEL,
    reactions=(*REACTIONS, *sitting_reactions.REACTIONS, ERASE),
    schedules=SCHEDULES,
    routes=routes,
    standing=STANDING,
    successions=SUCCESSIONS,
)
