from collections.abc import Mapping
from typing import ClassVar

import pytest

from clients._auth import FirstOf, NoAuth, QueryKey
from clients._client import Client
from clients._limits import Rate
from clients._signals import Dialect
from clients._upstream import Upstream
from clients.notion import Notion
from service.generate.registry_page import registry_page
from service.generate.schemas import own_clients
from tests.support.depot import Depot

LINK = "https://oddity.test/limits"


class Oddity(Client):
    """Odd in every way.

    More that nobody has to read here.
    """

    __module__ = "oddity"
    opt_in = True
    variables = ("ODDITY_ROOM",)
    exempt: ClassVar[Mapping[str, str]] = {"probe": "It has <no> cheap call."}
    api = Upstream(
        "https://oddity.test",
        auth=FirstOf((QueryKey("k", ("ODDITY_KEY",)), NoAuth())),
        limits=[Rate(1, per=1, source=LINK)],
        limits_with_key=[Rate(9, per=1)],
        dialects=(Dialect("x-left", "x-reset"),),
        aliases=("ODD_HOST",),
    )
    hook = Upstream("", secret_url=True)


@pytest.fixture(scope="module")
def told() -> str:
    return registry_page([Depot, Oddity])["SYSTEM_REGISTRY.md"]


def test_every_integration_and_upstream_has_its_row() -> None:
    page = registry_page([*own_clients()])["SYSTEM_REGISTRY.md"]
    for client in own_clients():
        assert f"\n## {client.name}\n" in page
        assert f"`hub.requests.{client.name}` | `hub.lease.{client.name}`" in page
        chapter = page.partition(f"\n## {client.name}\n")[2].partition("\n## ")[0]
        for upstream in client.upstreams.values():
            assert f"\n| {upstream.name} | " in chapter
            assert upstream.url in chapter
            for limit in (*upstream.limits, *upstream.limits_with_key):
                assert limit.source in chapter
            variables = {upstream.limit_variable, *upstream.url_variables, *upstream.keys}
            assert all(f"`{one}`" in chapter for one in variables)
        assert all(reason in chapter for reason in client.exempt.values())


def test_an_upstream_is_told_in_full() -> None:
    assert (
        "| api | `https://api.notion.com/v1` | `NOTION_API_URL` | `NOTION_API_KEY` or "
        "`NOTION_TOKEN` | 3/s burst 10 [source](https://developers.notion.com/reference/"
        "request-limits)<br>`NOTION_LIMIT` | `GET /users/me` |"
    ) in registry_page([Notion])["SYSTEM_REGISTRY.md"]


@pytest.mark.parametrize(
    "line",
    [
        "`ODDITY_KEY` (optional)",
        f"1/s [source]({LINK})<br>9/s with a key",
        "`ODDITY_API_URL`<br>`ODD_HOST`",
        "| hook | a secret: each its own |",
        "- api is heard by `x-left`, `x-reset`, `retry-after`.",
        "- Also read: `ODDITY_ROOM`.",
        "- Exempt from *probe*: It has &lt;no> cheap call.",
        "Odd in every way.\n",
        "Off unless `HUB_INTEGRATIONS` names it.",
        "`DEPOT_CLIENT_ID`<br>`DEPOT_CLIENT_SECRET`<br>a token of login",
        "- `DEPOT_SITES` lists instances of sites, each with its own variables.",
        "- `DEPOT_CA_FILE` or `DEPOT_FINGERPRINT`: the certificate of sites.",
        "concurrency 4 [source](https://depot.test/limits)",
        "2 integrations, 6 upstreams, 7 operations.",
    ],
)
def test_what_is_odd_is_told(told: str, line: str) -> None:
    assert line in told
