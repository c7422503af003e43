"""Personal data, kept outside the log so that it can be erased."""

import hashlib
import hmac
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.contracts.values import Forgettable
from shared.host.database import ServiceDatabase
from shared.host.errors import IdempotencyConflictError
from shared.host.files import FileStore
from shared.host.ids import derive_id, new_salt
from shared.host.state import PAYLOADS
from shared.host.text import fold

REVEALED_SECONDS_MAX: Final = 1.0
"""How long a revealed content is remembered: when a council votes, its members' accounts are asked for
again and again. What another process erased is revealed here no longer than this."""
REVEALED_MAX: Final = 1_000

SEARCHED_MAX: Final = 200
"""Pieces that a search gives at most."""
SEARCHED_ROWS: Final = 1_000

Held = tuple[str, bytes | None, bytes | None]
"""Commitment, salt, content; the last two None once erased."""


class Vault:
    """The forgettable payloads of a service, and the way to forget its files."""

    def __init__(
        self,
        database: ServiceDatabase,
        monotonic: Callable[[], float] = time.monotonic,
        files: FileStore | None = None,
    ) -> None:
        self._database = database
        self._files = files
        self._monotonic = monotonic
        self._revealed: OrderedDict[UUID, tuple[bytes, float]] = OrderedDict()

    async def keep(self, cause: UUID, name: str, content: bytes) -> Forgettable:
        """Store `content` durably, before the event that refers to it; a crash in between leaves a
        payload nobody refers to, and the retry finds it again.

        The same cause, name and content give the same reference, also after the content was erased.
        Raises IdempotencyConflictError for other content under the same cause and name.
        """
        payload = derive_id(cause, "payload", name)
        for _ in range(2):
            try:
                async with self._database.state.engine.begin() as connection:
                    held = await _read(connection, payload)
                    if held is not None:
                        return _same(payload, held, content)
                    salt = new_salt()
                    commitment = commitment_of(salt, content)
                    row = {"commitment": commitment, "salt": salt, "content": content}
                    await connection.execute(insert(PAYLOADS).values(id=str(payload), **row))
            except IntegrityError:
                continue  # a retry of the same request came first: its row is read above
            return Forgettable(payload, commitment)
        raise AssertionError("a payload's row was seen and is gone")

    async def reveal(self, reference: Forgettable) -> bytes | None:
        """The content, None once erased or never kept here."""
        now = self._monotonic()
        while self._revealed and next(iter(self._revealed.values()))[1] <= now:
            self._revealed.popitem(last=False)
        known = self._revealed.get(reference.payload)
        if known is not None:
            return known[0]
        async with self._database.state.engine.connect() as connection:
            held = await _read(connection, reference.payload)
        content = None if held is None else held[2]
        if content is not None and len(self._revealed) < REVEALED_MAX:
            self._revealed[reference.payload] = (content, now + REVEALED_SECONDS_MAX)
        return content

    async def search(self, text: str) -> list[tuple[UUID, str]]:
        """Ids and contents of what holds `text`, whatever its case and diacritics; at most SEARCHED_MAX.

        Reads everything that is kept, some rows at a time: it is for a person who asks what is known of
        them, not for every day.
        """
        wanted, found, last = fold(text), list[tuple[UUID, str]](), ""
        query = select(PAYLOADS.c.id, PAYLOADS.c.content).order_by(PAYLOADS.c.id)
        while True:
            async with self._database.state.engine.connect() as connection:
                page = query.where(PAYLOADS.c.id > last).limit(SEARCHED_ROWS)
                rows = (await connection.execute(page)).all()
            for row in rows:
                content = "" if row.content is None else row.content.decode(errors="replace")
                if wanted in fold(content):
                    found.append((UUID(row.id), content))
                if len(found) == SEARCHED_MAX:
                    return found
            if len(rows) < SEARCHED_ROWS:
                return found
            last = rows[-1].id

    async def erase(self, payload_id: UUID) -> bool:
        """Delete content and salt for good; the commitment then says nothing. False if unknown."""
        async with self._database.state.engine.begin() as connection:
            erased = await connection.execute(
                update(PAYLOADS)
                .where(PAYLOADS.c.id == str(payload_id))
                .values(salt=None, content=None)
            )
        self._revealed.pop(payload_id, None)
        await self._database.storage.forget()
        return erased.rowcount == 1

    async def erase_file(self, sha256: str) -> bool:
        """Delete a file of the service for good. False if there is none."""
        return self._files is not None and await self._files.erase(sha256)


async def _read(connection: AsyncConnection, payload: UUID) -> Held | None:
    query = select(PAYLOADS.c.commitment, PAYLOADS.c.salt, PAYLOADS.c.content)
    row = (await connection.execute(query.where(PAYLOADS.c.id == str(payload)))).one_or_none()
    return None if row is None else (row.commitment, row.salt, row.content)


def commitment_of(salt: bytes, content: bytes) -> str:
    """HMAC-SHA-256 in hex under the salt."""
    return hmac.new(salt, content, hashlib.sha256).hexdigest()


def _same(payload: UUID, held: Held, content: bytes) -> Forgettable:
    commitment, salt, _ = held
    if salt is not None and not hmac.compare_digest(commitment_of(salt, content), commitment):
        raise IdempotencyConflictError(
            "Khoá Idempotency-Key này đã dùng cho một nội dung khác: hãy tạo khoá mới.",
            "This Idempotency-Key was used for other content: make a new key.",
        )
    return Forgettable(payload, commitment)
