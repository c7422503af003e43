"""A history as registration records it: models from survey to progress reports, any number of them."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

import msgspec

from shared.contracts.event import Event
from shared.contracts.metadata import CommandRecord, Metadata
from shared.contracts.registration import (
    EVENTS,
    LaunchingBodyRegistrationRecorded,
    ModelRegistered,
    RegistrationAccepted,
    SiteSurveyed,
)
from shared.contracts.running import Figure, PlanAdopted, ProgressReported, Target
from shared.contracts.values import ModelId, MovementId, OrganizationId, RuleSetId
from shared.domain.time import to_microseconds
from shared.eventstore.port import EventStore, Expect, NewEvent
from shared.host.ids import derive_id, new_key

BEGINS: Final = datetime(2026, 1, 2, tzinfo=UTC)
MODEL: Final = ModelId(UUID("018f0000-0000-7000-8000-0000000000a1"))
MOVEMENT: Final = MovementId(UUID("018f0000-0000-7000-8000-0000000000a2"))
RULE_SET: Final = RuleSetId(UUID("018f0000-0000-7000-8000-0000000000a3"))
HOLDER: Final = OrganizationId(UUID("018f0000-0000-7000-8000-000000000001"))
COMMITTEE: Final = OrganizationId(UUID("018f0000-0000-7000-8000-000000000002"))
OFFICE: Final = OrganizationId(UUID("018f0000-0000-7000-8000-000000000003"))
_NUMBER: Final = "0000000000"
_STREAMS_AT_ONCE: Final = 256

NARRATIVE: Final = (
    "Chi bộ đã vận động các hộ trong bản góp ngày công, trồng thêm hoa hai bên đường và chăm sóc "
    "đoạn đã trồng; có 42 hộ tham gia."
)

SURVEYED: Final = SiteSurveyed(
    model_id=MODEL,
    surveyed_by=HOLDER,
    surveyed_on=date(2025, 12, 20),
    place="Bản Cửa Rào, xã Môn Sơn",
    situation="Đường liên bản dài 1,2 km, hai bên cỏ dại mọc nhiều.",
    advantages="Người dân đồng tình, có đội ngũ nòng cốt.",
    difficulties="Thiếu cây giống và nước tưới mùa khô.",
)
REGISTERED: Final = ModelRegistered(
    model_id=MODEL,
    movement=MOVEMENT,
    year=2026,
    aim="model",
    name=f"Đường hoa bản Cửa Rào {_NUMBER}",
    address="Bản Cửa Rào, xã Môn Sơn",
    field="culture-society",
    content="Trồng và chăm sóc đường hoa, giữ vệ sinh đường làng ngõ xóm.",
    basis="Nguyện vọng của người dân.",
    holder_kind="collective",
    holder=HOLDER,
    category="I.1.1-4",
    committee=COMMITTEE,
    launching_body=OFFICE,
    deciding_body=COMMITTEE,
    rule_set=RULE_SET,
    rule_set_version=1,
    answer_by=date(2026, 1, 12),
    holder_name="Chi bộ bản Cửa Rào",
)
ACCEPTED: Final = RegistrationAccepted(model_id=MODEL, committee=COMMITTEE)
PLANNED: Final = PlanAdopted(
    model_id=MODEL,
    targets=(Target(name="đường hoa", unit="m", goal=Decimal(1200)),),
    measures="Họp dân, phân công từng hộ chăm sóc một đoạn.",
    milestones=(),
    resources="Ngày công của dân, cây giống do xã hỗ trợ.",
    starts_on=date(2026, 2, 1),
    ends_on=date(2026, 9, 30),
)


def _progress(month: int) -> ProgressReported:
    return ProgressReported(
        model_id=MODEL,
        until=date(2026, month, 28),
        narrative=NARRATIVE,
        figures=(Figure(target="đường hoa", value=Decimal(100 * month)),),
    )


STORY: Final[tuple[Event, ...]] = (
    SURVEYED,
    REGISTERED,
    LaunchingBodyRegistrationRecorded(
        model_id=MODEL, launching_body=OFFICE, register_number=f"{_NUMBER}/DVK"
    ),
    ACCEPTED,
    PLANNED,
    *(_progress(month) for month in (3, 4, 5)),
)
EVENTS_PER_MODEL: Final = len(STORY)


class Story:
    """Events encoded once; a model of its own takes only its id and number in their place."""

    def __init__(self, story: tuple[Event, ...] = STORY) -> None:
        metadata = Metadata(
            actor="user:7",
            correlation=MODEL,
            causation=MODEL,
            software="dan-van-kheo 0.1.0",
            organization=COMMITTEE,
            rules=None,
            cites=(MODEL,),
            command=CommandRecord("ReportProgress", msgspec.Raw(msgspec.json.encode(story[-1]))),
        )
        self._metadata = msgspec.json.encode(metadata)
        self._parts = [(EVENTS.type_of(event), msgspec.json.encode(event)) for event in story]
        self._id, self._number = str(MODEL).encode(), _NUMBER.encode()

    def events(self, model: UUID, number: int, at: datetime) -> list[NewEvent]:
        """The events of one model, one a minute from `at` on."""
        own, numbered = str(model).encode(), b"%010d" % number
        time_us = to_microseconds(at)
        return [
            NewEvent(
                derive_id(model, str(index)),
                type_,
                time_us + index * 60_000_000,
                data.replace(self._id, own).replace(self._number, numbered),
                self._metadata,
            )
            for index, (type_, data) in enumerate(self._parts)
        ]


def models(count: int, story: Story, first: int = 0) -> Iterator[tuple[UUID, list[NewEvent]]]:
    """`count` models with their events, registered a second after each other."""
    for number in range(first, first + count):
        at = BEGINS + timedelta(seconds=number)
        model = new_key(at)
        yield model, story.events(model, number, at)


async def fill(store: EventStore, count: int, story: Story | None = None) -> list[UUID]:
    """Append `count` models to an empty store; their ids."""
    made: list[UUID] = []
    batch: list[tuple[UUID, list[NewEvent]]] = []
    for entry in models(count, story or Story()):
        batch.append(entry)
        if len(batch) == _STREAMS_AT_ONCE:
            made += await _append(store, batch)
            batch = []
    return made + await _append(store, batch)


async def _append(store: EventStore, batch: list[tuple[UUID, list[NewEvent]]]) -> list[UUID]:
    await asyncio.gather(
        *(store.append(f"model-{model}", Expect.NO_STREAM, events) for model, events in batch)
    )
    return [model for model, _ in batch]
