"""What a start does not wait for is imported late, and nowhere else."""

import subprocess
import sys
from pathlib import Path

from clients import _registry
from service import late
from service.assembly import Assembly
from service.web.site import served

ROOT = Path(__file__).parents[3]
HEAVY = {"sqlalchemy", "aiohttp", "prometheus_client", "fastapi", "uvicorn", "aio_pika"}


def brought_in(code: str) -> set[str]:
    """Which of the heavy libraries, and `clients.notion`, a new process has after some code."""
    asked = f"{code}\nimport sys\nprint(*({HEAVY | {'clients.notion'}!r} & set(sys.modules)))"
    done = subprocess.run(  # noqa: S603  (our own code)
        [sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_the_process_and_the_hub_begin_without() -> None:
    assert brought_in("import service.process") == set()


def test_then_they_have_all_of_it() -> None:
    assembled = brought_in("from service import late; late.assembly()")
    assert assembled == {"sqlalchemy", "aiohttp", "prometheus_client", "clients.notion"}
    assert brought_in("from service import late; late.site()") == {*HEAVY, "clients.notion"}


def test_what_comes_is_what_is_meant() -> None:
    assert late.assembly() is Assembly
    assert late.site() is served
    assert late.names() == _registry.names()
