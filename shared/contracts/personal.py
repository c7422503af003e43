"""The event that every service which keeps personal data records when it erases some."""

from typing import Literal
from uuid import UUID

from shared.contracts.event import Event

ErasureReason = Literal["asked_by_the_person", "no_longer_needed", "kept_by_mistake"]
"""Why it was erased; chosen, not written, so that nothing personal comes with it."""


class PersonalDataErased(Event, frozen=True):
    """Payload and salt of a reference were deleted, for good. Events that refer to it stay as they are,
    and their commitment says nothing any more.

    Where a file was deleted, `file` is its SHA-256 in hex, and `payload` the first half of that.
    """

    payload: UUID
    reason: ErasureReason
    file: str | None = None
