"""`dvk openapi`: a service's document, without a server."""

import sys
from typing import Annotated

import msgspec
import typer

from dvk.errors import USAGE, CommandError
from dvk.services import SERVICES, chosen
from shared.host.commands import SOFTWARE
from shared.host.openapi import openapi as document_of
from shared.host.operations import Operations
from shared.host.settings import Settings


def openapi(
    service: Annotated[str, typer.Argument(help="The service's name.")],
) -> None:
    """Print the OpenAPI document of a service."""
    check_service(service)
    (declared,) = chosen([service], Settings.load())
    about = (sys.modules[declared.routes.__module__].__doc__ or "").strip()
    document = document_of(service, about, SOFTWARE.rpartition(" ")[2], Operations.of(declared))
    sys.stdout.write(f"{msgspec.json.format(msgspec.json.encode(document)).decode()}\n")


def check_service(name: str) -> None:
    """Raise CommandError where there is no such service."""
    if name not in SERVICES:
        known = ", ".join(SERVICES)
        raise CommandError(
            f"Không có dịch vụ «{name}». Các dịch vụ: {known}.",
            f"There is no service “{name}”. There are: {known}.",
            USAGE,
        )
