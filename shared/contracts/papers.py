"""The event of a service that takes entries from paper: a signed paper's scan was kept."""

from typing import Annotated

import msgspec

from shared.contracts.event import Event
from shared.contracts.running import MediaType, Sha256
from shared.contracts.values import Line, OrganizationId, PaperId

SIGNERS_MAX = 200
"""Bodies whose one paper it is, named at a time: the hamlets of a large commune on one list."""

Signers = Annotated[tuple[OrganizationId, ...], msgspec.Meta(min_length=1, max_length=SIGNERS_MAX)]


class PaperKept(Event, frozen=True):
    """The scan of a paper that bodies signed is kept by its content, outside the log; `kept_by` may enter from
    it what they say there (practice: entry on behalf of those without accounts). Signers that were named
    later come with an event of their own.
    """

    paper_id: PaperId
    sha256: Sha256
    media_type: MediaType
    size_bytes: int
    what: Line
    kept_by: OrganizationId
    signed_by: Signers
