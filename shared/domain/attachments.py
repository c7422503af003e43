"""Files that services take: which kinds, how large. A kind is seen from the first bytes, never believed."""

from typing import Annotated, Final

import msgspec

from shared.contracts.running import MediaType
from shared.domain.refusal import Refusal

FILE_BYTES_MAX: Final = 5 * 1024 * 1024
BASE64_BYTES_MAX: Final = FILE_BYTES_MAX * 4 // 3 + 4
"""What the largest file weighs in a body: Base64 makes four characters of three bytes."""

FileContent = Annotated[
    bytes,
    msgspec.Meta(min_length=1, max_length=FILE_BYTES_MAX, extra_json_schema={"format": "byte"}),
]
"""A file in the body of a command, in Base64."""

_SIGNATURES: Final[tuple[tuple[bytes, MediaType], ...]] = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
)

TYPE_NOT_TAKEN: Final = Refusal(
    "evidence-type",
    vi="Chỉ nhận tệp PDF, JPEG hoặc PNG. Hãy chuyển tệp sang một trong các dạng đó.",
    en="Only PDF, JPEG and PNG files are taken. Convert the file to one of them.",
)


def media_type_of(content: bytes) -> MediaType:
    """What kind of file it is, from its first bytes. Raises RefusedError."""
    for signature, media_type in _SIGNATURES:
        if content.startswith(signature):
            return media_type
    raise TYPE_NOT_TAKEN()
