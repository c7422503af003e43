"""The audit service, declared. It follows every service's events and appends none."""

from typing import Final

from services.audit.api import routes
from services.audit.domain.deciders import SOURCES
from services.audit.readmodel import READ_MODEL
from shared.contracts.event import Catalogue
from shared.host.service import Service

SERVICE: Final = Service(
    name="audit",
    catalogue=Catalogue(service="audit", categories=(), current={}),
    rules=(),
    consumes=SOURCES,
    read_model=READ_MODEL,
    reactions=(),
    schedules=(),
    routes=routes,
)
