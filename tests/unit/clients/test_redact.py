"""No secret in any text."""

import base64
import html
import json
import time
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest

from clients._redact import MASK, Redactor

SECRET = "s3same ö/+?key'\\x"
KEY = "live-key-12345678"
FORMS = [
    SECRET,
    SECRET.upper(),
    quote(SECRET, safe=""),
    quote(SECRET, safe="").lower(),
    quote(SECRET),
    quote_plus(SECRET),
    quote(quote(SECRET, safe=""), safe=""),
    quote(quote(quote(SECRET)), safe=""),
    json.dumps(quote_plus(SECRET, safe="'"))[1:-1],
    json.dumps(json.dumps(SECRET))[3:-3],
    html.escape(html.escape(SECRET)),
    html.escape(SECRET),
    json.dumps(SECRET)[1:-1],
    repr(SECRET)[1:-1],
    SECRET.encode().hex(),
    quote(SECRET, safe="").encode().hex(),
    base64.b64encode(quote(SECRET, safe="").encode()).decode().rstrip("="),
    SECRET.encode().hex().upper(),
    base64.b64encode(SECRET.encode()).decode().rstrip("="),
    base64.urlsafe_b64encode(SECRET.encode()).decode().rstrip("="),
]


@pytest.mark.parametrize("form", FORMS)
def test_a_secret_is_masked_in_every_form(form: str) -> None:
    assert Redactor([SECRET])(f"before {form} after") == f"before {MASK} after"


@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
@pytest.mark.parametrize("before", ["", "u", "us", "use", "user:"])
def test_a_secret_is_masked_inside_something_longer_in_base64(
    before: str, encode: Callable[[bytes], bytes]
) -> None:
    after = ", and more"
    inside = encode(f"{before}{KEY}{after}".encode()).decode()
    edges = 4 + len(encode(f"{before}{after}".encode()))
    for clean in (Redactor([KEY])(inside), json.loads(clean_of(inside, KEY))):
        assert MASK in clean
        assert len(clean.replace(MASK, "")) <= edges


@pytest.mark.parametrize("cut", [KEY[:8], KEY[:12], KEY])
def test_a_long_secret_that_somebody_has_cut_is_masked(cut: str) -> None:
    assert Redactor([KEY])(f"bad key '{cut}…'") == f"bad key '{MASK}…'"


def test_results_keep_what_only_begins_like_a_secret() -> None:
    assert json.loads(clean_of(f"{KEY[:8]} and more", KEY)) == f"{KEY[:8]} and more"


def test_a_key_file_is_masked_in_all_its_parts() -> None:
    lines = ["M" + "ab3" * 21, "Q" + "cd4" * 21]
    key = "\n".join(["-----BEGIN PRIVATE KEY-----", *lines, "-----END PRIVATE KEY-----"])
    account = {"type": "service_account", "private_key": key, "private_key_id": "f00dbabe11"}
    redact = Redactor([json.dumps(account | {"client_email": "a@b.test", "n": 1})])
    assert redact(f"{lines[0]} {lines[1]} f00dbabe11") == f"{MASK} {MASK} {MASK}"
    assert redact("a@b.test -----BEGIN") == "a@b.test -----BEGIN"
    assert Redactor(["{not json"])("{not json, no") == f"{MASK}, no"


def test_bytes_that_are_no_json_are_rid_of_secrets() -> None:
    redact = Redactor()
    redact.learn([KEY])
    body = b"\xff\x00" + KEY.encode() + b"\x00"
    assert redact.content(body) == b"\xff\x00***\x00"
    clean = b"\xff\x00"
    assert redact.content(clean) is clean


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


def clean_of(body: object, *secrets: str, accounts: tuple[str, ...] = ()) -> str:
    redact = Redactor()
    redact.learn(secrets, accounts)
    return redact.result(json.dumps(body, ensure_ascii=False).encode()).decode()


@pytest.mark.parametrize("form", FORMS)
def test_a_result_has_no_secret_in_any_form(form: str) -> None:
    body = {"a": [1, None, {"b": f"x {form}", form: True}], "big": 2**70, "low": 0.1}
    assert json.loads(clean_of(body, SECRET)) == {
        "a": [1, None, {"b": f"x {MASK}", MASK: True}],
        "big": 2**70,
        "low": 0.1,
    }


@pytest.mark.parametrize("secret", ['quo"te\\and\nmore', "12345678", "null,null", '"name":"x"'])
def test_a_result_stays_json_whatever_the_secret_is(secret: str) -> None:
    body = {"name": "x", "n": 12345678, "none": [None, None], "said": f"<{secret}>"}
    expected = body | {"said": f"<{MASK}>"}
    assert json.loads(clean_of(body, secret)) == expected


def test_a_result_without_a_secret_is_the_same_bytes() -> None:
    redact = Redactor(["the hub's own"])
    body = b'{"a": "the hub\'s own"}'
    assert redact.result(body) is body
    redact.learn([KEY])
    assert redact.result(body) is body


def test_a_result_may_have_words_and_the_names_of_accounts() -> None:
    body = {"sid": "AC-account-1", "role": "admin"}
    assert (
        json.loads(clean_of(body, "AC-account-1", "admin", KEY, accounts=("AC-account-1",))) == body
    )


def test_each_vendor_s_results_are_searched_for_its_own_secrets() -> None:
    redact = Redactor()
    ours, others = redact.apart(), redact.apart()
    ours.learn([KEY])
    assert others(KEY) == redact(KEY) == MASK
    body = json.dumps(KEY).encode()
    assert ours.result(body) == b'"***"'
    assert others.result(body) is body


def test_a_tree_has_no_secret_in_its_names_and_texts() -> None:
    redact = Redactor(['a"b\\c'])
    assert redact.tree({'x a"b\\c': [1, None, 'a"b\\c']}) == {"x ***": [1, None, MASK]}


def passing(numbers: range) -> list[str]:
    return [f"{number:06}-fetched" for number in numbers]


def test_what_was_fetched_is_forgotten_once_many_others_were_used() -> None:
    redact = Redactor()
    ours, others = redact.apart(), redact.apart()
    ours.learn([KEY])
    others.learn_passing(["of-both-vendors"])
    first, second, *_, last = passing(range(1000))
    for one in passing(range(1000)):
        ours.learn_passing([one, first, KEY, "of-both-vendors"])
    ours.learn_passing(passing(range(1000, 1040)))
    assert redact(f"{KEY} of-both-vendors") == f"{MASK} {MASK}"
    assert ours.content(f"{KEY} of-both-vendors".encode()) == f"{MASK} of-both-vendors".encode()
    assert redact(f"{first} {second} {last}") == f"{first} {second} {last}"


def test_the_token_in_use_and_the_few_before_are_known() -> None:
    redact = Redactor()
    used, *later = passing(range(1000))
    for one in later:
        redact.learn_passing([used])
        redact.learn_passing([one])
    for one in (used, *later[-10:]):
        assert redact(f"<{one}>") == f"<{MASK}>"
        assert redact.result(json.dumps(one).encode()) == b'"***"'


def test_the_thousandth_token_costs_as_much_as_the_first() -> None:
    def cost(tokens: range) -> float:
        redact = Redactor()
        for one in passing(tokens):
            redact.learn_passing([one])
        began = time.thread_time()
        redact.result(b'{"a": "b"}')
        redact.learn_passing(["another-fetched-token"])
        redact.result(b'{"a": "b"}')
        return time.thread_time() - began

    assert cost(range(1000)) < 10 * max(cost(range(40)) for _ in range(3))
