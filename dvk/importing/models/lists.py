"""What the server knows that a row must fit: bodies, the movement's year, its rules, who is signed in."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import msgspec

from dvk.api import Api, Json
from dvk.errors import USAGE, CommandError
from dvk.importing.known import KnownBodies, KnownBody, fetch_bodies

LINE_STEPS_MAX: Final = 8


@dataclass(frozen=True)
class Lists:
    """Everything rows are checked against."""

    bodies: KnownBodies
    movement: UUID
    year: int
    categories: Mapping[str, str]
    """The holder kind of each category of the rule set."""
    survey_first: bool
    roles: frozenset[str]
    organization: UUID | None

    def committees_of(self, body: UUID, *, individual: bool) -> list[UUID]:
        """The committees a holder can register with: those above in the party line (clause III.1.1c);
        for an individual also the committee of residence or work itself.
        """
        found = [body] if individual else []
        while len(found) < LINE_STEPS_MAX:
            known = self.bodies.by_id.get(body)
            above = None if known is None else known.superiors.get("party")
            if above is None or above in found:
                break
            found.append(above)
            body = above
        return found

    def may_enter(self, holder: UUID, committee: UUID) -> bool:
        """Whether who is signed in may register for this holder with this committee."""
        return ("registrant" in self.roles and self.organization == holder) or (
            "committee_officer" in self.roles and self.organization == committee
        )


async def fetch_lists(
    api: Api, user: str, wanted: int | None, acting_for: str | None = None
) -> Lists:
    """The server's lists for a year, the latest there is where none is named, for whoever enters in the own
    name or for the body called `acting_for`. Raises CommandError where no movement has the year's calendar, and
    where nobody lets the caller act for that body.
    """
    bodies = KnownBodies.of(await fetch_bodies(api))
    movement, year = await _movement(api, wanted)
    settings = await _settings(api, movement)
    claims = claims_of(await api.sign_in(user))
    own = claims.get("organization")
    organization = None if own is None else UUID(own)
    roles = frozenset[str](claims.get("roles", []))
    if acting_for is not None:
        organization = _one_called(bodies, acting_for).id
        if str(organization) != own:
            roles = await _roles_lent(api, user, str(claims.get("sub")), organization)
    return Lists(
        bodies=bodies,
        movement=UUID(movement["movement_id"]),
        year=year,
        categories={entry["id"]: entry["holder_kind"] for entry in settings["categories"]["value"]},
        survey_first=settings["survey_gate"]["value"] == "before_registration",
        roles=roles,
        organization=organization,
    )


def _one_called(bodies: KnownBodies, text: str) -> KnownBody:
    found = bodies.called(text)
    if len(found) == 1:
        return found[0]
    ids = ", ".join(f"{body.code or body.id} ({body.place})" for body in found)
    raise CommandError(
        f"--acting-for: có {len(found)} đơn vị «{text}». Hãy ghi mã. {ids}",
        f"--acting-for: {len(found)} bodies are called “{text}”. Write the code. {ids}",
        USAGE,
    )


async def _roles_lent(api: Api, user: str, account: str, body: UUID) -> frozenset[str]:
    """The roles that delegations and offices taken over give an account in a body. The server decides, by
    their days too; this only tells earlier.
    """
    asked = {"organization": str(body)}
    roles = {
        row["role"]
        async for row in api.pages("registration", "/delegations", asked, user=user)
        if row["delegate"] == account
    } | {
        row["role"]
        async for row in api.pages("registration", "/offices/handovers", asked, user=user)
        if row["successor"] == account
    }
    if not roles:
        raise CommandError(
            "--acting-for: chưa có giấy ủy quyền hoặc bàn giao nào cho bạn tại đơn vị này. Hãy đề nghị người "
            "giữ chức vụ ghi ủy quyền (POST /registration/delegations).",
            "--acting-for: no delegation and no office handed over lets you act for this body. Ask who holds "
            "the office to record one (POST /registration/delegations).",
        )
    return frozenset(roles)


async def _movement(api: Api, wanted: int | None) -> tuple[Json, int]:
    found: list[tuple[int, Json]] = []
    async for row in api.pages("registration", "/movements"):
        view = await api.read("registration", f"/movements/{row['movement_id']}")
        found += [(calendar["year"], view["movement"]) for calendar in view["calendars"]]
    fitting = [entry for entry in found if wanted in (None, entry[0])]
    if not fitting:
        raise CommandError(
            f"Chưa có phong trào nào có lịch năm {wanted or ''}. Hãy chọn năm bằng --year.",
            f"No movement has a calendar for {wanted or 'any year'}. Choose the year with --year.",
        )
    year, movement = max(fitting, key=lambda entry: entry[0])
    return movement, year


async def _settings(api: Api, movement: Json) -> Json:
    """What holds today of the body whose rule set the movement was launched under; the server decides by a
    deciding body's own set where it has one.
    """
    view = await api.read("evaluation", f"/rule-sets/{movement['rule_set']}")
    launched: Json = view["versions"][movement["rule_set_version"] - 1]
    adopted: Json = launched
    async for row in api.pages("evaluation", "/rule-sets", {"adopted_by": launched["adopted_by"]}):
        if row["standing"] == "in_force":
            held = f"/rule-sets/{row['rule_set_id']}/versions/{row['version']}"
            adopted = (await api.read("evaluation", held))["adopted"]
    settings: Json = adopted["settings"]
    return settings


def claims_of(token: str) -> Json:
    """What a token says of its holder. Unverified: the server decides, this only tells earlier."""
    try:
        part = token.split(".")[1]
        claims = msgspec.json.decode(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (IndexError, binascii.Error, msgspec.DecodeError) as error:
        raise CommandError("Mã truy cập không đọc được.", "The token cannot be read.") from error
    return claims if isinstance(claims, dict) else {}
