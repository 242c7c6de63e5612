"""The disk of the record of calls is full: a small file system of its own, really full (F17)."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.broker import OwnNames
from tests.support.hub import Given, asked, serves
from tests.support.vendor import Stub, page, sms, texts
from tests.support.wait import wait_until


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A folder with room for a megabyte."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(  # noqa: S603  (our own command)
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode != 0:
        pytest.skip(f"only root may mount a small disk: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)  # noqa: S603, S607


def fill(file: Path) -> None:
    """Take all the room that is left."""
    for size in (4096, 1):
        with file.open("ab", buffering=0) as filler:
            try:
                while True:
                    filler.write(bytes(size))
            except OSError:
                continue


async def test_nothing_leaves_unrecorded_and_nothing_is_lost(
    amqp_url: str, names: OwnNames, settings: Given, stub: Stub, small: Path
) -> None:
    own = settings.but(HUB_DATABASE_URL=f"sqlite:///{small}/calls.sqlite3")
    async with asked(amqp_url, names, own) as (hub, agent):
        assert (await agent.ask("twilio.send_message", sms("before"), id="before")).code == "ok"
        filler = small / "filler"
        fill(filler)
        ids = [f"full-{number}" for number in range(5)]
        for id_ in ids:
            await agent.send("twilio.send_message", sms(id_), id=id_)

        async def told() -> bool:
            return "disk is full" in await hub.ready()

        await wait_until(told, 10, "the readiness to tell")
        assert (await agent.ask("notion.get_page", page(1))).code == "ok"
        assert list(texts(stub.up.requests)) == ["before"]
        filler.unlink()
        await agent.finals(ids, 15)
        assert {id_: agent.log.codes()[id_] for id_ in ids} == {id_: {"ok"} for id_ in ids}
        assert texts(stub.up.requests) == dict.fromkeys(["before", *ids], 1)
        await wait_until(lambda: serves(hub), 10, "the readiness to come back")
