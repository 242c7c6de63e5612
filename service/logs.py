"""One line for one event: JSON for machines, text for people; never a secret, never a body."""

import asyncio
import contextlib
import json
import logging
import sys
import threading
from collections.abc import Iterator, MutableMapping
from typing import Any, Final, TextIO, cast

import structlog

from clients._redact import Redactor

_CUT: Final = 2000
_CUT_TRACE: Final = 8000
_READ: Final = 32_000
"""Characters of a text that are looked at: what is longer is cut to far less in any case."""
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
            *([_visible] if text else []),
            structlog.dev.ConsoleRenderer(colors=terminal) if text else _json,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.WriteLoggerFactory(file=cast("TextIO", _Lasting(out))),
        cache_logger_on_first_use=False,
    )
    for library in _QUIET:
        logging.getLogger(library).setLevel(logging.CRITICAL)
    logging.captureWarnings(capture=True)
    root = logging.getLogger()
    root.setLevel(logging.WARNING)
    if not any(isinstance(handler, _Bridge) for handler in root.handlers):
        root.addHandler(_Bridge(logging.WARNING))


def note_lost_tasks(loop: asyncio.AbstractEventLoop) -> None:
    """Log what a task raised that nobody awaited: a bug."""

    def told(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        structlog.get_logger().error("bug", where=context["message"], exc_info=error)

    loop.set_exception_handler(told)


@contextlib.contextmanager
def crashes_noted() -> Iterator[None]:
    """Log what ends a thread or a finalizer, where Python itself would print a traceback."""

    def told(args: Any) -> None:  # noqa: ANN401  (of a thread, or of an object)
        where = getattr(args, "thread", None) or getattr(args, "object", None)
        structlog.get_logger().error("bug", where=str(where), exc_info=args.exc_value)

    before = threading.excepthook, sys.unraisablehook
    threading.excepthook = sys.unraisablehook = told
    try:
        yield
    finally:
        threading.excepthook, sys.unraisablehook = before


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
                trace = name == _TRACE
                text = str(value)
                clean = self._redact(text[-_READ:] if trace else text[:_READ])
                event[name] = clean[-_CUT_TRACE:] if trace else _fitting(clean)
        return event


def _fitting(text: str) -> str:
    """Return the beginning that fits into a line, as it is written there."""
    text = text[:_CUT]
    while (size := len(json.dumps(text)) - 2) > _CUT:
        text = text[: len(text) * _CUT // size]
    return text


def _visible(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Let no text steer a terminal or look like a line of its own; a traceback is set in."""
    for name, value in event.items():
        if isinstance(value, str):
            lines = value.splitlines() if name == _TRACE else [value]
            event[name] = "\n".join("    " * (name == _TRACE) + _printable(one) for one in lines)
    return event


def _printable(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)


def _json(_: object, __: str, event: MutableMapping[str, Any]) -> str:
    first = {name: event.pop(name, None) for name in ("timestamp", "level", "event")}
    return json.dumps(first | dict(event))
