"""Models that may be the same work: found for a registration among all that are registered, shown side by side, and
listed for the Office (practice: similarity).
"""

from typing import Final, Literal
from uuid import UUID

import msgspec
from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.model import MODEL
from services.registration.domain.model_commands import SIMILAR_MAX
from services.registration.domain.similarity import Similar, Texts, alike, leading, strongest
from services.registration.readmodel import contents, models, place_words, similarities
from services.registration.running_queries import NoParameters, registered
from shared.contracts.values import Aim, Likeness, ModelId, OrganizationId, Year
from shared.host.cursor import Order, PageParameters, fetch_page
from shared.host.lists import into, where_equal
from shared.host.service import Api, Page, Query

CANDIDATES_MAX: Final = 400
"""Models of much the same place that are compared word by word; the nearest places come first."""


class Registering(msgspec.Struct, frozen=True, kw_only=True):
    """The registration that is held against others."""

    model: ModelId
    texts: Texts
    holder: OrganizationId
    year: int
    aim: Aim
    forerunners: tuple[ModelId, ...]
    """What it continues, nearest first."""


async def similar_to(
    read: AsyncConnection, ours: Registering, wanted: Likeness
) -> tuple[Similar, ...]:
    """The models alike, the most alike first: of this and former years, whoever holds them. Withdrawn and returned
    ones are none, nor what it continues, nor what the same holder did until a former year: that is continued too.
    """
    words = leading(ours.texts.place)
    nearest = (
        select(place_words.c.model_id, func.count().label("shared"))
        .where(place_words.c.word.in_(words), place_words.c.model_id != str(ours.model))
        .group_by(place_words.c.model_id)
        .order_by(func.count().desc(), place_words.c.model_id)
        .limit(CANDIDATES_MAX)
        .subquery()
    )
    statement = (
        select(models.c.model_id, models.c.name, models.c.address, contents.c.content)
        .join(nearest, nearest.c.model_id == models.c.model_id)
        .join(contents, contents.c.model_id == models.c.model_id)
        .where(
            models.c.aim == ours.aim,
            models.c.year <= ours.year,
            models.c.status.not_in(("withdrawn", "returned")),
            or_(models.c.holder != str(ours.holder), models.c.last_year >= ours.year),
            models.c.model_id.not_in([str(one) for one in ours.forerunners]),
        )
    )
    found = []
    for row in (await read.execute(statement)).all():
        theirs = Texts(name=row.name, place=row.address, content=row.content)
        shares = alike(ours.texts, theirs, wanted)
        if shares is not None:
            found.append(
                Similar(
                    other=ModelId(UUID(row.model_id)),
                    other_name=row.name,
                    name_percent=shares[0],
                    place_percent=shares[1],
                    content_percent=shares[2],
                )
            )
    return strongest(found, SIMILAR_MAX)


class SimilarView(msgspec.Struct, frozen=True, kw_only=True):
    """Another model beside the registration: shares in percent, and what each says today."""

    other: UUID
    name_percent: int
    place_percent: int
    content_percent: int
    name: str
    other_name: str
    address: str
    other_address: str
    content: str
    other_content: str
    other_year: int
    other_holder: UUID
    other_status: str


class SimilarModels(msgspec.Struct, frozen=True, kw_only=True):
    """The models that were found alike, and why the registration was accepted all the same."""

    model_id: UUID
    revision: int
    similar: tuple[SimilarView, ...]
    accepted_because: str | None


async def get_similar(query: Query[NoParameters]) -> SimilarModels:
    """The models a registration was found alike, side by side with it (practice: similarity)."""
    loaded = await query.load(MODEL, query.path_id("model_id"))
    ours, views = registered(loaded.state), []
    for found in loaded.state.similar:
        other = (await query.load(MODEL, found.other)).state
        theirs = registered(other)
        views.append(
            SimilarView(
                other=found.other,
                name_percent=found.name_percent,
                place_percent=found.place_percent,
                content_percent=found.content_percent,
                name=ours.name,
                other_name=theirs.name,
                address=ours.address,
                other_address=theirs.address,
                content=ours.content,
                other_content=theirs.content,
                other_year=theirs.year,
                other_holder=theirs.holder,
                other_status=other.status,
            )
        )
    return SimilarModels(
        model_id=ours.model_id,
        revision=loaded.revision,
        similar=tuple(views),
        accepted_because=loaded.state.accepted_because,
    )


class ListDuplicates(PageParameters, frozen=True, kw_only=True):
    """Filters of the list of models that may be the same work; `open` are not answered by their committee yet."""

    movement: UUID | None = None
    year: Year | None = None
    committee: UUID | None = None
    state: Literal["open", "accepted"] | None = None


class DuplicateRow(msgspec.Struct, frozen=True, kw_only=True):
    """A registration and another model that it is alike, with the shares in percent."""

    model_id: UUID
    name: str
    holder: UUID
    committee: UUID
    other: UUID
    other_name: str
    name_percent: int
    place_percent: int
    content_percent: int
    status: str


async def list_duplicates(query: Query[ListDuplicates]) -> Page[DuplicateRow]:
    """Registrations that were found alike another model, those with the most alike name first."""
    wanted = query.parameters
    awaited = models.c.status.in_(("registered", "supplementing"))
    statement = where_equal(
        select(
            similarities,
            models.c.name,
            models.c.holder,
            models.c.committee,
            models.c.status,
        )
        .join(models, models.c.model_id == similarities.c.model_id)
        .where(models.c.status.not_in(("withdrawn", "returned"))),
        (models.c.movement, wanted.movement),
        (models.c.year, wanted.year),
        (models.c.committee, wanted.committee),
    )
    if wanted.state is not None:
        statement = statement.where(awaited if wanted.state == "open" else ~awaited)
    order = (
        Order(similarities.c.name_percent, descending=True),
        Order(similarities.c.model_id),
        Order(similarities.c.other),
    )
    return await fetch_page(query.read, statement, order, wanted, into(DuplicateRow))


def routes(api: Api) -> None:
    """Declare the routes of similarity."""
    api.read(
        "/models/{model_id}/similar",
        NoParameters,
        get_similar,
        answer=SimilarModels,
        tag="models",
        public=True,
    )
    api.read(
        "/duplicates", ListDuplicates, list_duplicates, answer=Page[DuplicateRow], tag="models"
    )
