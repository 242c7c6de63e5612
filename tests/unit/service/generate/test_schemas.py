from pathlib import Path

import pytest

from clients import _registry
from clients.notion import Notion
from contracts.notion import GetPage
from service.generate.schemas import own_clients, reply_schema, request_schema, requests


def test_only_the_hubs_own_are_generated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = tmp_path / "toy-1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: toy\nVersion: 1.0\n")
    group = "[integration_hub.clients]\ntoy = tests.support.toy:Toy\n"
    (told / "entry_points.txt").write_text(group)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert "toy" in _registry.names()
    assert "toy" not in {one.name for one in own_clients()}
    assert Notion in [*own_clients()]
    assert GetPage in [*requests()]
    assert {one.__module__.partition(".")[0] for one in requests()} == {"contracts"}


def test_names_are_those_on_the_wire() -> None:
    assert request_schema(GetPage)["$id"] == "urn:hub:schema:notion.get_page:request:v1"
    assert "created_time" in reply_schema(GetPage)["properties"]
