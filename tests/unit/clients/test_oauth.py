"""Requests for a token, as RFC 6749 has them."""

from urllib.parse import parse_qsl

import pytest

from clients._auth import Pairs
from clients._environment import Environment
from clients._oauth import ClientCredentials, RefreshToken
from clients._tokens import TokenSource
from clients._upstream import Upstream
from contracts import NotConfigured

LOGIN = Upstream("https://login.test", needs=("TENANT",))
ID, SECRET, LASTING = ("ID", "OLD_ID"), ("SECRET",), ("LASTING",)
ENV = Environment({"ID": "me", "SECRET": "a b&c", "LASTING": "r", "TENANT": "t"})
PAIR: Pairs = (("Authorization", "Basic bWU6YSBiJmM="),)
CLIENT = {"client_id": "me", "client_secret": "a b&c"}

CASES: list[tuple[TokenSource, dict[str, str], Pairs]] = [
    (
        ClientCredentials(LOGIN, "/token", ID, SECRET, scope="x.read x.write"),
        {"grant_type": "client_credentials", "scope": "x.read x.write", **CLIENT},
        (),
    ),
    (
        ClientCredentials(LOGIN, "/token", ID, SECRET, more=(("audience", "x"),), basic=True),
        {"grant_type": "client_credentials", "audience": "x"},
        PAIR,
    ),
    (
        RefreshToken(LOGIN, "/token", ID, SECRET, LASTING),
        {"grant_type": "refresh_token", "refresh_token": "r", **CLIENT},
        (),
    ),
    (
        RefreshToken(LOGIN, "/token", ID, SECRET, LASTING, basic=True),
        {"grant_type": "refresh_token", "refresh_token": "r"},
        PAIR,
    ),
]


@pytest.mark.parametrize(("source", "form", "headers"), CASES)
def test_what_is_asked(source: TokenSource, form: dict[str, str], headers: Pairs) -> None:
    body, proof = source.asked(ENV, 0.0)
    assert dict(parse_qsl(body.content.decode(), strict_parsing=True)) == form
    assert body.media_type == "application/x-www-form-urlencoded"
    assert proof == headers


def test_what_is_missing() -> None:
    source = RefreshToken(LOGIN, "/token", ID, SECRET, LASTING)
    assert source.variables == ("ID", "OLD_ID", "SECRET", "LASTING")
    assert source.lacking(Environment({"OLD_ID": "me"})) == ("SECRET", "LASTING", "TENANT")
    assert source.lacking(ENV) == ()
    assert source.asks == (LOGIN,)
    with pytest.raises(NotConfigured, match="SECRET"):
        source.asked(Environment({"ID": "me", "LASTING": "r"}), 0.0)


def test_alike_are_one() -> None:
    one, other = (ClientCredentials(LOGIN, "/token", ID, SECRET, scope="x") for _ in range(2))
    assert one == other
    assert hash(one) == hash(other)
    assert one != ClientCredentials(LOGIN, "/token", ID, SECRET, scope="y")


def test_the_id_proves_nothing() -> None:
    assert ClientCredentials(LOGIN, "/token", ID, SECRET).accounts == (ID,)
    assert RefreshToken(LOGIN, "/token", ID, SECRET, LASTING).accounts == (ID,)
