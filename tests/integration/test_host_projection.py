"""What a projection spends on events that change no row."""

from pathlib import Path
from uuid import UUID

from services.registration.service import SERVICE
from shared.eventstore.port import StoredEvent
from shared.host.clock import SystemClock
from shared.host.database import ServiceDatabase
from shared.host.projection import Projection


def survey(position: int) -> StoredEvent:
    """Of a type that the read model of registration does not show, and no event at all."""
    return StoredEvent(
        id=UUID(int=position),
        type="dvk.registration.SiteSurveyed.v1",
        time_us=0,
        data=b"not even JSON",
        metadata=b"",
        trace="",
        stream="model-1",
        revision=position,
        position=position,
    )


async def test_what_no_handler_wants_is_neither_decoded_nor_committed(tmp_path: Path) -> None:
    database = await ServiceDatabase.open(f"sqlite:///{tmp_path}", SERVICE.name, SERVICE.read_model)
    generation = await database.begin_generation()
    projection = await Projection.open(SERVICE, database, SystemClock(), generation)
    await projection.apply([survey(7)], 7)
    kept = await generation.position()
    await projection.apply([survey(8)], 8)
    assert (projection.position, await generation.position()) == (8, kept)
    assert projection.waits
    await projection.keep()
    assert (await generation.position(), dict(projection.parked)) == (8, {})
    await generation.close()
    await database.close()
