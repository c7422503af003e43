"""How the command fails: one sentence in both languages, and the exit code a script can rely on."""

from typing import Final

FAILED: Final = 1
"""What was asked could not be done: a refusal, rows with errors, something `doctor` found."""
USAGE: Final = 2
"""The command line itself is wrong (typer's own code)."""
UNREACHABLE: Final = 3
"""The server does not answer."""
NOT_STARTED: Final = 4
"""The settings cannot work, or what the process needs is not there."""
INTERRUPTED: Final = 130
"""Ctrl-C, as shells count it."""


class CommandError(Exception):
    """Ends the command with a sentence and an exit code, without a traceback."""

    def __init__(self, vi: str, en: str, exit_code: int = FAILED) -> None:
        self.vi = vi
        self.en = en
        self.exit_code = exit_code
        super().__init__(en)


class UnreachableError(CommandError):
    """The server does not answer."""

    def __init__(self, address: str) -> None:
        super().__init__(
            f"{address} không trả lời. Hãy khởi động bằng: dvk serve --demo, hoặc nêu --url.",
            f"{address} does not answer. Start it with: dvk serve --demo, or name it with --url.",
            UNREACHABLE,
        )


class RefusedByServerError(CommandError):
    """The server said no; `code` is the problem's published code, `detail` its sentence."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        self.status = status
        self.code = code
        self.detail = detail
        super().__init__(detail, detail)
