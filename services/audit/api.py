"""The HTTP API of audit: the public record, explained and as it was at any time."""

from services.audit import queries
from shared.host.service import Api, Page


def routes(api: Api) -> None:
    """Declare every route. All are public: what they show is the public record."""
    api.read(
        "/timeline",
        queries.TimelineOf,
        queries.get_timeline,
        answer=Page[queries.TimelineEntry],
        tag="timeline",
        public=True,
    )
    api.read(
        "/streams/{stream}/state",
        queries.AsAt,
        queries.get_stream_state,
        answer=queries.StreamState,
        tag="streams",
        public=True,
    )
    api.read(
        "/streams/{stream}/events",
        queries.StreamPage,
        queries.list_stream_events,
        answer=queries.StreamEvents,
        tag="streams",
        public=True,
    )
    api.read(
        "/log",
        queries.LogPageOf,
        queries.read_log,
        answer=queries.LogEntries,
        tag="log",
        public=True,
    )
