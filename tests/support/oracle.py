"""Vendors' own OpenAPI files, as judges of what our clients send and what recordings answer.

The files lie beside the repository (``../shared/specs``); where they don't, tests skip.
"""

import contextlib
import json
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import pytest
from openapi_core import OpenAPI
from openapi_core.templating.responses.exceptions import ResponseNotFound
from openapi_core.testing import MockRequest, MockResponse

from clients._http import HttpRequest, HttpResponse

SPECS: Final = Path(__file__).parents[3] / "shared" / "specs"


class Oracle:
    """One vendor's file."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self._api = OpenAPI.from_dict(document)

    def judge(self, request: HttpRequest, response: HttpResponse) -> None:
        """Raise what the file has against a request or the answer to it."""
        asked = _as_mock(request)
        self._api.validate_request(asked)
        kind = response.headers.get("content-type", "application/json").partition(";")[0]
        with contextlib.suppress(ResponseNotFound):  # vendors list few of their refusals
            answer = MockResponse(response.body, response.status, {}, kind)
            self._api.validate_response(asked, answer)


@cache
def oracle(name: str) -> Oracle:
    """Return the judge in ``<vendor>/<file>.json``."""
    path = SPECS / name
    if not path.is_file():
        pytest.skip(f"{name} is not beside the repository: only the project's own machines have it")
    return Oracle(json.loads(path.read_text(encoding="utf-8")))


def _as_mock(request: HttpRequest) -> MockRequest:
    parts = urlsplit(request.url)
    args: dict[str, list[str]] = {}
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        args.setdefault(name, []).append(value)
    headers = dict(request.headers)
    return MockRequest(
        f"{parts.scheme}://{parts.netloc}",
        request.method.lower(),
        parts.path,
        args=args,
        headers=headers,
        data=request.body or None,
        content_type=headers.get("Content-Type", ""),
    )
