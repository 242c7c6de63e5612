"""One line for one event: JSON for machines, text for people; never a secret, never a body."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Final

import structlog

from clients._redact import Redactor

_CUT: Final = 2000
_QUIET: Final = ("aiormq", "aio_pika", "pamqp", "aiohttp", "asyncio", "uvicorn", "sqlalchemy")


def configure(level: str, form: str, redact: Redactor) -> None:
    """Set up logging for this process."""
    last: Any = structlog.processors.JSONRenderer()
    if form == "console":
        last = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _Clean(redact),
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    for library in _QUIET:
        logging.getLogger(library).setLevel(logging.CRITICAL)


class _Clean:
    """Takes secrets out of every text, and cuts what is too long."""

    def __init__(self, redact: Redactor) -> None:
        self._redact = redact

    def __call__(
        self, _: object, __: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        for name, value in event.items():
            if isinstance(value, str):
                event[name] = self._redact(value)[:_CUT]
            elif not isinstance(value, int | float | bool | None):
                event[name] = self._redact(str(value))[:_CUT]
        return event
