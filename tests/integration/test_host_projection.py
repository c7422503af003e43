"""What a projection spends on events that change no row."""

from pathlib import Path
from uuid import UUID

from services.registration.service import SERVICE
from shared.eventstore.port import StoredEvent
from shared.host.clock import SystemClock
from shared.host.database import ServiceDatabase
from shared.host.projection import Projection


def kept(position: int) -> StoredEvent:
    """Of a type that the read model of registration does not show, and no event at all."""
    return StoredEvent(
        id=UUID(int=position),
        type="dvk.registration.PaperKept.v1",
        time_us=0,
        data=b"not even JSON",
        metadata=b"",
        trace="",
        stream="paper_registration-1",
        revision=position,
        position=position,
    )


async def test_what_no_handler_wants_is_neither_decoded_nor_committed(tmp_path: Path) -> None:
    database = await ServiceDatabase.open(f"sqlite:///{tmp_path}", SERVICE.name, SERVICE.read_model)
    generation = await database.begin_generation()
    projection = await Projection.open(SERVICE, database, SystemClock(), generation)
    await projection.apply([kept(7)], 7)
    before = await generation.position()
    await projection.apply([kept(8)], 8)
    assert (projection.position, await generation.position()) == (8, before)
    assert projection.waits
    await projection.keep()
    assert (await generation.position(), dict(projection.parked)) == (8, {})
    await generation.close()
    await database.close()
