import asyncio
import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from clients._redact import Redactor
from service.logs import configure, note_lost_tasks


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = list(root.handlers)
    yield io.StringIO()
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
