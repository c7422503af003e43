"""A mail server for a test: takes messages in real SMTP conversations, and puts some of them off."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Postbox:
    """What arrived: the Message-ID and recipient of each message that was answered with 250, in order.

    `put_off` of all messages, a share from 0 to 1, are answered with 451 by chance, so that they come again.
    """

    chance: random.Random
    put_off: float = 0.0
    taken: list[tuple[str, str]] = field(default_factory=list)

    async def handle_DATA(  # noqa: N802 -- aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        if self.chance.random() < self.put_off:
            return "451 Please try again later"
        content = envelope.content
        assert isinstance(content, bytes)
        (recipient,) = envelope.rcpt_tos
        self.taken.append((str(message_from_bytes(content)["Message-ID"]), recipient))
        return "250 OK"


@asynccontextmanager
async def listening(postbox: Postbox) -> AsyncIterator[str]:
    """The postbox behind a loopback port: its smtp:// address."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(postbox, hostname="mail.test", loop=loop), "127.0.0.1", 0
    )
    try:
        yield f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await server.wait_closed()
