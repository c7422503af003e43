"""W3C trace context in and out, and spans where an OTLP endpoint is configured."""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Final
from uuid import UUID

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import (
    SpanKind,
    Tracer,
    format_span_id,
    format_trace_id,
    set_span_in_context,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_TRACEPARENT: Final = re.compile(
    rb"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}"
)
_LOW: Final = (1 << 64) - 1
_PROPAGATOR: Final = TraceContextTextMapPropagator()


class Tracing:
    """Continues a trace. Without a provider nothing is recorded, yet the context still travels on."""

    def __init__(self, provider: TracerProvider | None = None) -> None:
        self._provider = provider
        self._tracer = None if provider is None else provider.get_tracer("dvk")

    @classmethod
    def exporting_to(cls, endpoint: str, name: str) -> "Tracing":
        """Spans go to the OTLP/HTTP collector at `endpoint`, in batches, dropped when it is away."""
        return cls.through(OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces"), name)

    @classmethod
    def through(cls, exporter: SpanExporter, name: str) -> "Tracing":
        """Spans go to `exporter`."""
        provider = TracerProvider(resource=Resource.create({"service.name": name}))
        provider.add_span_processor(BatchSpanProcessor(exporter))
        return cls(provider)

    def span(self, name: str, parent: str, *, server: bool = False) -> AbstractContextManager[str]:
        """A span below the traceparent `parent`; gives the traceparent to hand on."""
        if self._tracer is None:
            return nullcontext(parent)
        return _recorded(
            self._tracer, name, parent, SpanKind.SERVER if server else SpanKind.INTERNAL
        )

    def close(self) -> None:
        """Send what is waiting, for a bounded time."""
        if self._provider is not None:
            self._provider.shutdown()


@contextmanager
def _recorded(tracer: Tracer, name: str, parent: str, kind: SpanKind) -> Iterator[str]:
    context = _PROPAGATOR.extract({"traceparent": parent})
    with tracer.start_as_current_span(name, context=context, kind=kind) as span:
        carrier: dict[str, str] = {}
        _PROPAGATOR.inject(carrier, set_span_in_context(span))
        yield carrier.get("traceparent", parent)


def traceparent(header: bytes | None, correlation: UUID) -> str:
    """The caller's traceparent, or a fresh one made of the correlation id when it sent none."""
    if header is not None and _TRACEPARENT.fullmatch(header):
        return header.decode("ascii")
    return f"00-{format_trace_id(correlation.int)}-{format_span_id(correlation.int & _LOW)}-00"
