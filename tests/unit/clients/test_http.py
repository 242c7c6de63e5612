import traceback
from typing import get_args

import pytest

from clients._http import HttpRequest, HttpResponse, Kind, Mark, TransportError

SECRET = "s3cr3t"
REQUEST = HttpRequest("PUT", f"https://host/{SECRET}", (("X-Key", SECRET),), SECRET.encode(), 5.0)


def test_a_request_sent_again_is_the_same_with_a_mark_of_its_own() -> None:
    first = HttpRequest("PUT", "https://host/", (("A", "b"),), b"c", 5.0, fresh=True)
    first.mark.sent = True
    again = first.within(2.5)
    assert again == HttpRequest("PUT", "https://host/", (("A", "b"),), b"c", 2.5, fresh=True)
    assert again.mark == Mark(sent=False)


@pytest.mark.parametrize("shown", [REQUEST, HttpResponse(200, {"set-cookie": SECRET}, b"s3cr3t")])
def test_no_repr_shows_a_secret(shown: object) -> None:
    assert SECRET not in repr(shown)


@pytest.mark.parametrize("kind", get_args(Kind))
def test_every_kind_of_error_has_words(kind: Kind) -> None:
    error = TransportError(kind, sent=True)
    assert (error.kind, error.sent) == (kind, True)
    assert len(str(error)) > 10
    assert not str(error).endswith(".")


def test_an_error_tells_its_detail() -> None:
    error = TransportError("connect", sent=False, detail="ConnectionRefusedError")
    assert "".join(traceback.format_exception(error)) == (
        "clients._http.TransportError: no connection; check that it runs and can be reached "
        "from here (ConnectionRefusedError)\n"
    )
