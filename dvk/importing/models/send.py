"""Sends checked rows. Each request's key follows from what the row says, so a repeated import repeats nothing."""

from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

from dvk.api import Api
from dvk.errors import USAGE, CommandError, RefusedByServerError
from dvk.importing.models.check import CheckedRow
from dvk.keys import key_of
from shared.contracts.papers import SIGNERS_MAX


@dataclass(frozen=True)
class ScannedPaper:
    """The scan of the paper that rows are entered from, and the name of its file."""

    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        """In hex."""
        return sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Sending:
    """Who sends, for which year, and from which paper what is entered for others."""

    user: str
    year: int
    paper: ScannedPaper | None

    @property
    def at(self) -> datetime:
        """The instant that keys begin with."""
        return datetime(self.year, 1, 1, tzinfo=UTC)


async def send_rows(
    api: Api, rows: Sequence[CheckedRow], sending: Sending, advance: Callable[[], None]
) -> tuple[int, int]:
    """Survey and register each row, one after the other; how many were new, and how many there already.

    Raises CommandError at the first refusal: the rows before it are in, and calling again goes on.
    """
    await _keep_paper(api, rows, sending)
    new = 0
    for sent, row in enumerate(rows):
        try:
            new += not await _send(api, row, sending)
        except RefusedByServerError as error:
            raise CommandError(
                f"Dòng {row.line} «{row.name}»: {error.detail} Đã nhập {sent} dòng trước đó; "
                "chạy lại sẽ làm tiếp.",
                f"Row {row.line} “{row.name}”: {error.detail} The {sent} rows before it are in; calling "
                "again goes on.",
            ) from error
        advance()
    return new, len(rows) - new


async def _keep_paper(api: Api, rows: Sequence[CheckedRow], sending: Sending) -> None:
    """Keep the scan, as the paper of everybody in whose name a row is entered."""
    signers = list(dict.fromkeys(str(row.on_behalf_of) for row in rows if row.on_behalf_of))
    if not signers:
        return
    paper = sending.paper
    if paper is None:
        raise CommandError(
            "Có dòng nhập thay đơn vị khác: hãy nêu bản quét văn bản giấy do các đơn vị đó ký bằng --paper.",
            "Some rows are entered for other bodies: name the scan of the paper they signed with --paper.",
            USAGE,
        )
    for start in range(0, len(signers), SIGNERS_MAX):
        some = signers[start : start + SIGNERS_MAX]
        body = {
            "what": paper.name,
            "signed_by": some,
            "content": b64encode(paper.content).decode(),
        }
        key = key_of(sending.at, "import-paper", paper.sha256, *some)
        try:
            await api.write("registration", "/papers", body, user=sending.user, key=key)
        except RefusedByServerError as error:
            # Under this key the same scan is kept for the same bodies: a colleague of the same organisation did it.
            if error.code != "idempotency-conflict":
                raise


async def _send(api: Api, row: CheckedRow, sending: Sending) -> bool:
    """Whether the row had been registered before."""
    user = sending.user
    paper = None if row.on_behalf_of is None or sending.paper is None else sending.paper.sha256

    def key(step: str) -> UUID:
        return key_of(sending.at, "import", row.fingerprint, step)

    path = "/registrations"
    if row.survey is not None:
        made = await api.write("registration", "/models", row.survey, user=user, key=key("survey"))
        path = f"/models/{made.id}/registration"
    try:
        written = await api.write(
            "registration", path, row.registration, user=user, key=key("register"), paper=paper
        )
    except RefusedByServerError as error:
        # The key says all that the row says: what differs is the paper it was entered from the first time.
        if paper is not None and error.code == "idempotency-conflict":
            return True
        raise
    return written.repeated
