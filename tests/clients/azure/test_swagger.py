"""Azure's own file for Blob storage (Swagger 2.0) as judge of what we send."""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest

from clients import _recordings
from clients._http import HttpRequest
from clients._recordings import Recording
from clients.azure import Azure
from contracts import UpstreamRejected
from tests.support.clock import QuickClock
from tests.support.kit import Playback, Script, apart, environment_of, kit_for, perform

FILE: Final = Path(__file__).parents[4] / "shared/specs/azure/blob-storage-2021-10-04.json"
CASES: Final = [one for one in _recordings.load("azure") if one.exchanges[0].upstream == "blob"]
OURS: Final = frozenset({"authorization", "x-ms-date", "content-type"})
"""Headers of which the file does not speak operation by operation."""

pytestmark = pytest.mark.skipif(
    not FILE.is_file(), reason="Azure's file is not here: ../shared/specs is absent"
)


@cache
def spec() -> dict[str, Any]:
    """The file."""
    found: dict[str, Any] = json.loads(FILE.read_bytes())
    return found


def described(operation: str) -> tuple[str, str, list[dict[str, Any]]]:
    """Method, path and parameters of an operation of the file."""
    for path, methods in {**spec()["paths"], **spec()["x-ms-paths"]}.items():
        for method, one in methods.items():
            if isinstance(one, dict) and one.get("operationId") == operation:
                every = [*methods.get("parameters", []), *one["parameters"]]
                return method.upper(), path.partition("?")[0], [_whole(each) for each in every]
    raise AssertionError(f"The file has no {operation}")


def _whole(parameter: dict[str, Any]) -> dict[str, Any]:
    name = parameter.get("$ref", "").rpartition("/")[2]
    return spec()["parameters"][name] if name else parameter


async def asked(one: Recording) -> HttpRequest:
    """What the client sends for a recorded case."""
    env = environment_of(Azure)
    script = Script(Playback(one, Azure, env))
    client = Azure(kit_for(Azure, apart(Azure, script), env=env, clock=QuickClock()))
    try:
        await perform(client, one.operation, **one.params)
    except UpstreamRejected:
        assert one.code
    return script.sent[0]


@pytest.mark.parametrize("one", CASES, ids=lambda one: one.name)
async def test_what_we_send(one: Recording) -> None:
    file, _, operation = one.origin.ref.partition("#")
    assert file == "azure/blob-storage-2021-10-04.json"
    request = await asked(one)
    method, path, parameters = described(operation)
    parts = urlsplit(request.url)
    assert request.method == method
    assert parts.path.count("/") == path.count("/")
    _judged(dict(parse_qsl(parts.query)), "query", parameters)
    headers = {name.lower(): value for name, value in request.headers}
    _judged({n: v for n, v in headers.items() if n not in OURS}, "header", parameters)
    names = {"containerName": one.params.get("container"), "blob": one.params.get("blob")}
    for hole, value in zip(path.split("/"), parts.path.split("/"), strict=True):
        assert unquote(value) == names.get(hole.strip("{}"), hole)


def _judged(said: dict[str, str], place: str, parameters: list[dict[str, Any]]) -> None:
    known = {one["name"].lower(): one for one in parameters if one["in"] == place}
    needed = {name for name, one in known.items() if one.get("required")} - {"content-length"}
    assert needed <= said.keys()
    for name, value in said.items():
        one = known["x-ms-meta" if name.startswith("x-ms-meta-") else name]
        assert value in one.get("enum", [value])


def test_our_judge_is_strict() -> None:
    _, _, parameters = described("BlockBlob_Upload")
    with pytest.raises(AssertionError):
        _judged({}, "header", parameters)
    with pytest.raises(KeyError):
        _judged({"x-ms-blob-type": "BlockBlob", "odd": "1"}, "header", parameters)
