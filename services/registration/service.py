"""The registration service, declared."""

from typing import Final

from services.registration.api import routes
from services.registration.domain.erasure import ERASURE
from services.registration.domain.papers import PAPERS
from services.registration.organization_rows import successions
from services.registration.policy import RULES
from services.registration.quota_places import GIVE_BACK
from services.registration.readmodel import READ_MODEL, STANDING
from services.registration.schedules import SCHEDULES
from shared.contracts import evaluation, registration
from shared.host.erasure import ERASE, erasure_rules
from shared.host.service import Service

SERVICE: Final = Service(
    name="registration",
    catalogue=registration.EVENTS,
    rules=(*RULES, erasure_rules(ERASURE)),
    consumes=(evaluation.EVENTS,),
    read_model=READ_MODEL,
    reactions=(ERASE, *GIVE_BACK),
    schedules=SCHEDULES,
    routes=routes,
    successions=successions,
    standing=STANDING,
    papers=PAPERS,
)
