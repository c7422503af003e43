"""`dvk config`: the settings that hold."""

from dvk.commands.common import AsJson
from dvk.output import console, say_json
from shared.host.settings import Settings


def config(*, as_json: AsJson = False) -> None:
    """Print the settings that hold here, secrets masked."""
    values = Settings.load().masked()
    if as_json:
        say_json(values)
        return
    for name, value in sorted(values.items()):
        console().print(f"{name}={value}", markup=False)
