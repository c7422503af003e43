"""The province of the demonstration: its bodies, competences and councils, and the ids they will have."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from importlib.resources import files
from typing import Any, Final
from uuid import UUID

import msgspec

from dvk.keys import key_of
from shared.host.ids import derive_id

ADMINISTRATOR: Final = "quan-tri"
COMMISSION: Final = "ban-tgdv-tinh-uy"
CLERK: Final = "vt-van-phong-ban"
SETUP_AT: Final = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
"""The simulated morning on which the province is entered."""

_PATTERN_COMMUNE: Final = "chau-tien"
"""The commune whose offices the others are given, where the data names none for them."""

_ADVISERS: Final[Mapping[str, str]] = {
    "dang-uy-cac-co-quan-dang": "phong-dan-van-ban-tgdv",
    "dang-uy-ubnd-tinh": "phong-dan-van-ban-tgdv",
    "dang-uy-cong-an-tinh": "phong-pv05-cong-an-tinh",
    "dang-uy-truong-dai-hoc-vinh": "phong-ctct-dai-hoc-vinh",
    "mttq-tinh": "phong-doan-the-ban-tgdv",
    "lhpn-tinh": "phong-doan-the-ban-tgdv",
    "nong-dan-tinh": "phong-doan-the-ban-tgdv",
    "ccb-tinh": "phong-doan-the-ban-tgdv",
    "tinh-doan": "phong-doan-the-ban-tgdv",
    "ldld-tinh": "phong-doan-the-ban-tgdv",
}
"""Who advises where the data names no unit of its own: the demonstration's assumption, since clause
III.2.1c asks for an adviser distinct from the decider."""

Lines = Mapping[str, str | None]


class Kind(msgspec.Struct, frozen=True):
    """A kind of body; `category` is its place in clause I.1.1."""

    key: str
    vi: str
    en: str
    category: str | None


class Unit(msgspec.Struct, frozen=True):
    """An administrative unit."""

    key: str
    name: str
    name_en: str
    kind: str
    parent: str | None


class Body(msgspec.Struct, frozen=True):
    """A body and who stands above it in each line."""

    key: str
    name: str
    name_en: str
    kind: str
    level: str
    place: str
    basis: str
    lines: Lines


class Competence(msgspec.Struct, frozen=True):
    """Who recognises under a clause, since when, by which document."""

    clause: str
    holder: str
    aims: list[str]
    line: str | None
    since: date
    succeeds: str | None
    source: str


class Council(msgspec.Struct, frozen=True):
    """A council; `members` are users, the chair among them, the secretary not."""

    key: str
    name: str
    name_en: str
    organisation: str
    advising: str
    chair: str
    secretary: str
    members: list[str]


class Office(msgspec.Struct, frozen=True):
    """A demo user: an office, no person."""

    id: str
    title: str
    role: str
    organisation: str


class _File(msgspec.Struct, frozen=True):
    kinds: list[Kind]
    units: list[Unit]
    bodies: list[Body]
    competences: list[Competence]
    councils: list[Council]
    users: list[Office]


@dataclass(frozen=True)
class Province:
    """Everything the demonstration enters, by key."""

    kinds: Mapping[str, Kind]
    units: Mapping[str, Unit]
    bodies: Mapping[str, Body]
    competences: tuple[Competence, ...]
    councils: Mapping[str, Council]
    """By the body that decides."""
    offices: Mapping[str, Office]

    @cached_property
    def ids(self) -> Mapping[str, UUID]:
        """The ids that the registration service will give the bodies: they follow from actor and key."""
        return {
            key: derive_id(key_of(SETUP_AT, "organization", key), ADMINISTRATOR, "id")
            for key in self.bodies
        }

    @cached_property
    def acting(self) -> Mapping[tuple[str, str], tuple[str, ...]]:
        """The users by organisation and role."""
        found: dict[tuple[str, str], tuple[str, ...]] = {}
        for office in self.offices.values():
            place = (office.organisation, office.role)
            found[place] = (*found.get(place, ()), office.id)
        return found

    def user(self, organisation: str, role: str) -> str:
        """The first user of that role there."""
        return self.acting[organisation, role][0]

    def adviser(self, body: str) -> str:
        """The unit in charge of mass mobilisation that advises a deciding body (clause III.2.1c)."""
        if body in _ADVISERS:
            return _ADVISERS[body]
        if body in self.councils:
            return self.councils[body].advising
        return f"ban-xdd-{body.removeprefix('dang-uy-')}"

    def category(self, body: str) -> str | None:
        """The category of clause I.1.1 a body falls under."""
        return self.kinds[self.bodies[body].kind].category

    def partner(self, holder: str, committee: str) -> Body:
        """Another body of the holder's place that may hold a model with it."""
        return next(
            body
            for body in self.bodies.values()
            if body.place == self.bodies[holder].place
            and body.key not in {holder, committee}
            and self.category(body.key) is not None
        )

    def waves(self) -> Iterator[list[Body]]:
        """The bodies top-down: each comes after all that stand above it."""
        done: set[str] = set()
        left = list(self.bodies.values())
        while left:
            wave = [body for body in left if done.issuperset(filter(None, body.lines.values()))]
            if not wave:
                raise ValueError(f"a line runs in a circle at {left[0].key}")
            yield wave
            done.update(body.key for body in wave)
            left = [body for body in left if body.key not in done]


def load_province() -> Province:
    """The province of the data files, completed so that any body can take part."""
    content = files("dvk").joinpath("data", "province.json").read_bytes()
    data = msgspec.json.decode(content, type=_File)
    bodies = {body.key: body for body in data.bodies}
    kinds = {kind.key: kind for kind in data.kinds}
    councils = {council.organisation: council for council in data.councils}
    offices = {office.id: office for office in data.users}
    # The Commission's clerk enters what the Commission launches and adopts: he acts for it.
    offices[CLERK] = msgspec.structs.replace(offices[CLERK], organisation=COMMISSION)
    for body in data.bodies:
        if body.kind == "commune_party_committee" and body.key not in councils:
            council, more = _commune(body, data, councils[f"dang-uy-{_PATTERN_COMMUNE}"])
            councils[body.key] = council
            offices |= {office.id: office for office in more}
    _complete(bodies, kinds, offices)
    return Province(
        kinds,
        {unit.key: unit for unit in data.units},
        bodies,
        tuple(data.competences),
        councils,
        offices,
    )


def _commune(committee: Body, data: _File, pattern: Council) -> tuple[Council, list[Office]]:
    """Council and offices of a commune for which the data names none, by the pattern of one it names."""
    slug = committee.key.removeprefix("dang-uy-")
    names = {unit.key: unit.name for unit in data.units}
    place, pattern_place = names[committee.place], names[f"xa-{_PATTERN_COMMUNE}"]

    def renamed(text: str) -> str:
        lower, other = place[:1].lower() + place[1:], pattern_place[:1].lower() + pattern_place[1:]
        return text.replace(_PATTERN_COMMUNE, slug).replace(other, lower)

    needed = {*pattern.members, pattern.secretary}
    offices = [
        Office(renamed(user.id), renamed(user.title), user.role, renamed(user.organisation))
        for user in data.users
        if user.id in needed or (user.role != "registrant" and _PATTERN_COMMUNE in user.id)
    ]
    council = Council(
        renamed(pattern.key),
        renamed(pattern.name),
        f"Assessment Council of {committee.name_en}",
        committee.key,
        renamed(pattern.advising),
        renamed(pattern.chair),
        renamed(pattern.secretary),
        [renamed(member) for member in pattern.members],
    )
    return council, offices


def _complete(
    bodies: Mapping[str, Body], kinds: Mapping[str, Kind], offices: dict[str, Office]
) -> None:
    """Somebody to register for every body that may, and to appraise in every unit that advises."""
    registering = {
        office.organisation for office in offices.values() if office.role == "registrant"
    }
    for body in bodies.values():
        if kinds[body.kind].category is not None and body.key not in registering:
            office = Office(f"dk-{body.key}", f"Người đăng ký, {body.name}", "registrant", body.key)
            offices[office.id] = office
    appraising = {office.organisation for office in offices.values() if office.role == "appraiser"}
    for unit in sorted({*_ADVISERS.values()} - appraising):
        office = Office(
            f"td-{unit}", f"Chuyên viên thẩm định, {bodies[unit].name}", "appraiser", unit
        )
        offices[office.id] = office


def users_file(province: Province) -> list[dict[str, Any]]:
    """What the embedded issuer reads: the demo users, without passwords, with their organisations' ids."""
    return [
        {
            "user": office.id,
            "subject": office.id,
            "name": office.title,
            "roles": [office.role],
            "organization": str(province.ids[office.organisation]),
        }
        for office in province.offices.values()
    ]
