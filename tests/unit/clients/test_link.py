"""Addresses that a vendor gives are followed below the upstream's own, and nowhere else."""

import pytest

from clients._link import below, query_of

BASE = "https://api.test/v1"
FINE: list[tuple[str, str, str]] = [
    (BASE, "https://api.test/v1/things?page=2", "/things?page=2"),
    (BASE, "https://api.test/v1", ""),
    (BASE, "https://API.test:443/v1/a%2Fb", "/a%2Fb"),
    (BASE, "/v1/things?page=2&x=%7Bid%7D", "/things?page=2&x=%7Bid%7D"),
    (BASE, "https://api.test/v1?page=2", "?page=2"),
    (BASE, "https://api.test/v1/{id}", "/{id}"),
    ("http://127.0.0.1:8000", "http://127.0.0.1:8000/x", "/x"),
]


@pytest.mark.parametrize(("base", "said", "expected"), FINE)
def test_what_lies_below(base: str, said: str, expected: str) -> None:
    assert below(base, said) == expected


@pytest.mark.parametrize(
    "said",
    [
        "",
        "things",
        "http://api.test/v1/things",
        "https://api.test:8443/v1/things",
        "https://attacker.test/v1/things",
        "https://api.test.attacker.test/v1/things",
        "https://api.test@attacker.test/v1/things",
        "https://me:pw@api.test/v1/things",
        "//attacker.test/v1/things",
        "/\\attacker.test/v1",
        "\\\\attacker.test\\v1",
        "https://api.test/v2/things",
        "https://api.test/v10",
        "https://api.test/v1/../v2",
        "https://api.test/v1/%2e%2e/v2",
        "https://api.test/v1/%252e%252e/v2",
        "https://api.test/v1/./things",
        "https://api.test/v1/a b",
        "https://api.test/v1/a\r\nX: 1",
        "https://api.test/v1/\u00e4",
        "https://api.test:port/v1/x",
        "https://[::1/v1",
        f"https://api.test/v1/{'a' * 9000}",
    ],
)
def test_what_leads_away_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        below(BASE, said)


def test_a_fragment_stays_behind() -> None:
    assert below(BASE, "https://api.test/v1/a?b=1#c") == "/a?b=1"


def test_cursors_stand_in_the_query() -> None:
    assert query_of("https://a.test/x?$skiptoken=a%20b&n=1&n=2&e=") == {
        "$skiptoken": "a b",
        "n": "1",
        "e": "",
    }
