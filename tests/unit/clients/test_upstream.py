"""Facts of one host: address, limits, what is missing."""

import pytest

from clients._api import Api
from clients._auth import Key
from clients._client import Client
from clients._environment import Environment
from clients._limits import Limits, Rate
from clients._upstream import Upstream
from contracts import NotConfigured
from tests.support.kit import Script, kit_for
from tests.support.toy import Toy


class Two(Client):
    """A client of two hosts."""

    site = Upstream("", auth=Key("X", ("SITE_KEY",)), aliases=("OLD_SITE",))
    shop = Upstream("https://shop.test/", concurrency=2)


def test_on_the_class_it_is_facts_and_on_a_client_the_way() -> None:
    assert isinstance(Toy.api, Upstream)
    client = Toy(kit_for(Toy, Script()))
    assert isinstance(client.api, Api)
    assert client.api is client.api


def test_variables_are_named_after_it() -> None:
    assert (Toy.api.url_variable, Toy.api.limit_variable) == ("TOY_API_URL", "TOY_LIMIT")
    assert Two.site.url_variable == "TEST_UPSTREAM_SITE_URL"
    assert Two.shop.limit_variable == "TEST_UPSTREAM_SHOP_LIMIT"


ADDRESSES: list[tuple[dict[str, str], str]] = [
    ({}, "https://api.toy.test/v1"),
    ({"TOY_API_URL": "http://127.0.0.1:8000/x/"}, "http://127.0.0.1:8000/x"),
    ({"TOY_API_URL": "https://[::1]:8000"}, "https://[::1]:8000"),
]


@pytest.mark.parametrize(("values", "expected"), ADDRESSES)
def test_address(values: dict[str, str], expected: str) -> None:
    assert Toy.api.address(Environment(values)) == expected


@pytest.mark.parametrize(
    "url",
    [
        "ftp://toy.test",
        "toy.test",
        "https://",
        "https://me@toy.test",
        "https://:pw@toy.test",
        "https://toy.test?a=b",
        "https://toy.test#f",
        "https://toy.test:port",
        "https://toy.test:0",
        "https://[::1",
        "https://toy.test/ä",
        "https://toy.test/a b",
    ],
)
def test_an_odd_address_is_refused(url: str) -> None:
    with pytest.raises(NotConfigured, match=r"TOY_API_URL must be http\(s\)://host") as caught:
        Toy.api.address(Environment({"TOY_API_URL": url}))
    assert "pw" not in caught.value.detail


def test_an_address_may_have_an_older_name_or_be_missing() -> None:
    assert Two.site.address(Environment({"OLD_SITE": "http://old.test"})) == "http://old.test"
    with pytest.raises(NotConfigured, match="OLD_SITE must be"):
        Two.site.address(Environment({"OLD_SITE": "old"}))
    with pytest.raises(NotConfigured, match="Set TEST_UPSTREAM_SITE_URL where"):
        Two.site.address(Environment({}))


def test_limits() -> None:
    assert Toy.api.allowed(Environment({})) == Limits((Rate(5, per=1, burst=5),))
    assert Two.shop.allowed(Environment({})) == Limits((), 2)
    own = Environment({"TOY_LIMIT": "7/m, concurrency 3"})
    assert Toy.api.allowed(own) == Limits((Rate(7, per=60),), 3)
    with pytest.raises(NotConfigured, match=r"^TOY_LIMIT: "):
        Toy.api.allowed(Environment({"TOY_LIMIT": "often"}))


def test_lacking() -> None:
    everything = ("TEST_UPSTREAM_SITE_URL", "SITE_KEY")
    assert Two.site.lacking(Environment({})) == everything
    assert Two.site.lacking(Environment({"OLD_SITE": "http://old.test"})) == ("SITE_KEY",)
    assert Two.shop.lacking(Environment({})) == ()
    assert Toy.api.lacking(Environment({"OLD_TOY_KEY": "k"})) == ("TOY_SITE",)
