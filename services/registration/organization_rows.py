"""What registration shows of organisations: every entry of the graph with the day it holds from."""

from typing import Final

from sqlalchemy import Column, Index, String, Table, Text

from services.registration.tables import DATE_CHARACTERS, ID_CHARACTERS, TABLES
from shared.contracts.registration import (
    OrganizationCreated,
    OrganizationLineChanged,
    OrganizationMoved,
    OrganizationRenamed,
)
from shared.host.copying import puts
from shared.host.service import Handler
from shared.host.successions import succession_handlers, succession_table
from shared.host.text import fold

organizations: Final = Table(
    "organizations",
    TABLES,
    Column("organization_id", String(ID_CHARACTERS), primary_key=True),
    Column("kind", String(200), nullable=False),
    Column("category", String(40)),
    Column("code", String(40)),
    Column("established_on", String(DATE_CHARACTERS), nullable=False),
    Index("organizations_by_code", "code"),
)

names: Final = Table(
    "organization_names",
    TABLES,
    Column("organization_id", String(ID_CHARACTERS), primary_key=True),
    Column("valid_from", String(DATE_CHARACTERS), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("search", Text, nullable=False),
    Index("organization_names_by_name", "search", "organization_id"),
)

seats: Final = Table(
    "organization_seats",
    TABLES,
    Column("organization_id", String(ID_CHARACTERS), primary_key=True),
    Column("valid_from", String(DATE_CHARACTERS), primary_key=True),
    Column("place", String(200), nullable=False),
    Column("level", String(20), nullable=False),
    Column("place_search", Text, nullable=False),
)

lines: Final = Table(
    "organization_lines",
    TABLES,
    Column("organization_id", String(ID_CHARACTERS), primary_key=True),
    Column("line", String(20), primary_key=True),
    Column("valid_from", String(DATE_CHARACTERS), primary_key=True),
    Column("superior", String(ID_CHARACTERS)),
)

successions: Final = succession_table(TABLES)

HANDLERS: Final[tuple[Handler, ...]] = (
    puts(OrganizationCreated, organizations),
    puts(
        OrganizationCreated,
        names,
        valid_from=lambda r: r.event.established_on.isoformat(),
        search=lambda r: fold(r.event.name),
    ),
    puts(
        OrganizationCreated,
        seats,
        valid_from=lambda r: r.event.established_on.isoformat(),
        place_search=lambda r: fold(r.event.place),
    ),
    puts(OrganizationRenamed, names, search=lambda r: fold(r.event.name)),
    puts(OrganizationMoved, seats, place_search=lambda r: fold(r.event.place)),
    puts(OrganizationLineChanged, lines),
    *succession_handlers(successions),
)
