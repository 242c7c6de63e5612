import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from jsonschema.validators import validator_for

from service.generate.asyncapi import document
from service.generate.schemas import requests

ROOT = Path(__file__).parents[4]
OFFICIAL = ROOT / ".venv/asyncapi/node_modules/@asyncapi/specs/schemas/3.0.0.json"


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    return document(list(requests()))


def test_the_official_schema_accepts_it(told: dict[str, Any]) -> None:
    if not OFFICIAL.is_file():
        reason = "scripts/test installs @asyncapi/specs where there is npm; it is not there"
        must = os.environ.get("CI") == "true" and shutil.which("npm")
        pytest.fail(reason) if must else pytest.skip(reason)
    official = json.loads(OFFICIAL.read_text())
    validator_for(official)(official).validate(told)


def test_every_reference_leads_somewhere(told: dict[str, Any]) -> None:
    for target in references(told):
        if target.startswith("#/"):
            found: Any = told
            for part in target[2:].split("/"):
                found = found[part]
        else:
            assert (ROOT / "contracts" / target).is_file(), target


def test_each_operation_is_asked_and_answered(told: dict[str, Any]) -> None:
    one = told["operations"]["notion.get_page"]
    assert one["action"] == "receive"
    assert one["reply"]["address"] == {"location": "$message.header#/reply_to"}
    assert told["channels"]["notion.get_page"]["bindings"]["amqp"]["exchange"]["name"] == (
        "hub.requests"
    )


def references(part: object) -> list[str]:
    if isinstance(part, list):
        return [found for one in part for found in references(one)]
    if not isinstance(part, dict):
        return []
    own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
    return own + [found for one in part.values() for found in references(one)]
