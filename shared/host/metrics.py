"""What a process counts and measures, for Prometheus. No label ever holds an id or a person."""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST.encode()

_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Metrics:
    """The instruments of one process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.http_requests = Counter(
            "dvk_http_requests",
            "Requests answered",
            ("service", "operation", "status"),
            registry=self.registry,
        )
        self.http_seconds = Histogram(
            "dvk_http_request_seconds",
            "Time to answer a request",
            ("service", "operation"),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.append_seconds = Histogram(
            "dvk_append_seconds",
            "Time of a durable append",
            ("service",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.command_seconds = Histogram(
            "dvk_command_seconds",
            "Time to load, decide and append",
            ("service",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.lag_events = Gauge(
            "dvk_lag_events",
            "Events that a part of a service has not taken yet (counted up to a limit)",
            ("service", "part"),
            registry=self.registry,
        )
        self.lag_seconds = Gauge(
            "dvk_lag_seconds",
            "Age of the oldest event that a part of a service has not taken yet",
            ("service", "part"),
            registry=self.registry,
        )
        self.parked = Gauge(
            "dvk_parked_subjects",
            "Subjects parked because a message cannot be handled",
            ("service",),
            registry=self.registry,
        )

    def exposition(self) -> bytes:
        """All figures in the Prometheus text format."""
        return generate_latest(self.registry)


class OperationMeter:
    """Counts the requests of one operation; the labels are looked up once per status."""

    def __init__(self, metrics: Metrics, service: str, operation: str) -> None:
        self.name = f"{service}.{operation}"
        self._requests = metrics.http_requests
        self._labels = (service, operation)
        self._seconds = metrics.http_seconds.labels(service, operation)
        self._by_status: dict[int, Counter] = {}

    def answered(self, status: int, seconds: float) -> None:
        """A request was answered with `status` after `seconds`."""
        counter = self._by_status.get(status)
        if counter is None:
            counter = self._by_status[status] = self._requests.labels(*self._labels, str(status))
        counter.inc()
        self._seconds.observe(seconds)
