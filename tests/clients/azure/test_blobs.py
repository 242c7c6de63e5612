"""Blob storage: addresses, XML, headers, refusals without JSON."""

import base64
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from pydantic import ValidationError

from clients._environment import Environment
from clients._http import HttpResponse
from clients.azure import Azure
from contracts import BadUpstreamReply, InvalidRequest, UpstreamRejected, UpstreamUnauthorized
from contracts.azure import Blob, BlobContent, Blobs, Deleted
from tests.support.clock import QuickClock
from tests.support.kit import (
    Playback,
    Script,
    apart,
    environment_of,
    kit_for,
    perform,
    recording,
    reply,
    target_of,
)

AT: Final[dict[str, Any]] = {"container": "spores", "blob": "2026/bay-2.csv"}
DATA: Final = base64.b64encode(b"site,count").decode()
STORED: Final = reply(b"", 201, etag='"0x1"', last_modified="Mon, 02 Mar 2026 09:14:00 GMT")
COPY: Final[dict[str, Any]] = {"container": "archive", "blob": "b", "source_container": "spores"}


def client_of(*answers: Any, clock: QuickClock | None = None) -> tuple[Azure, Script]:  # noqa: ANN401
    """A client that is answered from a script, and always has a token."""
    script = Script(*answers)
    return Azure(kit_for(Azure, apart(Azure, script), clock=clock or QuickClock())), script


async def sent(operation: str, answer: HttpResponse = STORED, **params: Any) -> dict[str, str]:  # noqa: ANN401
    """The headers that leave."""
    client, script = client_of(answer)
    await perform(client, operation, **params)
    return dict(script.sent[0].headers)


ACCOUNTS: Final = [
    ({"AZURE_STORAGE_ACCOUNT": "lab"}, "https://lab.blob.core.windows.net"),
    (
        {"AZURE_BLOB_URL": "https://lab.blob.core.chinacloudapi.cn/"},
        "https://lab.blob.core.chinacloudapi.cn",
    ),
    ({"AZURE_BLOB_URL": "http://127.0.0.1:10000/lab"}, "http://127.0.0.1:10000/lab"),
]


@pytest.mark.parametrize(("env", "address"), ACCOUNTS)
def test_an_account_is_a_name_or_an_address(env: dict[str, str], address: str) -> None:
    assert Azure.upstreams["blob"].address(Environment(env)) == address


async def test_every_call_has_its_version_and_date() -> None:
    client, script = client_of(STORED)
    await perform(client, "set_blob_metadata", **AT, metadata={})
    headers = dict(script.sent[0].headers)
    assert headers["x-ms-version"] == "2021-10-04"
    assert headers["x-ms-date"].endswith(" GMT")


async def test_what_a_blob_is_stored_with() -> None:
    params = {**AT, "data": DATA, "media_type": "text/csv", "metadata": {"site": "bay 2"}}
    headers = await sent("put_blob", **params, access_tier="Cool", if_match='"0x1"')
    assert headers == headers | {
        "x-ms-blob-type": "BlockBlob",
        "Content-Type": "text/csv",
        "x-ms-meta-site": "bay 2",
        "x-ms-access-tier": "Cool",
        "If-Match": '"0x1"',
    }
    assert "If-None-Match" not in headers
    headers = await sent("put_blob", **params, create_only=True)
    assert headers["If-None-Match"] == "*"


BAD: Final[list[tuple[str, dict[str, Any]]]] = [
    ("put_blob", {"data": DATA, "metadata": {"site": "a\r\nx-ms-evil: 1"}}),
    ("put_blob", {"data": DATA, "metadata": {"a b": "1"}}),
    ("put_blob", {"data": DATA, "media_type": "text/csv\r\nx: 1"}),
    ("put_blob", {"data": DATA, "if_match": '"a\r\n"'}),
    ("put_blob", {"data": base64.b64encode(b"x" * 180_001).decode()}),
    ("put_block", {"data": DATA, "block_id": "a/b"}),
    ("get_blob", {"length": 5}),
    ("get_blob", {"container": "a/b"}),
]


@pytest.mark.parametrize(("operation", "params"), BAD)
async def test_what_no_header_may_hold(operation: str, params: dict[str, Any]) -> None:
    client, script = client_of()
    with pytest.raises(ValidationError):
        await perform(client, operation, **{**AT, **params})
    assert not script.sent


async def test_a_folder_stays_inside_its_container() -> None:
    client, script = client_of(STORED)
    await perform(client, "set_blob_metadata", **AT, metadata={})
    assert target_of(script.sent[0]) == "/spores/2026%2Fbay-2.csv?comp=metadata"
    with pytest.raises(InvalidRequest):
        await perform(client, "set_blob_metadata", container="spores", blob="..", metadata={})


PIECES: Final = [
    ({"offset": 0, "length": 4}, "bytes=0-3"),
    ({"offset": 10}, "bytes=10-"),
    ({}, None),
]


@pytest.mark.parametrize(("params", "asked"), PIECES)
async def test_a_piece_of_a_blob(params: dict[str, Any], asked: str | None) -> None:
    headers = await sent("get_blob", STORED, **AT, **params)
    assert headers.get("x-ms-range") == asked


async def test_a_piece_tells_the_whole_s_size() -> None:
    one = recording(Azure, "get_blob.piece")
    client, _ = client_of(one.exchanges[0].response.at())
    found = await perform(client, "get_blob", **one.params)
    assert isinstance(found, BlobContent)
    assert (found.data, found.size, found.whole_size) == (b"site", 4, 14)


async def test_a_head_tells_size_and_metadata() -> None:
    headers = {"content-length": "14", "x-ms-meta-site": "bay 2", "x-ms-blob-type": "BlockBlob"}
    client, script = client_of(HttpResponse(200, {**STORED.headers, **headers}, b""))
    found = await perform(client, "get_blob_properties", **AT)
    assert isinstance(found, Blob)
    assert script.sent[0].method == "HEAD"
    assert (found.name, found.size, found.metadata) == (AT["blob"], 14, {"site": "bay 2"})
    assert found.last_modified == datetime(2026, 3, 2, 9, 14, tzinfo=UTC)


async def test_a_copy_comes_from_our_own_account() -> None:
    answer = reply(b"", 202, etag='"1"', x_ms_copy_id="c", x_ms_copy_status="pending")
    for source in ("2026/bay-2.csv", "https://attacker.test/x"):
        headers = await sent("copy_blob", answer, **COPY, source_blob=source)
        assert headers["x-ms-copy-source"].startswith(
            "https://mycosamples.blob.core.windows.net/spores/"
        )
    assert headers["x-ms-copy-source"].endswith("/spores/https%3A%2F%2Fattacker.test%2Fx")


async def test_blocks_are_named_in_base64() -> None:
    client, script = client_of(STORED)
    await perform(client, "put_block_list", **AT, block_ids=["0001", "0002"])
    assert b"<Latest>MDAwMQ==</Latest><Latest>MDAwMg==</Latest>" in script.sent[0].body


async def listed(case: str) -> Blobs:
    """A recorded list."""
    one = recording(Azure, f"list_blobs.{case}")
    client, _ = client_of(Playback(one, Azure, environment_of(Azure)))
    found = await perform(client, "list_blobs", **one.params)
    assert isinstance(found, Blobs)
    return found


async def test_a_list_of_blobs() -> None:
    first, second = (await listed("success")).results
    assert (first.name, first.size, first.media_type) == (AT["blob"], 14, "text/csv")
    assert first.etag == '"0x8DBF1B6E2C3D4E5"'
    assert second.name == "2026/odd\ufffe.csv"


async def test_folders_beside_blobs() -> None:
    found = await listed("folders")
    assert ([one.name for one in found.results], found.prefixes) == (["read.me"], ["2026/"])
    assert found.next_cursor is None


BOMB: Final = b'<!DOCTYPE a [<!ENTITY b "b">]><EnumerationResults>&b;</EnumerationResults>'
NO_LISTS: Final = [
    BOMB,
    b"<html/>",
    b"{}",
    b"",
    b"<EnumerationResults><Blobs><Blob/></Blobs></EnumerationResults>",
]


@pytest.mark.parametrize("body", NO_LISTS)
async def test_what_is_no_list(body: bytes) -> None:
    client, _ = client_of(reply(body))
    with pytest.raises(BadUpstreamReply):
        await perform(client, "list_blobs", container="spores")


def error(status: int, code: str, body: bytes | None = None) -> HttpResponse:
    """A refusal."""
    xml = f"<Error><Code>{code}</Code><Message>No.\nRequestId:1\nTime:2</Message></Error>"
    return reply(xml.encode() if body is None else body, status, x_ms_error_code=code)


REFUSALS: Final = [
    (error(404, "BlobNotFound"), UpstreamRejected, "HTTP 404: BlobNotFound No.$"),
    (error(404, "BlobNotFound", b""), UpstreamRejected, "HTTP 404: BlobNotFound$"),
    (error(404, "BlobNotFound", BOMB), UpstreamRejected, "HTTP 404: BlobNotFound$"),
    (error(403, "AuthorizationPermissionMismatch"), UpstreamRejected, "PermissionMismatch"),
    (error(403, "AuthenticationFailed"), UpstreamUnauthorized, "AuthenticationFailed"),
    (error(401, "NoAuthenticationInformation"), UpstreamUnauthorized, "HTTP 401"),
]


@pytest.mark.parametrize(("answer", "kind", "words"), REFUSALS)
async def test_refusals_are_xml(answer: HttpResponse, kind: type[Exception], words: str) -> None:
    client, _ = client_of(lambda _: answer)
    with pytest.raises(kind, match=words):
        await perform(client, "get_blob", **AT)


async def test_a_busy_server_is_waited_for() -> None:
    clock = QuickClock()
    client, script = client_of(error(503, "ServerBusy"), reply(b"", 202), clock=clock)
    gone = await perform(client, "delete_blob", **AT)
    assert gone == Deleted(**AT)
    assert len(script.sent) == 2
    assert clock.passed >= 1
    assert dict(script.sent[0].headers)["x-ms-delete-snapshots"] == "include"
