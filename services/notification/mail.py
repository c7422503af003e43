"""E-mail: notices as messages, and the conversation with the mail server."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final
from urllib.parse import unquote, urlsplit

import aiosmtplib

from services.notification.domain.texts import FOOTER, LINK, RULES, SOURCE, TEXTS, Language, link_of
from shared.contracts.notification import NoticeQueued

TIMEOUT_SECONDS: Final = 30.0
"""For each step of the conversation; a server that is slower counts as out of reach."""

_PORTS: Final = {"smtp": 25, "smtps": 465}
_PERMANENT_FROM: Final = 500
_CLOSING: Final = 421
"""The server ends the conversation, whatever the message (RFC 5321, section 3.8)."""


class NotTakenError(Exception):
    """The server refused this message. `reason` is its code; `permanent` where it will always refuse."""

    def __init__(self, code: int) -> None:
        self.reason = str(code)
        self.permanent = code >= _PERMANENT_FROM
        super().__init__(self.reason)


class UnreachableError(Exception):
    """The server cannot be talked to now, about any message. `reason` names how, nothing personal."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True)
class Mailer:
    """Where mail goes out, from whom, and where its links lead.

    `url` is `smtp://[user:password@]host[:port]` (encrypted where the server offers it, always with a
    password) or `smtps://…`. `sender` is an address; Message-IDs carry its domain. `public_url` is the
    portal's or API's address without a slash at the end. Raises ValueError for a url of another kind.
    """

    url: str
    sender: str
    public_url: str

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError("the mail server's address is smtp://host:port or smtps://host:port")

    @property
    def domain(self) -> str:
        """The domain of Message-IDs."""
        return self.sender.rpartition("@")[2]

    def message_id(self, notice: NoticeQueued) -> str:
        """The same for every attempt: a server or reader that sees it twice knows it is one message."""
        return f"<{notice.notice_id}@{self.domain}>"

    @asynccontextmanager
    async def conversation(self) -> AsyncIterator["Conversation"]:
        """A conversation that connects with its first message and is closed in the end."""
        client = self._client()
        try:
            yield Conversation(client)
        finally:
            if client.is_connected:
                client.close()

    def _client(self) -> aiosmtplib.SMTP:
        parts = urlsplit(self.url)
        secret = parts.password is not None
        context = ssl.create_default_context()
        if not secret and parts.scheme == "smtp":
            # Encryption that nobody insists on: better than none, whoever's certificate it is.
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return aiosmtplib.SMTP(
            hostname=parts.hostname,
            port=parts.port or _PORTS[parts.scheme],
            username=None if parts.username is None else unquote(parts.username),
            password=None if parts.password is None else unquote(parts.password),
            use_tls=parts.scheme == "smtps",
            start_tls=True if secret and parts.scheme == "smtp" else None,
            tls_context=context,
            timeout=TIMEOUT_SECONDS,
        )


class Conversation:
    """Messages to one server over one connection."""

    def __init__(self, client: aiosmtplib.SMTP) -> None:
        self._client = client

    async def send(self, message: EmailMessage) -> None:
        """Returns when the server has taken the message (250). Raises NotTakenError, UnreachableError.

        A crash before what follows is recorded sends the message again, under the same Message-ID.
        """
        try:
            if not self._client.is_connected:
                await self._client.connect()
            await self._client.send_message(message)
        except aiosmtplib.SMTPRecipientsRefused as error:
            code = error.recipients[0].code
            if code == _CLOSING:
                raise UnreachableError(f"closing {code}") from error
            raise NotTakenError(code) from error
        except aiosmtplib.SMTPConnectResponseError as error:
            raise UnreachableError(f"greeting {error.code}") from error
        except (aiosmtplib.SMTPAuthenticationError, aiosmtplib.SMTPHeloError) as error:
            raise UnreachableError(f"session {error.code}") from error
        except aiosmtplib.SMTPSenderRefused as error:
            # It is us it refuses, whoever the message is for: the next one would fare no better.
            raise UnreachableError(f"sender {error.code}") from error
        except aiosmtplib.SMTPResponseException as error:
            if error.code == _CLOSING:
                raise UnreachableError(f"closing {error.code}") from error
            raise NotTakenError(error.code) from error
        except (aiosmtplib.SMTPTimeoutError, TimeoutError) as error:
            raise UnreachableError("timeout") from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise UnreachableError("connection") from error


def compose(
    mailer: Mailer, notice: NoticeQueued, address: str, language: Language, at: datetime
) -> EmailMessage:
    """The message of a notice in the recipient's language."""
    sentence = TEXTS[notice.kind].sentence(language, notice.title)
    message = EmailMessage(policy=SMTP)
    message["From"] = mailer.sender
    message["To"] = address
    message["Subject"] = sentence
    message["Date"] = format_datetime(at)
    message["Message-ID"] = mailer.message_id(notice)
    message["Auto-Submitted"] = "auto-generated"
    link = f"{mailer.public_url}{link_of(notice)}"
    lines = [f"{LINK[language]} {link}", f"{SOURCE[language]} {notice.source}"]
    if notice.rules is not None:
        lines.append(f"{RULES[language]} {notice.rules}")
    about = "\n".join(lines)
    message.set_content(f"{sentence}\n\n{about}\n\n-- \n{FOOTER[language]}\n")
    # After the content, which takes every Content header that stood there with it.
    message["Content-Language"] = language
    return message
