"""What is special to UniFi: sites, two APIs on one console, lying answers, pages, its account."""

import hashlib
from datetime import UTC, datetime
from typing import Any, Final

import orjson
import pytest
from pydantic import ValidationError

from clients._environment import Environment
from clients._http import HttpRequest, HttpResponse
from clients._limits import MINUTE, Rate
from clients.unifi import Unifi
from contracts import (
    InvalidRequest,
    OutcomeUnknown,
    UpstreamRejected,
    UpstreamThrottled,
    UpstreamUnauthorized,
    unifi,
)
from tests.support.clock import QuickClock
from tests.support.kit import (
    Playback,
    Script,
    environment_of,
    kit_for,
    perform,
    recording,
    reply,
    target_of,
)

SITE: Final = "497f6eca-6276-4993-bfeb-53cbbbba6f08"
DEVICE: Final = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
MAC: Final = "94:2a:6f:26:c6:01"


def client_of(script: Script, clock: QuickClock | None = None, **env: Any) -> Unifi:  # noqa: ANN401
    """A client that is answered from a script."""
    known = environment_of(Unifi, **env)
    return Unifi(kit_for(Unifi, script, env=known, clock=clock or QuickClock()))


async def result_of(name: str) -> Any:  # noqa: ANN401  (any contract's)
    """What a recording becomes."""
    one = recording(Unifi, name)
    client = client_of(Script(Playback(one, Unifi, environment_of(Unifi))))
    return await perform(client, one.operation, **one.params)


def page(*data: object, offset: int = 0, total: int | None = None) -> HttpResponse:
    """A page as a console answers it."""
    total = len(data) if total is None else total
    return reply({"offset": offset, "count": len(data), "totalCount": total, "data": data})


class TestSites:
    async def test_the_only_one_is_meant(self) -> None:
        devices = await result_of("get_devices.only_site")
        assert (devices.total, devices.next_offset) == (2, None)

    async def test_one_of_several_has_to_be_named(self) -> None:
        with pytest.raises(InvalidRequest) as caught:
            await result_of("get_devices.several_sites")
        assert f"Default ({SITE})" in caught.value.detail
        assert [one.field for one in caught.value.facts.errors] == ["site_id"]

    async def test_without_any_it_says_so(self) -> None:
        with pytest.raises(InvalidRequest, match="not one site, but none"):
            await perform(client_of(Script(page())), "get_networks")

    async def test_looking_for_it_may_be_repeated_although_the_call_may_not(self) -> None:
        site = {"id": SITE, "internalReference": "default", "name": "Default"}
        script = Script(reply({}, 500), page(site), reply({}, 500))
        with pytest.raises(OutcomeUnknown, match="get_device_statistics"):
            await perform(client_of(script), "restart_device", device_id=DEVICE)
        assert [one.method for one in script.sent] == ["GET", "GET", "POST"]

    @pytest.mark.parametrize(
        ("params", "env", "site"),
        [
            ({}, {}, "default"),
            ({}, {"UNIFI_SITE": "k3p9x2ab"}, "k3p9x2ab"),
            ({"site": "lab"}, {"UNIFI_SITE": "k3p9x2ab"}, "lab"),
        ],
    )
    async def test_the_older_api_has_names(
        self, params: dict[str, Any], env: dict[str, Any], site: str
    ) -> None:
        script = Script(reply({"meta": {"rc": "ok"}, "data": []}))
        await perform(client_of(script, **env), "get_health", **params)
        assert target_of(script.sent[0]) == f"/proxy/network/api/s/{site}/stat/health"


class TestConsoles:
    ENV: Final = Environment(
        {
            "UNIFI_CONSOLES": "home,lab",
            "UNIFI_HOME_HOST": "192.0.2.1",
            "UNIFI_HOME_API_KEY": "key-of-home",
            "UNIFI_LAB_URL": "https://lab.test:8443",
            "UNIFI_LAB_API_KEY": "key-of-lab",
            "UNIFI_LAB_FINGERPRINT": hashlib.sha256(b"lab").hexdigest(),
        }
    )

    @pytest.mark.parametrize(
        ("console", "base", "key"),
        [
            (None, "https://192.0.2.1", "key-of-home"),
            ("lab", "https://lab.test:8443", "key-of-lab"),
        ],
    )
    async def test_each_has_its_address_and_key(
        self, console: str | None, base: str, key: str
    ) -> None:
        script = Script(reply({"applicationVersion": "10.5.66"}))
        await perform(Unifi(kit_for(Unifi, script, env=self.ENV)), "get_info", console=console)
        assert script.sent[0].url == f"{base}/proxy/network/integration/v1/info"
        assert ("X-API-KEY", key) in script.sent[0].headers

    def test_each_may_have_its_own_certificate(self) -> None:
        here = Unifi.upstreams_in(self.ENV)
        assert here["console.lab"].tls(self.ENV).sha256
        assert here["console.home"].pins == ("UNIFI_HOME_CA_FILE", "UNIFI_HOME_FINGERPRINT")

    async def test_the_platforms_own_name_for_the_host(self) -> None:
        script = Script(reply({"applicationVersion": "9.1.0"}))
        env = Environment({"UNIFI_HOST": "192.0.2.1", "UNIFI_API_KEY": "key"})
        await perform(Unifi(kit_for(Unifi, script, env=env)), "get_info")
        assert script.sent[0].url == "https://192.0.2.1/proxy/network/integration/v1/info"


class TestLies:
    async def test_a_200_may_be_a_refusal(self) -> None:
        with pytest.raises(UpstreamRejected, match=r"HTTP 200: api\.err\.NoPermission"):
            await result_of("block_client.refusal")

    async def test_a_200_may_refuse_the_key(self) -> None:
        body = {"meta": {"rc": "error", "msg": "api.err.LoginRequired"}, "data": []}
        with pytest.raises(UpstreamUnauthorized, match="LoginRequired"):
            await perform(client_of(Script(reply(body))), "get_health")

    async def test_an_unknown_site_is_not_a_bad_key(self) -> None:
        with pytest.raises(UpstreamRejected, match=r"HTTP 401: api\.err\.NoSiteContext"):
            await result_of("get_health.refusal")

    async def test_the_pause_stands_in_the_words(self) -> None:
        clock = QuickClock()
        said = {"code": "RATE_LIMIT", "message": "rate limit exceeded, retry after 5.372786998s"}
        script = Script(reply(said, 429), reply({"data": []}))
        await perform(client_of(script, clock), "list_hosts")
        assert clock.passed == pytest.approx(5.37, abs=0.5)

    async def test_a_header_says_it_better(self) -> None:
        clock = QuickClock()
        said = {"message": "rate limit exceeded, retry after 500.1s"}
        script = Script(reply(said, 429, retry_after="2"), reply({"data": []}))
        await perform(client_of(script, clock), "list_hosts")
        assert clock.passed == pytest.approx(2, abs=0.5)

    async def test_without_either_it_is_throttled_all_the_same(self) -> None:
        script = Script(lambda _: reply({"message": "slow down"}, 429, retry_after="60"))
        with pytest.raises(UpstreamThrottled):
            await perform(client_of(script), "list_hosts")


class TestPages:
    async def test_a_page_says_where_the_next_begins(self) -> None:
        devices = await result_of("get_devices.success")
        assert (devices.total, devices.next_offset) == (2, 1)

    async def test_an_empty_page_is_the_last(self) -> None:
        client = client_of(Script(page(offset=10, total=12)))
        found = await perform(client, "get_networks", site_id=SITE, offset=10)
        assert isinstance(found, unifi.Networks)
        assert found.next_offset is None

    async def test_the_account_has_cursors(self) -> None:
        first, last = [await result_of(f"list_hosts.{one}") for one in ("success", "last")]
        assert first.next_cursor == first.hosts[0].id
        assert last.next_cursor is None

    async def test_a_topology_takes_all_pages(self) -> None:
        script = Script(_networks)
        found = await perform(client_of(script), "get_topology", site_id=SITE)
        assert isinstance(found, unifi.Topology)
        assert (len(found.devices), len(found.clients), found.complete) == (0, 250, True)
        assert [target_of(one).partition("?")[2] for one in script.sent] == [
            "offset=0&limit=200",
            "offset=0&limit=200",
            "offset=200&limit=200",
        ]

    async def test_a_huge_topology_says_that_it_is_not_whole(self) -> None:
        def endless(request: HttpRequest) -> HttpResponse:
            offset = int(target_of(request).partition("offset=")[2].partition("&")[0])
            return page({"id": "x", "name": "x", "type": "VPN"}, offset=offset, total=10**6)

        devices = {"offset": 0, "count": 0, "totalCount": 0, "data": []}
        script = Script(lambda r: reply(devices) if "/devices?" in r.url else endless(r))
        found = await perform(client_of(script), "get_topology", site_id=SITE)
        assert isinstance(found, unifi.Topology)
        assert not found.complete
        assert len(script.sent) == 11


def _networks(request: HttpRequest) -> HttpResponse:
    if "/devices?" in request.url:
        return page()
    offset, count = (200, 50) if "offset=200" in request.url else (0, 200)
    one = {"id": "x", "name": "x", "type": "VPN"}
    return page(*[one] * count, offset=offset, total=250)


class TestShapes:
    async def test_a_device_has_its_ports_and_radios(self) -> None:
        one = await result_of("get_device.success")
        assert one.features == ["accessPoint", "switching"]
        assert [(port.idx, port.speed_mbps) for port in one.ports] == [(1, 1000), (2, None)]
        assert one.ports[0].poe.enabled
        assert [radio.frequency_ghz for radio in one.radios] == [2.4, 6]
        assert one.uplink_device_id

    async def test_a_gateway_has_none(self) -> None:
        one = await result_of("get_device.gateway")
        assert (one.ports, one.radios, one.features, one.uplink_device_id) == ([], [], [], None)

    async def test_statistics_are_flat(self) -> None:
        one = await result_of("get_device_statistics.success")
        assert (one.uplink_tx_bps, one.uplink_rx_bps) == (120000, 850000)
        assert (one.load_average_1_min, one.load_average_15_min) == (0.21, 0.2)
        assert [radio.tx_retries_pct for radio in one.radios] == [1.5, None]

    async def test_what_travels_has_our_names(self) -> None:
        (one,) = (await result_of("get_clients.success")).model_dump()["clients"]
        assert one["mac"] == MAC
        assert one["access"]["authorized"] is False

    async def test_an_empty_time_is_none(self) -> None:
        (host,) = (await result_of("list_hosts.success")).hosts
        assert host.registration_time is None
        assert host.last_connection_state_change == datetime(
            2024, 4, 16, 2, 52, 54, 193000, tzinfo=UTC
        )

    async def test_an_alarm_has_milliseconds(self) -> None:
        (alarm,) = (await result_of("get_alarms.success")).alarms
        assert alarm.time == datetime(2026, 3, 24, 11, tzinfo=UTC)

    @pytest.mark.parametrize("name", ["get_isp_metrics", "query_isp_metrics"])
    async def test_metrics_are_the_same_either_way(self, name: str) -> None:
        (site,) = (await result_of(f"{name}.success")).metrics
        assert site.periods[0].data.wan.download_kbps == 0
        assert site.periods[0].data.wan.uptime_pct == 100
        assert site.periods[0].at == datetime(2024, 6, 30, 13, 35, tzinfo=UTC)

    async def test_partial_success_is_told(self) -> None:
        data = {"metrics": [], "status": "partialSuccess", "message": "some are not yours"}
        sites = [{"host_id": "h", "site_id": "s"}]
        client = client_of(Script(reply({"data": data})))
        found = await perform(client, "query_isp_metrics", interval="1h", sites=sites)
        assert isinstance(found, unifi.IspMetrics)
        assert found.status == "partialSuccess"

    async def test_a_mac_is_sent_in_small_letters(self) -> None:
        script = Script(reply({"meta": {"rc": "ok"}, "data": []}))
        done = await perform(client_of(script), "block_client", mac=MAC.upper())
        assert orjson.loads(script.sent[0].body) == {"cmd": "block-sta", "mac": MAC}
        assert isinstance(done, unifi.ClientChanged)
        assert done.mac == MAC


def test_the_accounts_versions_have_a_limit_each() -> None:
    limits = {name: one.limits for name, one in Unifi.upstreams.items()}
    assert limits["site_manager"] == [Rate(10_000, per=MINUTE)]
    assert limits["early_access"] == [Rate(100, per=MINUTE)]


async def test_one_address_serves_both_of_them() -> None:
    for operation, target in (("list_sites", "/v1/sites"), ("list_sd_wan_configs", "/ea/sd-wan")):
        script = Script(reply({"data": []}))
        env: dict[str, Any] = {"UNIFI_SITE_MANAGER_BASE_URL": "https://ui.test/"}
        await perform(client_of(script, **env), operation)
        assert script.sent[0].url.startswith(f"https://ui.test{target}")


KINDS: Final = {
    "idempotent": {
        "authorize_guest",
        "block_client",
        "delete_vouchers",
        "unauthorize_guest",
        "unblock_client",
    },
    "unsafe": {
        "create_firewall_policy",
        "create_network",
        "create_vouchers",
        "power_cycle_port",
        "reconnect_client",
        "restart_device",
    },
}


def test_what_may_be_repeated() -> None:
    for kind, names in KINDS.items():
        assert {name for name, one in Unifi.operations.items() if one.kind == kind} == names


ZONES: Final = {"source_zone_id": SITE, "destination_zone_id": SITE}
WRONG: Final[list[tuple[type[Any], dict[str, Any], str]]] = [
    (unifi.GetDevice, {"device_id": "default"}, "device_id"),
    (unifi.GetDevices, {"site_id": "default"}, "site_id"),
    (unifi.GetDevices, {"limit": 201}, "limit"),
    (unifi.BlockClient, {"mac": "94-2a-6f-26-c6-ca"}, "mac"),
    (unifi.BlockClient, {"mac": MAC, "site": "../x"}, "site"),
    (unifi.DeleteVouchers, {}, "filter"),
    (unifi.CreateNetwork, {"name": "x", "vlan_id": 1}, "vlan_id"),
    (unifi.GetIspMetrics, {"interval": "5m", "duration": "7d"}, "24h with interval 5m"),
    (unifi.GetIspMetrics, {"interval": "1h", "duration": "24h"}, "24h with interval 5m"),
    (
        unifi.GetIspMetrics,
        {"interval": "1h", "duration": "7d", "begin": "2026-01-01T00:00:00Z"},
        "give duration, or",
    ),
    (
        unifi.CreateFirewallPolicy,
        {"name": "x", "action": "BLOCK", "connection_states": ["NEW", "NEW"], **ZONES},
        "each state once",
    ),
]


@pytest.mark.parametrize(("kind", "params", "said"), WRONG)
def test_what_does_not_fit_is_refused(kind: type[Any], params: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        kind.model_validate(params)
