"""The few lines of ASGI under every route: what arrives, and what is sent back."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Final

from shared.domain.refusal import Language
from shared.host.errors import MalformedError, TooLargeError

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = Mapping[bytes, bytes]

JSON: Final = b"application/json"
HTML: Final = b"text/html; charset=utf-8"


@dataclass(slots=True)
class Reply:
    """A whole answer."""

    status: int
    body: bytes
    content_type: bytes = JSON
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)

    async def send(self, send: Send, *, head: bool = False) -> None:
        """Send it; `head` leaves the body out."""
        headers = [
            (b"content-type", self.content_type),
            (b"content-length", str(len(self.body)).encode()),
            *self.headers,
        ]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if head else self.body})


async def read_body(receive: Receive, headers: Headers, bytes_max: int) -> bytes:
    """The request body. Raises TooLargeError as soon as it passes `bytes_max`."""
    declared = headers.get(b"content-length", b"0")
    if not declared.isdigit():
        raise MalformedError("Content-Length không hợp lệ.", "Content-Length is not a number.")
    if int(declared) > bytes_max:
        raise _too_large(bytes_max)
    body = b""
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise MalformedError("Kết nối bị ngắt giữa chừng.", "The connection broke off.")
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > bytes_max:
            raise _too_large(bytes_max)
    return body


def preferred_language(headers: Headers) -> Language:
    """Vietnamese or English, as Accept-Language weighs them; Vietnamese where it says neither."""
    accepted = headers.get(b"accept-language")
    if accepted is None:
        return "vi"
    best: Language = "vi"
    best_weight = 0.0
    for item in accepted.decode("latin-1").lower().split(","):
        tag, _, parameters = item.strip().partition(";")
        primary = tag.strip().partition("-")[0]
        weight = _weight(parameters)
        if primary in ("vi", "en") and weight > best_weight:
            best, best_weight = ("vi" if primary == "vi" else "en"), weight
    return best


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def _too_large(bytes_max: int) -> TooLargeError:
    return TooLargeError(
        f"Yêu cầu quá lớn: tối đa {bytes_max} byte.",
        f"The request is too large: at most {bytes_max} bytes.",
    )
