"""What the subcommands share: where the server is, and which settings hold."""

from collections.abc import Mapping
from typing import Annotated, Final

import typer

from dvk.api import Addresses
from shared.host.settings import Settings

DEMO_ADDRESS: Final = "http://127.0.0.1:8080"

Urls = Annotated[
    list[str] | None,
    typer.Option(
        "--url",
        help="The server's address, or service=address for a service on an address of its own; "
        "may be repeated.",
        show_default=DEMO_ADDRESS,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON, for scripts.")]


def addresses(urls: list[str] | None) -> Addresses:
    """Where the services answer: as said, else where a server with the present settings would.

    Raises CommandError, SettingsError.
    """
    return Addresses.of(urls or [], Settings.load().address)


def settings_with(values: Mapping[str, object]) -> Settings:
    """The settings of the environment with `values` in their place. Raises SettingsError."""
    Settings.load()
    return Settings.of(values)
