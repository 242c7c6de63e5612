"""docs/how-to/add-an-integration.md, done as it says: its files make a client that answers."""

import json
import re
import sys
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from clients._client import Client
from clients._recordings import Recording
from tests.support.kit import Playback, Script, environment_of, kit_for, perform

PAGE = Path(__file__).parents[2] / "docs/how-to/add-an-integration.md"


def block(language: str, number: int = 0) -> str:
    text = PAGE.read_text(encoding="utf-8")
    return str(re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)[number])


def written(folder: Path, name: str, text: str) -> ModuleType:
    """The module of a file with that text."""
    place = folder / f"{name}.py"
    place.write_text(text)
    spec = spec_from_file_location(name, place)
    assert spec
    assert spec.loader
    module = sys.modules[name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[type[Client]]:
    contract = written(tmp_path, "contracts.shop", block("python", 0))
    found: type[Client] = written(tmp_path, "clients.shop", block("python", 1)).Shop
    yield found
    contract.GetOrder.operation = ""  # nobody else is to find it
    for name in ("contracts.shop", "clients.shop"):
        del sys.modules[name]


async def test_the_shop_answers_as_it_was_recorded(shop: type[Client]) -> None:
    recording = Recording.model_validate(json.loads(block("json")))
    environment = environment_of(shop)
    script = Script(Playback(recording, shop, environment))
    client = shop(kit_for(shop, script, env=environment))
    order = await perform(client, "get_order", **recording.params)
    assert order.model_dump(mode="json") == {
        "id": "o-17",
        "total_eur": 12.5,
        "placed_at": "2026-01-31T12:00:00Z",
    }
    assert [one.name for one in shop.operations.values()] == ["shop.get_order"]
    await client.aclose()
