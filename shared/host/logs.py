"""Structured logs: one line per event, with correlation and trace, without personal data.

Nobody logs a body, a name, a token or an address of a person: only ids, codes, counts and times.
"""

import logging
import sys
from typing import Final, TextIO

import structlog
from structlog.typing import Processor

from shared.host.settings import Settings

_QUIET: Final = ("uvicorn.access", "aio_pika", "aiormq", "httpx", "httpcore")
"""Libraries whose every step is no news."""


def configure_logging(settings: Settings, stream: TextIO = sys.stderr) -> None:
    """Send structlog's and the libraries' lines to `stream`. Called once, by the process."""
    pretty = settings.log_format == "pretty" or (settings.log_format == "auto" and stream.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[Processor] = (
        [
            # The plain traceback: the rich one prints local variables, tokens among them.
            structlog.dev.ConsoleRenderer(
                colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback
            )
        ]
        if pretty
        else [
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
