"""Facts of one host: address, limits, what is missing."""

from pathlib import Path

import pytest

from clients._api import Api
from clients._auth import Basic, FirstOf, Key, NoAuth
from clients._client import Client
from clients._environment import Environment
from clients._limits import Concurrency, Limits, Rate
from clients._redact import Redactor
from clients._tls import Tls
from clients._upstream import Upstream
from contracts import NotConfigured
from tests.support.certificates import certificate
from tests.support.kit import Script, kit_for
from tests.support.toy import Toy


class Two(Client):
    """A client of two hosts."""

    site = Upstream("", auth=Key("X", ("SITE_KEY",)), aliases=("OLD_SITE",))
    shop = Upstream("https://shop.test/", limits=[Concurrency(2)])


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
    assert Two.site.address(Environment({"OLD_SITE": "10.0.0.1"})) == "https://10.0.0.1"
    with pytest.raises(NotConfigured, match="OLD_SITE must be"):
        Two.site.address(Environment({"OLD_SITE": "me@old"}))
    with pytest.raises(NotConfigured, match="Set TEST_UPSTREAM_SITE_URL where"):
        Two.site.address(Environment({}))


def test_limits() -> None:
    assert Toy.api.allowed(Environment({})) == Limits((Rate(5, per=1, burst=5),))
    assert Two.shop.allowed(Environment({})) == Limits((), 2)
    own = Environment({"TOY_LIMIT": "7/m, concurrency 3"})
    assert Toy.api.allowed(own) == Limits((Rate(7, per=60),), 3)
    with pytest.raises(NotConfigured, match=r"^TOY_LIMIT: "):
        Toy.api.allowed(Environment({"TOY_LIMIT": "often"}))


def test_what_says_who_asks_is_told_apart() -> None:
    both = Upstream("https://x.test", auth=Basic("USER_NAME", "PASS_WORD"))
    env = Environment({"USER_NAME": "somebody", "PASS_WORD": "canary"})
    assert both.accounts(env) == ["somebody"]
    assert both.accounts(Environment({})) == []


def test_lacking() -> None:
    everything = ("TEST_UPSTREAM_SITE_URL", "SITE_KEY")
    assert Two.site.lacking(Environment({})) == everything
    assert Two.site.lacking(Environment({"OLD_SITE": "http://old.test"})) == ("SITE_KEY",)
    assert Two.shop.lacking(Environment({})) == ()
    assert Toy.api.lacking(Environment({"OLD_TOY_KEY": "k"})) == ("TOY_SITE",)


class Herd(Client):
    """Several of a kind."""

    api = Upstream(
        "",
        auth=Key("X", ("TEST_UPSTREAM_KEY", "HERD_KEY")),
        needs=("TEST_UPSTREAM_NODE",),
        aliases=("TEST_UPSTREAM_HOST",),
        bare="https://{}:8006",
        below="/api2",
        instances="TEST_UPSTREAM_HOSTS",
        pin="TEST_UPSTREAM",
    )


class Pack(Client):
    """Two kinds of several."""

    api = Upstream("", instances="PACK", below="/v1")
    hooks = Upstream("", instances="PACK_HOOKS", secret_url=True, aliases=("OLD_HOOK_URL",))


class TestInstances:
    def one(self, listed: str = "north,south_2", at: int = 1) -> Upstream:
        return Herd.api.here(Environment({"TEST_UPSTREAM_HOSTS": listed}))[at]

    def test_without_a_list_it_is_itself(self) -> None:
        assert Herd.api.here(Environment({})) == (Herd.api,)
        assert Toy.api.here(Environment({"TEST_UPSTREAM_HOSTS": "a"})) == (Toy.api,)

    def test_each_has_its_own_variables(self) -> None:
        one = self.one()
        assert (one.name, one.member, one.instance) == ("api.south_2", "api", "south_2")
        assert one.url_variables == ("TEST_UPSTREAM_SOUTH_2_URL", "TEST_UPSTREAM_SOUTH_2_HOST")
        assert one.limit_variable == "TEST_UPSTREAM_SOUTH_2_LIMIT"
        assert one.keys == ("TEST_UPSTREAM_SOUTH_2_KEY", "TEST_UPSTREAM_SOUTH_2_HERD_KEY")
        assert one.places == ("TEST_UPSTREAM_SOUTH_2_NODE",)
        assert one.pins == (
            "TEST_UPSTREAM_SOUTH_2_CA_FILE",
            "TEST_UPSTREAM_SOUTH_2_FINGERPRINT",
        )

    def test_nothing_falls_back_to_the_others(self) -> None:
        shared = {
            "TEST_UPSTREAM_API_URL": "https://x.test",
            "TEST_UPSTREAM_KEY": "k",
            "TEST_UPSTREAM_NODE": "n",
        }
        assert Herd.api.lacking(Environment(shared)) == ()
        assert self.one().lacking(Environment(shared)) == (
            "TEST_UPSTREAM_SOUTH_2_URL",
            "TEST_UPSTREAM_SOUTH_2_KEY",
            "TEST_UPSTREAM_SOUTH_2_NODE",
        )

    WHERE: list[tuple[dict[str, str], str]] = [  # noqa: RUF012
        ({"TEST_UPSTREAM_SOUTH_2_URL": "https://a.test/x"}, "https://a.test/x"),
        ({"TEST_UPSTREAM_SOUTH_2_HOST": "10.0.0.1"}, "https://10.0.0.1:8006/api2"),
        ({"TEST_UPSTREAM_SOUTH_2_HOST": "http://a.test/api2/"}, "http://a.test/api2"),
    ]

    @pytest.mark.parametrize(("values", "expected"), WHERE)
    def test_address(self, values: dict[str, str], expected: str) -> None:
        assert self.one().address(Environment(values)) == expected

    def test_of_several_kinds_one_address_may_serve_all(self) -> None:
        one = Pack.api.here(Environment({"PACK": "a"}))[0]
        assert one.url_variables == ("TEST_UPSTREAM_A_API_URL", "TEST_UPSTREAM_A_URL")
        assert one.address(Environment({"TEST_UPSTREAM_A_URL": "http://h:1"})) == "http://h:1/v1"
        assert one.limit_variable == "TEST_UPSTREAM_A_API_LIMIT"

    @pytest.mark.parametrize("listed", ["North", "a,a", "a,,b", ",", "a b", "1a", "ä", "a.b"])
    def test_odd_names_are_told(self, listed: str) -> None:
        with pytest.raises(NotConfigured, match="TEST_UPSTREAM_HOSTS must be names like"):
            self.one(listed)

    def test_an_instance_that_lacks_its_key_names_its_own_variable(self) -> None:
        view = self.one().view(Environment({}))
        with pytest.raises(NotConfigured, match="Set TEST_UPSTREAM_SOUTH_2_KEY"):
            view.require("TEST_UPSTREAM_KEY")


HOOK = "https://hooks.test/catch/123/s3cretpart/?token=t0kentoken#"


class TestSecretAddresses:
    def env(self, url: str) -> Environment:
        return Environment({"PACK_HOOKS": "daily", "TEST_UPSTREAM_DAILY_URL": url})

    def test_it_is_the_whole_target_and_its_parts_are_secrets(self) -> None:
        env = self.env(HOOK.rstrip("#"))
        (hook,) = Pack.hooks.here(env)
        assert hook.address(env) == HOOK.rstrip("#")
        assert hook.keys == hook.url_variables
        redact = Redactor(hook.secrets(env))
        assert redact("POST /catch/123/s3cretpart/?token=t0kentoken") == (
            "POST /catch/123/***/?token=***"
        )
        assert redact(f"see {HOOK}") == "see ***#"
        assert Pack.hooks.secrets(Environment({})) == []

    def test_its_last_slash_stays(self) -> None:
        env = Environment({"OLD_HOOK_URL": "https://hooks.test/catch/123/s3cretpart/"})
        (hook,) = Pack.hooks.here(env)
        assert hook.address(env) == "https://hooks.test/catch/123/s3cretpart/"

    def test_an_odd_one_is_refused_without_telling_it(self) -> None:
        env = self.env(HOOK)
        (hook,) = Pack.hooks.here(env)
        with pytest.raises(NotConfigured, match="TEST_UPSTREAM_DAILY_URL must be") as caught:
            hook.address(env)
        assert "s3cret" not in caught.value.detail


class Open(Client):
    """A key makes it faster."""

    api = Upstream(
        "https://open.test",
        auth=FirstOf((Basic("OPEN_ID", "OPEN_KEY"), NoAuth())),
        limits=[Rate(1, per=1)],
        limits_with_key=[Rate(9, per=1), Concurrency(3)],
    )


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, Limits((Rate(1, per=1),))),
        ({"OPEN_ID": "me"}, Limits((Rate(1, per=1),))),
        ({"OPEN_ID": "me", "OPEN_KEY": "k"}, Limits((Rate(9, per=1),), 3)),
        ({"OPEN_ID": "me", "OPEN_KEY": "k", "TEST_UPSTREAM_LIMIT": "2/s"}, Limits((Rate(2, 1),))),
    ],
)
def test_a_key_may_change_the_limits(values: dict[str, str], expected: Limits) -> None:
    assert Open.api.allowed(Environment(values)) == expected
    assert Open.api.lacking(Environment(values)) == ()


class TestTrust:
    CA, PIN = "TEST_UPSTREAM_CA_FILE", "TEST_UPSTREAM_FINGERPRINT"

    def test_by_default_the_systems_authorities(self) -> None:
        assert Herd.api.tls(Environment({})) == Tls()
        assert Toy.api.tls(Environment({self.PIN: "ab" * 32})) == Tls()

    def test_one_authority_or_one_certificate(self, tmp_path: Path) -> None:
        file = str(certificate(tmp_path, "localhost").ca_file)
        assert Herd.api.tls(Environment({self.CA: file})) == Tls(ca_file=file)
        assert Herd.api.tls(Environment({self.PIN: "ab" * 32})) == Tls(sha256="ab" * 32)
        own = Herd.api.here(Environment({"TEST_UPSTREAM_HOSTS": "a"}))[0]
        assert own.tls(Environment({self.PIN: "ab" * 32})) == Tls()

    def test_what_cannot_be_used_is_told(self, tmp_path: Path) -> None:
        empty = tmp_path / "empty.pem"
        empty.write_text("")
        for values in (
            {self.CA: str(tmp_path / "none.pem")},
            {self.CA: str(empty)},
            {self.PIN: "ab"},
            {self.CA: "a", self.PIN: "ab" * 32},
        ):
            with pytest.raises(NotConfigured, match=f"^{self.CA} or {self.PIN}: "):
                Herd.api.tls(Environment(values))
