"""No secret in any text."""

import base64
import json
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


KEY = "live-key-12345678"


def clean(body: object, *secrets: str, accounts: tuple[str, ...] = ()) -> str:
    redact = Redactor()
    redact.learn(secrets, accounts)
    return redact.result(json.dumps(body, ensure_ascii=False).encode()).decode()


@pytest.mark.parametrize("form", FORMS)
def test_a_result_has_no_secret_in_any_form(form: str) -> None:
    body = {"a": [1, None, {"b": f"x {form}", form: True}], "big": 2**70, "low": 0.1}
    assert json.loads(clean(body, SECRET)) == {
        "a": [1, None, {"b": f"x {MASK}", MASK: True}],
        "big": 2**70,
        "low": 0.1,
    }


@pytest.mark.parametrize("secret", ['quo"te\\and\nmore', "12345678", "null,null", '"name":"x"'])
def test_a_result_stays_json_whatever_the_secret_is(secret: str) -> None:
    body = {"name": "x", "n": 12345678, "none": [None, None], "said": f"<{secret}>"}
    expected = body | {"said": f"<{MASK}>"}
    assert json.loads(clean(body, secret)) == expected


def test_a_result_without_a_secret_is_the_same_bytes() -> None:
    redact = Redactor(["the hub's own"])
    body = b'{"a": "the hub\'s own"}'
    assert redact.result(body) is body
    redact.learn([KEY])
    assert redact.result(body) is body


def test_a_result_may_have_words_and_the_names_of_accounts() -> None:
    body = {"sid": "AC-account-1", "role": "admin"}
    assert json.loads(clean(body, "AC-account-1", "admin", KEY, accounts=("AC-account-1",))) == body


def test_each_vendor_s_results_are_searched_for_its_own_secrets() -> None:
    redact = Redactor()
    ours, others = redact.apart(), redact.apart()
    ours.learn([KEY])
    assert others(KEY) == redact(KEY) == MASK
    body = json.dumps(KEY).encode()
    assert ours.result(body) == b'"***"'
    assert others.result(body) is body
