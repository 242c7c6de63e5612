"""No secret in any text."""

import base64
from urllib.parse import quote, quote_plus

import pytest

from clients._redact import MASK, Redactor

SECRET = "s3same ö/+?key"
FORMS = [
    SECRET,
    SECRET.upper(),
    quote(SECRET, safe=""),
    quote_plus(SECRET),
    SECRET.encode().hex(),
    base64.b64encode(SECRET.encode()).decode(),
    base64.urlsafe_b64encode(SECRET.encode()).decode().rstrip("="),
]


@pytest.mark.parametrize("form", FORMS)
def test_a_secret_is_masked_in_every_form(form: str) -> None:
    assert Redactor([SECRET])(f"before {form} after") == f"before {MASK} after"


def test_the_longest_goes_first() -> None:
    assert Redactor(["abcd", "abcdefgh"])("abcdefgh abcd") == f"{MASK} {MASK}"


def test_what_is_short_or_unknown_stays() -> None:
    assert Redactor(["abc", ""])("abc abcd") == "abc abcd"
    assert Redactor()("abc") == "abc"


def test_it_learns() -> None:
    redact = Redactor(["first"])
    redact.learn(["second"])
    redact.learn(["second", "no"])
    assert redact("first second no") == f"{MASK} {MASK} no"
