"""What is special to automation platforms: the address is the key; nothing is ever sent twice."""

from typing import Any, Final

import orjson
import pytest
from pydantic import ValidationError

from clients._environment import Environment
from clients._http import HttpRequest, TransportError
from clients._limits import MINUTE, Rate
from clients.automation_hub import AutomationHub
from contracts import (
    BadUpstreamReply,
    Failure,
    InvalidRequest,
    NotConfigured,
    OutcomeUnknown,
    UpstreamRejected,
    UpstreamUnauthorized,
    automation_hub,
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

ZAP: Final = "https://hooks.zapier.com/hooks/catch/1234567/abcdefgh/"
PLATFORMS: Final = ("zapier", "ifttt", "make", "pipedream", "activepieces")


def client_of(script: Script, env: Environment | None = None) -> AutomationHub:
    """A client that is answered from a script."""
    known = env or environment_of(AutomationHub)
    return AutomationHub(kit_for(AutomationHub, script, env=known, clock=QuickClock()))


async def result_of(name: str) -> Any:  # noqa: ANN401  (any contract's)
    """What a recording becomes."""
    one = recording(AutomationHub, name)
    playback = Playback(one, AutomationHub, environment_of(AutomationHub))
    return await perform(client_of(Script(playback)), one.operation, **one.params)


class TestAddresses:
    ENV: Final = Environment(
        {
            "AUTOMATION_HUB_ZAPIER_HOOKS": "alerts,orders",
            "AUTOMATION_HUB_ALERTS_ZAPIER_URL": ZAP,
            "AUTOMATION_HUB_ORDERS_URL": "https://hooks.zapier.com/hooks/catch/1234567/orders00/",
            "PIPEDREAM_ENDPOINT": "eo0example",
            "PIPEDREAM_API_KEY": "key-of-pipedream",
            "IFTTT_WEBHOOK_KEY": "key-of-ifttt",
        }
    )

    @pytest.mark.parametrize(
        ("hook", "url"),
        [
            (None, ZAP),
            ("alerts", ZAP),
            ("orders", "https://hooks.zapier.com/hooks/catch/1234567/orders00/"),
        ],
    )
    async def test_a_hook_is_named_never_addressed(self, hook: str | None, url: str) -> None:
        script = Script(reply({"status": "success"}))
        done = await perform(client_of(script, self.ENV), "trigger_zapier", event="e", hook=hook)
        assert script.sent[0].url == url
        assert isinstance(done, automation_hub.Delivery)
        assert done.hook == hook

    async def test_an_unknown_one_is_refused_with_the_names(self) -> None:
        with pytest.raises(InvalidRequest, match="alerts, orders"):
            await perform(client_of(Script(), self.ENV), "trigger_zapier", event="e", hook="other")

    @pytest.mark.parametrize("name", ["webhook_url", "endpoint", "url"])
    def test_no_operation_takes_an_address(self, name: str) -> None:
        for operation in AutomationHub.operations.values():
            assert name not in operation.request.model_fields

    @pytest.mark.parametrize("hook", ["https://attacker.test", "a/b", "A", ""])
    def test_a_name_is_no_address(self, hook: str) -> None:
        with pytest.raises(ValidationError, match="hook"):
            automation_hub.TriggerMake(event="e", hook=hook)

    async def test_an_endpoint_of_pipedream_may_be_its_id(self) -> None:
        script = Script(reply("{}"))
        await perform(client_of(script, self.ENV), "trigger_pipedream", event="e")
        assert script.sent[0].url == "https://eo0example.m.pipedream.net"
        assert ("Authorization", "Bearer key-of-pipedream") in script.sent[0].headers

    async def test_its_key_is_optional(self) -> None:
        script = Script(reply("{}"))
        env = Environment({"PIPEDREAM_ENDPOINT": "eo0example"})
        await perform(client_of(script, env), "trigger_pipedream", event="e")
        assert "Authorization" not in dict(script.sent[0].headers)

    async def test_the_key_of_ifttt_stands_in_the_path(self) -> None:
        script = Script(reply("fired"))
        await perform(client_of(script, self.ENV), "trigger_ifttt", event_name="door_1")
        assert target_of(script.sent[0]) == "/trigger/door_1/with/key/key-of-ifttt"

    async def test_a_zone_is_enough_of_an_address_for_make(self) -> None:
        script = Script(reply({"hooks": []}))
        env = Environment({"MAKE_ZONE": "us2", "MAKE_API_KEY": "key-of-make"})
        await perform(client_of(script, env), "list_make_hooks", team_id=1)
        assert script.sent[0].url == "https://us2.make.com/api/v2/hooks?teamId=1"
        assert ("Authorization", "Token key-of-make") in script.sent[0].headers


class TestSecrets:
    @pytest.mark.parametrize("kind", ["text/plain", "application/json"])
    @pytest.mark.parametrize("status", [400, 404, 410, 500])
    async def test_no_address_is_in_any_failure(self, status: int, kind: str) -> None:
        def echo(request: HttpRequest) -> Any:  # noqa: ANN401
            said = f"no such hook: {request.url}"
            body = said if kind == "text/plain" else orjson.dumps({"message": said})
            return reply(body, status, content_type=kind)

        for operation, params in (
            ("trigger_zapier", {"event": "e"}),
            ("trigger_ifttt_json", {"event_name": "e"}),
            ("broadcast", {"event": "e", "platforms": ["zapier", "ifttt"]}),
        ):
            with pytest.raises(Failure) as caught:
                await perform(client_of(Script(echo), TestAddresses.ENV), operation, **params)
            shown = caught.value.problem().model_dump_json()
            assert not [one for one in ("abcdefgh", "1234567", "key-of-ifttt") if one in shown]

    async def test_no_address_is_in_what_a_broadcast_tells(self) -> None:
        def some(request: HttpRequest) -> Any:  # noqa: ANN401
            ours = "ifttt" in request.url
            return reply("fired") if ours else reply(f"no {request.url}", 410, content_type=PLAIN)

        client = client_of(Script(some), TestAddresses.ENV)
        told = await perform(client, "broadcast", event="e", platforms=["zapier", "ifttt"])
        assert "abcdefgh" not in told.model_dump_json()
        assert "410" in told.model_dump_json()

    async def test_no_key_is_in_a_reply(self) -> None:
        echo = Script(lambda r: reply(f"{r.url} {dict(r.headers)}", content_type=PLAIN))
        done = await perform(client_of(echo, TestAddresses.ENV), "trigger_pipedream", event="e")
        assert isinstance(done, automation_hub.Delivery)
        assert not [one for one in ("eo0example", "key-of-pipedream") if one in done.reply]

    async def test_the_addresses_of_makes_hooks_stay_there(self) -> None:
        told = (await result_of("list_make_hooks.success")).model_dump_json()
        assert "hook.eu1.make.com" not in told
        assert "udid" not in told

    async def test_whose_account_a_connection_is_stays_there(self) -> None:
        told = (await result_of("list_make_connections.success")).model_dump_json()
        assert "someone@example.com" not in told


PLAIN: Final = "text/plain; charset=utf-8"


class TestSending:
    @pytest.mark.parametrize("operation", [f"trigger_{one}" for one in PLATFORMS])
    async def test_an_unclear_end_is_not_repeated(self, operation: str) -> None:
        script = Script(TransportError("timeout", sent=True))
        event: dict[str, Any] = {"event_name" if "ifttt" in operation else "event": "e"}
        with pytest.raises(OutcomeUnknown, match="own history"):
            await perform(client_of(script), operation, **event)
        assert len(script.sent) == 1

    async def test_the_envelope(self) -> None:
        script = Script(reply("Accepted"))
        at = "2026-11-20T09:00:00+01:00"
        await perform(
            client_of(script), "trigger_make", event="e", event_id="1", occurred_at=at, source="me"
        )
        assert orjson.loads(script.sent[0].body) == {
            "event": "e",
            "data": {},
            "source": "me",
            "id": "1",
            "timestamp": "2026-11-20T08:00:00Z",
        }

    async def test_empty_texts_are_left_out(self) -> None:
        script = Script(reply("fired"))
        await perform(
            client_of(script), "trigger_ifttt", event_name="e", value1="", value2="b", value3=None
        )
        assert orjson.loads(script.sent[0].body) == {"value2": "b"}

    @pytest.mark.parametrize("platform", PLATFORMS)
    async def test_trigger_sends_what_the_single_one_sends(self, platform: str) -> None:
        single = "trigger_ifttt_json" if platform == "ifttt" else f"trigger_{platform}"
        name = "event_name" if platform == "ifttt" else "event"
        sent = []
        for operation, more in ((single, {name: "e"}), ("trigger", {"event": "e"})):
            script = Script(reply({"status": "success"}))
            named = {"platform": platform.upper()} if operation == "trigger" else {}
            params: dict[str, Any] = {**more, **named, "data": {"n": 1}}
            await perform(client_of(script), operation, **params)
            sent.append((script.sent[0].url, script.sent[0].body))
        assert sent[0] == sent[1]

    async def test_ifttt_has_one_hook_only(self) -> None:
        with pytest.raises(InvalidRequest, match="one hook only"):
            await perform(client_of(Script()), "trigger", platform="ifttt", event="e", hook="a")

    async def test_an_event_for_ifttt_stays_in_its_place(self) -> None:
        script = Script(reply("fired"))
        await perform(client_of(script), "trigger", platform="ifttt", event="a/../b?c")
        assert "/trigger/a%2F..%2Fb%3Fc/json/with/key/" in script.sent[0].url


class TestAnswers:
    async def test_an_automation_answers_in_its_own_words(self) -> None:
        done = await perform(client_of(Script(reply({"id": 7}, 201))), "trigger_make", event="e")
        assert isinstance(done, automation_hub.Delivery)
        assert (done.status, orjson.loads(done.reply)) == (201, {"id": 7})

    async def test_zapier_has_to_say_that_it_was_queued(self) -> None:
        assert (await result_of("trigger_zapier.success")).request_id
        body: object
        for body in ({"status": "error"}, {}, [], "queued"):
            with pytest.raises(BadUpstreamReply) as caught:
                await perform(client_of(Script(reply(body))), "trigger_zapier", event="e")
            assert caught.value.facts.executed

    async def test_a_refusal_in_plain_text_is_told(self) -> None:
        with pytest.raises(UpstreamRejected, match=r"HTTP 400: Queue is full\."):
            await result_of("trigger_make.refusal")

    async def test_a_page_of_html_is_not_told(self) -> None:
        page = reply("<html>secret</html>", 404, content_type="text/html")
        with pytest.raises(UpstreamRejected) as caught:
            await perform(client_of(Script(page)), "trigger_make", event="e")
        assert "secret" not in caught.value.detail


class TestBroadcast:
    async def test_it_reaches_all_that_are_configured(self) -> None:
        told = await result_of("broadcast.all")
        taken = [one.platform for one in told.deliveries]
        assert taken == ["zapier", "ifttt", "pipedream", "activepieces"]
        assert [(one.platform, one.code) for one in told.failures] == [
            ("make", "upstream_rejected")
        ]
        assert "Queue is full" in told.failures[0].detail

    async def test_what_is_not_configured_is_left_out(self) -> None:
        script = Script(reply("fired"))
        env = Environment({"IFTTT_WEBHOOK_KEY": "key-of-ifttt"})
        told = await perform(client_of(script, env), "broadcast", event="e")
        assert isinstance(told, automation_hub.Broadcasted)
        assert [one.platform for one in told.deliveries] == ["ifttt"]

    async def test_what_was_named_and_is_not_configured_is_a_failure(self) -> None:
        script = Script(reply("fired"))
        env = Environment({"IFTTT_WEBHOOK_KEY": "key-of-ifttt"})
        told = await perform(
            client_of(script, env), "broadcast", event="e", platforms=["make", "IFTTT"]
        )
        assert isinstance(told, automation_hub.Broadcasted)
        assert [one.code for one in told.failures] == ["not_configured"]

    async def test_with_nothing_configured_it_says_what_to_set(self) -> None:
        with pytest.raises(NotConfigured, match="AUTOMATION_HUB_ZAPIER_URL"):
            await perform(client_of(Script(), Environment({})), "broadcast", event="e")

    async def test_if_nobody_took_it_an_unclear_end_weighs_most(self) -> None:
        script = Script(reply("no", 410), TransportError("timeout", sent=True))
        with pytest.raises(OutcomeUnknown):
            await perform(client_of(script), "broadcast", event="e", platforms=["zapier", "make"])
        script = Script(reply({}, 401), reply("no", 410))
        with pytest.raises(UpstreamUnauthorized):
            await perform(client_of(script), "broadcast", event="e", platforms=["zapier", "make"])


class TestMake:
    async def test_a_full_page_may_have_another_behind_it(self) -> None:
        assert (await result_of("list_make_scenarios.success")).next_offset == 1
        assert (await result_of("get_make_scenario_logs.success")).next_offset is None

    async def test_where_there_is_a_total_it_decides(self) -> None:
        first = await result_of("list_make_records.success")
        assert (first.count, first.next_offset) == (2, 1)
        body = {"records": [{"key": "a", "data": {}}], "count": 2}
        client = client_of(Script(reply(body)))
        last = await perform(client, "list_make_records", data_store_id=1, offset=1, limit=1)
        assert isinstance(last, automation_hub.MakeRecords)
        assert last.next_offset is None

    async def test_states_are_words(self) -> None:
        assert (await result_of("run_make_scenario.success")).status == "success"
        assert (await result_of("run_make_scenario.started")).status is None
        worded = client_of(Script(reply({"executionId": "e", "status": "warning"})))
        run = await perform(worded, "run_make_scenario", scenario_id=1)
        assert isinstance(run, automation_hub.MakeRun)
        assert run.status == "warning"
        logs = (await result_of("get_make_scenario_logs.success")).logs
        assert [one.status for one in logs] == ["error", None]

    async def test_the_limit_is_the_plans(self) -> None:
        assert (await result_of("get_make_organization.success")).api_limit == 240
        plain = {"organization": {"id": 1, "name": "x"}}
        client = client_of(Script(reply(plain)))
        found = await perform(client, "get_make_organization", organization_id=1)
        assert isinstance(found, automation_hub.MakeOrganization)
        assert found.api_limit is None


def test_zapier_has_two_windows() -> None:
    limits = AutomationHub.upstreams["zapier"].limits
    assert limits == [Rate(30, per=1), Rate(10_000, per=5 * MINUTE)]


def test_what_may_be_repeated() -> None:
    kinds = {name: one.kind for name, one in AutomationHub.operations.items()}
    assert {name for name, kind in kinds.items() if kind == "idempotent"} == {"stop_make_scenario"}
    acting = {name for name, kind in kinds.items() if kind == "unsafe"}
    assert acting == {
        "broadcast",
        "run_make_scenario",
        "start_make_scenario",
        "trigger",
        "trigger_ifttt_json",
        *(f"trigger_{one}" for one in PLATFORMS),
    }
