import json
from pathlib import Path

import pytest

from service.generate.contract_files import generate, problems, release, released, write


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("contracts")
    write(place)
    assert not released(place)
    assert release(place) == len(generate()) - 1
    assert released(place)
    return place


def test_what_is_committed_is_fresh() -> None:
    assert problems() == []


def test_each_operation_has_a_request_and_a_reply_schema() -> None:
    files = generate()
    request = files["schemas/notion/get_page.request.json"]
    assert request["additionalProperties"] is False
    assert request["required"] == ["page_id"]
    assert request["$id"] == "urn:hub:schema:notion.get_page:request:v1"
    assert "schemas/notion/get_page.reply.json" in files
    assert "asyncapi.json" in files


def test_a_fresh_folder_has_no_problems(folder: Path) -> None:
    assert problems(folder) == []


def test_a_stale_file_a_stranger_and_a_broken_promise_are_named(folder: Path) -> None:
    request = folder / "schemas/notion/get_page.request.json"
    good = request.read_text()
    request.write_text("{}")
    (folder / "schemas/notion/gone.request.json").write_text("{}")
    kept = folder / "released.json"
    promised = json.loads(kept.read_text())
    promised["schemas/notion/get_page.request.json"]["properties"]["old"] = {"type": "string"}
    kept.write_text(json.dumps(promised))
    assert problems(folder) == [
        "contracts/schemas/notion/get_page.request.json is stale.",
        "contracts/schemas/notion/gone.request.json belongs to no operation.",
        "schemas/notion/get_page.request.json: old is gone.",
    ]
    write(folder)
    assert request.read_text() == good
    assert not (folder / "schemas/notion/gone.request.json").exists()
