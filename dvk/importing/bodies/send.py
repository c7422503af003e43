"""Enters checked bodies, superiors first. Each request's key follows from what the row says, so a repeated
import repeats nothing, and one that was cut off goes on.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Final

from dvk.api import Api
from dvk.errors import CommandError, RefusedByServerError
from dvk.importing.bodies.checked import CheckedBody
from dvk.keys import key_of

SENT_TOGETHER_MAX: Final = 16

_KEYS_AT: Final = datetime(2025, 7, 1, tzinfo=UTC)
"""The time prefix of every key: the same on any day on which a table is sent."""


@dataclass
class Sent:
    """What was new, and what was there already."""

    created: int = 0
    already: int = 0
    competences: int = 0


async def send_bodies(
    api: Api, bodies: Sequence[CheckedBody], user: str, advance: Callable[[], None]
) -> Sent:
    """Create every body, wave by wave, then draw the lines that cross, then give the competences.

    Raises CommandError at the first refusal: what was sent before it is in, and calling again goes on.
    """
    sent = Sent()

    async def create(body: CheckedBody) -> None:
        if body.exists or await _created(api, body, user):
            sent.already += 1
        else:
            sent.created += 1

    async def assign(body: CheckedBody) -> None:
        for competence in body.competences:
            written = await api.write(
                "registration",
                f"/organizations/{body.known.id}/competences",
                competence,
                user=user,
                key=key_of(
                    _KEYS_AT, "competence", body.fingerprint, repr(sorted(competence.items()))
                ),
            )
            # The same competence under another key records nothing either.
            sent.competences += bool(written.events) and not written.repeated

    async def lead(body: CheckedBody) -> None:
        path = f"/organizations/{body.known.id}/lines"
        for entry in body.later:
            key = key_of(_KEYS_AT, "line", str(body.known.id), repr(sorted(entry.items())))
            await api.write("registration", path, entry, user=user, key=key)

    for _, wave in groupby(sorted(bodies, key=_wave), key=_wave):
        await _together(list(wave), create, advance)
    await _together([body for body in bodies if body.later], lead, lambda: None)
    await _together([body for body in bodies if body.competences], assign, lambda: None)
    return sent


async def _created(api: Api, body: CheckedBody, user: str) -> bool:
    """Whether it had been there before."""
    key = key_of(_KEYS_AT, "organization", body.known.code or "", body.fingerprint)
    try:
        written = await api.write(
            "registration", "/organizations", body.creation, user=user, key=key
        )
    except RefusedByServerError as error:
        # Somebody else entered it, and the list did not show it yet.
        if error.code == "organization-exists":
            return True
        raise
    return written.repeated


def _wave(body: CheckedBody) -> int:
    return body.wave


async def _together(
    bodies: Sequence[CheckedBody],
    work: Callable[[CheckedBody], Awaitable[None]],
    advance: Callable[[], None],
) -> None:
    """Some at a time. Raises CommandError for the first row that is refused, when those beside it are in."""
    for start in range(0, len(bodies), SENT_TOGETHER_MAX):
        batch = bodies[start : start + SENT_TOGETHER_MAX]
        done = await asyncio.gather(*map(work, batch), return_exceptions=True)
        for body, outcome in zip(batch, done, strict=True):
            if isinstance(outcome, RefusedByServerError):
                raise CommandError(
                    f"Dòng {body.line} «{body.known.name}»: {outcome.detail} Các đơn vị gửi trước đã vào; "
                    "sửa rồi chạy lại sẽ làm tiếp.",
                    f"Row {body.line} “{body.known.name}”: {outcome.detail} What was sent before is in; "
                    "correct it, and calling again goes on.",
                ) from outcome
            if outcome is not None:
                raise outcome
            advance()
