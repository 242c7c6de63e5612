"""`scripts/audit` beside a stand-in of osv.dev: a hole fails, no answer is told and passes."""

import asyncio
import os
import re
from pathlib import Path

from tests.support.absent import absent
from tests.support.upstream import HANG, Received, Upstream, reply

ROOT = Path(__file__).parents[2]
MENDED = {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99.0"}]}
HOLE = {
    "id": "PYSEC-2099-1",
    "published": "2099-01-01T00:00:00Z",
    "affected": [{"package": {"name": "aiohttp", "ecosystem": "PyPI"}, "ranges": [MENDED]}],
}


async def audit(url: str, within: str = "60") -> tuple[int, str]:
    """Return the script's exit code and what it said."""
    if not (ROOT / ".venv/bin/pip-audit").exists():
        absent("scripts/setup dev has not installed pip-audit in .venv")
    process = await asyncio.create_subprocess_exec(
        ROOT / "scripts/audit",
        "--osv-url",
        url,
        env=os.environ | {"AUDIT_WITHIN": within},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


def asked(request: Received) -> str:
    """The package that a question is about."""
    return str(request.json()["package"]["name"])


async def test_every_pin_is_asked_for_and_none_has_a_hole() -> None:
    async with Upstream(reply(json={})) as osv:
        status, said = await audit(osv.url)
    assert (status, said) == (0, "audit: no known holes\n")
    pinned = re.findall(r"(?m)^([\w.-]+)==", (ROOT / "requirements-dev.lock").read_text())
    assert {"aiohttp", "aio-pika", "pydantic"} <= {*map(asked, osv.requests)} <= {*pinned}


async def test_a_known_hole_fails_with_the_version_that_mends_it() -> None:
    def answer(request: Received) -> bytes:
        return reply(json={"vulns": [HOLE]} if asked(request) == "aiohttp" else {})

    async with Upstream(answer) as osv:
        status, said = await audit(osv.url)
    assert status == 1
    assert re.search(r"aiohttp +[\d.]+ +PYSEC-2099-1 +99\.0", said)
    assert "--upgrade-package" in said


async def test_a_list_that_cannot_be_read_is_told_and_passes() -> None:
    async with Upstream() as osv:
        gone = osv.url
    status, said = await audit(gone)
    assert status == 0
    assert said.startswith("audit: skipped: the list of known holes cannot be read")
    assert len(said.splitlines()) == 1


async def test_a_list_that_does_not_come_is_told_and_passes() -> None:
    async with Upstream(HANG) as osv:
        status, said = await audit(osv.url, within="2")
    assert status == 0
    assert said == "audit: skipped: the list of known holes did not come within 2 s\n"
