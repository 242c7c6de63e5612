"""Blob storage: XML, headers, and dates of RFC 1123 in the contract's shape."""

import base64
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import unquote
from xml.etree.ElementTree import Element, SubElement, tostring

from clients._body import Body
from clients._http import HttpResponse
from clients._reading import xml
from contracts import Failure, UpstreamRejected, UpstreamUnauthorized

_META: Final = "x-ms-meta-"
_NO_TOKEN: Final = frozenset({"AuthenticationFailed", "InvalidAuthenticationInfo"})
_FORBIDDEN: Final = 403
_PLAIN: Final = frozenset({401, 429})
"""Statuses that say all."""


def refused(answer: HttpResponse) -> Failure | None:
    """Return what a refusal's header and XML say; None where it is none of Blob storage's."""
    code = answer.headers.get("x-ms-error-code")
    if not code or answer.status in _PLAIN:
        return None
    text = f"HTTP {answer.status}: {code} {_message(answer.body)}".rstrip()
    if answer.status == _FORBIDDEN and code in _NO_TOKEN:
        return UpstreamUnauthorized(text)
    return UpstreamRejected(text)


def containers(answer: HttpResponse) -> dict[str, Any]:
    """Return a page of containers."""
    root = _results(answer)
    return {
        "results": [_container(one) for one in root.iterfind("Containers/Container")],
        "next_cursor": _text(root, "NextMarker"),
    }


def blobs(answer: HttpResponse) -> dict[str, Any]:
    """Return a page of blobs, and the folders beside them."""
    root = _results(answer)
    return {
        "results": [_blob(one) for one in root.iterfind("Blobs/Blob")],
        "prefixes": [_name(one) for one in root.iterfind("Blobs/BlobPrefix")],
        "next_cursor": _text(root, "NextMarker"),
    }


def properties(name: str, answer: HttpResponse) -> dict[str, Any]:
    """Return a blob from its headers."""
    said = answer.headers
    return {
        **stored(answer),
        "name": name,
        "size": said.get("content-length"),
        "media_type": said.get("content-type"),
        "created_at": _date(said.get("x-ms-creation-time")),
        "blob_type": said.get("x-ms-blob-type"),
        "access_tier": said.get("x-ms-access-tier"),
        "metadata": {k.removeprefix(_META): v for k, v in said.items() if k.startswith(_META)},
    }


def content(answer: HttpResponse) -> dict[str, Any]:
    """Return a blob's bytes; of a piece the whole's size stands behind the slash."""
    whole = answer.headers.get("content-range", "").rpartition("/")[2]
    kind = answer.headers.get("content-type") or "application/octet-stream"
    size = len(answer.body)
    body = {"media_type": kind, "data": answer.body, "size": size, "whole_size": whole or size}
    return stored(answer) | body


def stored(answer: HttpResponse) -> dict[str, Any]:
    """Return the state of a blob or container that an answer's headers tell."""
    said = answer.headers
    return {"etag": said.get("etag"), "last_modified": _date(said.get("last-modified"))}


def copied(answer: HttpResponse) -> dict[str, Any]:
    """Return how far a copy has come."""
    said = answer.headers
    return {
        "etag": said.get("etag"),
        "copy_id": said.get("x-ms-copy-id"),
        "copy_status": said.get("x-ms-copy-status"),
    }


def metadata(values: Mapping[str, str]) -> dict[str, str]:
    """Return metadata as headers."""
    return {f"{_META}{name}": value for name, value in values.items()}


def block(name: str) -> str:
    """Return a block's id as Azure wants it: Base64."""
    return base64.b64encode(name.encode()).decode()


def block_list(names: list[str]) -> Body:
    """Return the body that makes a blob of the blocks put last under these names."""
    root = Element("BlockList")
    for name in names:
        SubElement(root, "Latest").text = block(name)
    return Body(tostring(root, "utf-8", xml_declaration=True), "application/xml")


def _results(answer: HttpResponse) -> Element:
    root = xml(answer.body)
    if root.tag != "EnumerationResults":
        raise ValueError("it is no EnumerationResults")
    return root


def _container(one: Element) -> dict[str, Any]:
    return {
        "name": _name(one),
        "etag": _etag(one),
        "last_modified": _date(_text(one, "Properties/Last-Modified")),
        "lease_state": _text(one, "Properties/LeaseState"),
        "public_access": _text(one, "Properties/PublicAccess"),
    }


def _blob(one: Element) -> dict[str, Any]:
    return {
        "name": _name(one),
        "etag": _etag(one),
        "last_modified": _date(_text(one, "Properties/Last-Modified")),
        "created_at": _date(_text(one, "Properties/Creation-Time")),
        "size": _text(one, "Properties/Content-Length"),
        "media_type": _text(one, "Properties/Content-Type"),
        "blob_type": _text(one, "Properties/BlobType"),
        "access_tier": _text(one, "Properties/AccessTier"),
    }


def _name(one: Element) -> str | None:
    found = one.find("Name")
    if found is None or not found.text:
        return None
    # what XML cannot hold comes quoted
    return unquote(found.text) if found.get("Encoded") == "true" else found.text


def _text(one: Element, path: str) -> str | None:
    return one.findtext(path) or None


def _etag(one: Element) -> str | None:
    # some lists leave out the quotes that belong to it (RFC 9110, 8.8.3)
    said = _text(one, "Properties/Etag")
    return f'"{said}"' if said and not said.endswith('"') else said


def _date(text: str | None) -> datetime | None:
    return parsedate_to_datetime(text) if text else None


def _message(body: bytes) -> str:
    try:
        said = xml(body).findtext("Message") or ""
    except ValueError:
        return ""
    # its further lines are the request's own id and time
    return said.strip().partition("\n")[0]
