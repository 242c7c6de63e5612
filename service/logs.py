"""One line for one event: JSON for machines, text for people; never a secret, never a body."""

import asyncio
import contextlib
import json
import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Final, TextIO, cast

import structlog

from clients._redact import Redactor

_CUT: Final = 2000
_CUT_TRACE: Final = 8000
_TRACE: Final = "exception"
_QUIET: Final = ("aiormq", "aio_pika", "pamqp", "aiohttp", "asyncio", "uvicorn", "sqlalchemy")


def configure(level: str, form: str, redact: Redactor, file: TextIO | None = None) -> None:
    """Set up logging for this process: structlog's, and the warnings of libraries.

    `form` is ``json``, ``console``, or ``auto``: text on a terminal. Libraries that print bodies or
    a traceback for each outage say nothing.
    """
    out = file or sys.stderr
    terminal = out.isatty()
    text = form == "console" or (form == "auto" and terminal)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _Clean(redact),
            structlog.dev.ConsoleRenderer(colors=terminal) if text else _json,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.WriteLoggerFactory(file=cast("TextIO", _Lasting(out))),
        cache_logger_on_first_use=False,
    )
    for library in _QUIET:
        logging.getLogger(library).setLevel(logging.CRITICAL)
    root = logging.getLogger()
    if not any(isinstance(handler, _Bridge) for handler in root.handlers):
        root.addHandler(_Bridge(logging.WARNING))


def note_lost_tasks(loop: asyncio.AbstractEventLoop) -> None:
    """Log what a task raised that nobody awaited: a bug."""

    def told(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        structlog.get_logger().error("bug", where=context["message"], exc_info=error)

    loop.set_exception_handler(told)


class _Lasting:
    """A file that may go away, as a terminal does that is closed: the hub goes on without it."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, text: str) -> None:
        """Write it, if there is somewhere to."""
        with contextlib.suppress(OSError, ValueError):
            self._file.write(text)

    def flush(self) -> None:
        """Write it out, if there is somewhere to."""
        with contextlib.suppress(OSError, ValueError):
            self._file.flush()


class _Bridge(logging.Handler):
    """Takes what libraries log to where everything goes."""

    def emit(self, record: logging.LogRecord) -> None:
        """Log one record; its traceback stays out."""
        structlog.get_logger().log(record.levelno, record.getMessage(), logger=record.name)


class _Clean:
    """Takes secrets out of every text, and cuts what is too long."""

    def __init__(self, redact: Redactor) -> None:
        self._redact = redact

    def __call__(
        self, _: object, __: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        for name, value in event.items():
            if not isinstance(value, int | float | bool | None):
                event[name] = self._cut(name, self._redact(str(value)))
        return event

    def _cut(self, name: str, text: str) -> str:
        return text[-_CUT_TRACE:] if name == _TRACE else text[:_CUT]


def _json(_: object, __: str, event: MutableMapping[str, Any]) -> str:
    first = {name: event.pop(name, None) for name in ("timestamp", "level", "event")}
    return json.dumps(first | dict(event))
