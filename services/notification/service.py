"""The notification service, declared."""

from services.notification.api import routes
from services.notification.domain.erasure import ERASURE
from services.notification.mail import Mailer
from services.notification.policy import RULES
from services.notification.reactions import REACTIONS
from services.notification.readmodel import READ_MODEL, STANDING, SUCCESSIONS
from services.notification.schedules import schedules
from shared.contracts import evaluation, notification, recognition, registration
from shared.host.erasure import ERASE, erasure_rules
from shared.host.service import Service


def notification_service(mailer: Mailer | None) -> Service:
    """The service; without a mailer it fills inboxes, and mail waits until there is one."""
    return Service(
        name="notification",
        catalogue=notification.EVENTS,
        rules=(*RULES, erasure_rules(ERASURE)),
        consumes=(registration.EVENTS, evaluation.EVENTS, recognition.EVENTS),
        read_model=READ_MODEL,
        reactions=(*REACTIONS, ERASE),
        schedules=schedules(mailer),
        routes=routes,
        standing=STANDING,
        successions=SUCCESSIONS,
    )
