"""The one list of services: what there is to run, wired from the settings."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from services.audit.service import SERVICE as AUDIT
from services.evaluation.service import SERVICE as EVALUATION
from services.notification.mail import Mailer
from services.notification.service import notification_service
from services.recognition.service import SERVICE as RECOGNITION
from services.registration.service import SERVICE as REGISTRATION
from shared.host.service import Service
from shared.host.settings import Settings

Make = Callable[[Settings], Service]


def _notification(settings: Settings) -> Service:
    return notification_service(mailer_of(settings))


def mailer_of(settings: Settings) -> Mailer | None:
    """Where mail goes out; None where none is configured, so that mail waits."""
    if not settings.smtp_url:
        return None
    return Mailer(settings.smtp_url, settings.smtp_sender, settings.address)


SERVICES: Final[Mapping[str, Make]] = MappingProxyType(
    {
        "registration": lambda _: REGISTRATION,
        "evaluation": lambda _: EVALUATION,
        "recognition": lambda _: RECOGNITION,
        "notification": _notification,
        "audit": lambda _: AUDIT,
    }
)
"""Every service by name, in the order in which people meet them."""


def chosen(names: Sequence[str], settings: Settings) -> list[Service]:
    """The services called `names`, all of them where none is named. Raises KeyError for an unknown one."""
    return [SERVICES[name](settings) for name in names or SERVICES]
