import asyncio
import io
import json
import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from clients._redact import Redactor
from service.logs import configure, crashes_noted, note_lost_tasks


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield io.StringIO()
    logging.captureWarnings(capture=False)
    root.setLevel(level)
    structlog.reset_defaults()
    root.handlers = before


def lines(out: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_one_line_is_one_object_without_any_secret(out: io.StringIO) -> None:
    configure("info", "auto", Redactor(["canary"]), out)
    log = structlog.get_logger()
    log.debug("unheard")
    log.info(
        "told", at="https://x/?key=canary", count=3, things=["canary"], none=None, long="x" * 9000
    )
    (line,) = lines(out)
    assert list(line)[:3] == ["timestamp", "level", "event"]
    assert (line["event"], line["level"], line["count"], line["none"]) == ("told", "info", 3, None)
    assert (line["at"], line["things"]) == ("https://x/?key=***", "['***']")
    assert len(line["long"]) == 2000


def test_a_bug_is_logged_with_the_end_of_its_traceback(out: io.StringIO) -> None:
    configure("info", "json", Redactor(["canary"]), out)
    error = RuntimeError("x" * 9000 + "canary")
    structlog.get_logger().error("bug", exc_info=error)
    (line,) = lines(out)
    assert line["exception"].endswith("x***")
    assert len(line["exception"]) == 8000


def test_people_get_text(out: io.StringIO) -> None:
    configure("warning", "console", Redactor(), out)
    structlog.get_logger().warning("told", count=3)
    assert "told" in out.getvalue()
    assert "count" in out.getvalue()
    assert "\x1b" not in out.getvalue()


def test_what_libraries_warn_of_goes_the_same_way(out: io.StringIO) -> None:
    configure("info", "json", Redactor(["canary"]), out)
    configure("info", "json", Redactor(["canary"]), out)
    logging.getLogger("sdk").warning("no way to the %s", "canary")
    logging.getLogger("sdk").info("unheard")
    logging.getLogger("aiormq.connection").error("thirty lines for an outage")
    found = [(line["event"], line["level"], line["logger"]) for line in lines(out)]
    assert found == [("no way to the ***", "warning", "sdk")]


@pytest.mark.parametrize("library", ["aiohttp.client", "aiormq.connection", "sqlalchemy.engine"])
def test_no_level_makes_libraries_tell_what_they_carry(out: io.StringIO, library: str) -> None:
    configure("debug", "json", Redactor(), out)
    for name in (library, "uvicorn.error", "asyncio", "some.new.library"):
        logging.getLogger(name).debug("body=canary")
        logging.getLogger(name).info("GET https://x/?key=canary")
    assert lines(out) == []


ATTACKS = (
    "\n2026-01-01T00:00:00Z [info] forged",
    '\r\n{"event": "forged"}',
    "\x1b[2J\x1b]0;title\x07\x9b31m",
    "\u202eevil\u2066",
    "%n%s{0}{name}",
    "\x00\x7f\x85\u2028\u2029",
    "x" * 1_000_000,
    "\x00" * 1_000_000,
    "\U0001f4a3" * 1_000_000,
)


@pytest.mark.parametrize("form", ["json", "console"])
@pytest.mark.parametrize("attack", ATTACKS, ids=range(len(ATTACKS)))
def test_one_event_is_one_line_whatever_is_in_it(out: io.StringIO, form: str, attack: str) -> None:
    configure("info", form, Redactor(["canary"]), out)
    structlog.get_logger().info(f"told {attack}", operation=attack, things=[attack])
    logging.getLogger("lib").warning("of %s", attack)
    written = out.getvalue()
    assert len(written.splitlines()) == written.count("\n") == 2
    assert all(one.isprintable() for one in written.splitlines())
    assert len(written) < 2 * (3 * 2100 + 200)
    written.encode()


def test_a_traceback_for_people_is_set_in_and_cannot_forge_a_line(out: io.StringIO) -> None:
    configure("info", "console", Redactor(), out)
    error = ValueError("bad\n2026-01-01 [info] forged\x1b[2J")
    structlog.get_logger().error("bug", exc_info=error)
    first, *rest = out.getvalue().splitlines()
    assert "bug" in first
    assert rest
    assert all(line.startswith("    ") and line.isprintable() for line in rest)


def test_a_warning_and_a_crash_are_lines_without_secrets(
    out: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    configure("info", "json", Redactor(["canary"]), out)

    def crash() -> None:
        raise RuntimeError("with canary")

    class Bad:
        def __del__(self) -> None:
            raise RuntimeError("with canary")

    before = sys.unraisablehook
    with crashes_noted(), warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)
        thread = threading.Thread(target=crash)
        thread.start()
        thread.join()
        Bad()
        warnings.warn("with canary", UserWarning, stacklevel=1)
        logging.captureWarnings(capture=False)
    assert sys.unraisablehook is before
    first, second, third = lines(out)
    assert (first["event"], second["event"], third["logger"]) == ("bug", "bug", "py.warnings")
    assert "RuntimeError: with ***" in first["exception"]
    assert "canary" not in out.getvalue()
    assert capfd.readouterr() == ("", "")


async def test_what_nobody_awaited_is_logged(out: io.StringIO) -> None:
    configure("info", "json", Redactor(), out)
    loop = asyncio.get_running_loop()
    note_lost_tasks(loop)
    loop.call_exception_handler({"message": "never retrieved", "exception": ValueError("lost")})
    loop.call_exception_handler({"message": "odd"})
    first, second = lines(out)
    assert (first["event"], first["where"]) == ("bug", "never retrieved")
    assert "ValueError: lost" in first["exception"]
    assert second["where"] == "odd"


def test_without_anywhere_to_write_it_goes_on(out: io.StringIO) -> None:
    configure("info", "json", Redactor(), out)
    out.close()
    structlog.get_logger().info("into nothing")
