"""Sends checked rows. Each request's key follows from what the row says, so a repeated import repeats nothing."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from uuid import UUID

from dvk.api import Api
from dvk.errors import CommandError, RefusedByServerError
from dvk.importing.models.check import CheckedRow
from dvk.keys import key_of


async def send_rows(
    api: Api, rows: Sequence[CheckedRow], user: str, year: int, advance: Callable[[], None]
) -> tuple[int, int]:
    """Survey and register each row, one after the other; how many were new, and how many there already.

    Raises CommandError at the first refusal: the rows before it are in, and calling again goes on.
    """
    at = datetime(year, 1, 1, tzinfo=UTC)
    new = 0
    for sent, row in enumerate(rows):
        try:
            new += not await _send(api, row, user, at)
        except RefusedByServerError as error:
            raise CommandError(
                f"Dòng {row.line} «{row.name}»: {error.detail} Đã nhập {sent} dòng trước đó; "
                "chạy lại sẽ làm tiếp.",
                f"Row {row.line} “{row.name}”: {error.detail} The {sent} rows before it are in; calling "
                "again goes on.",
            ) from error
        advance()
    return new, len(rows) - new


async def _send(api: Api, row: CheckedRow, user: str, at: datetime) -> bool:
    """Whether the row had been registered before."""

    def key(step: str) -> UUID:
        return key_of(at, "import", row.fingerprint, step)

    if row.survey is None:
        written = await api.write(
            "registration", "/registrations", row.registration, user=user, key=key("register")
        )
        return written.repeated
    surveyed = await api.write("registration", "/models", row.survey, user=user, key=key("survey"))
    written = await api.write(
        "registration",
        f"/models/{surveyed.id}/registration",
        row.registration,
        user=user,
        key=key("register"),
    )
    return written.repeated
