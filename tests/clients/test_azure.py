"""What is special to Azure: shared tokens, buckets, links, what takes its time."""

from collections.abc import Callable
from typing import Any, Final

import pytest

from clients import _recordings
from clients._environment import Environment
from clients._http import HttpRequest, HttpResponse, TransportError
from clients.azure import Azure
from contracts import (
    BadUpstreamReply,
    InvalidRequest,
    OutcomeUnknown,
    UpstreamRejected,
    UpstreamUnauthorized,
)
from contracts.azure import (
    Deployment,
    Resources,
    Rows,
    StorageAccounts,
    Subscriptions,
    VirtualMachine,
)
from tests.support.clock import QuickClock
from tests.support.kit import (
    Playback,
    Script,
    apart,
    environment_of,
    kit_for,
    perform,
    recording,
    reply,
    target_of,
)

ARM: Final = "https://management.azure.com"
SUB: Final = "/subscriptions/00000000-0000-0000-0000-000000000000"
MACHINE: Final[dict[str, Any]] = {"resource_group": "g", "name": "m"}
KEYS: Final = {
    "AZURE_TENANT_ID": "tenant",
    "AZURE_CLIENT_ID": "id",
    "AZURE_CLIENT_SECRET": "s3same",
    "AZURE_STORAGE_ACCOUNT": "lab",
}
CASES: Final = [one for one in _recordings.load("azure") if one.code is None]


def client_of(*answers: Any, clock: QuickClock | None = None, **env: str) -> tuple[Azure, Script]:  # noqa: ANN401
    """A client that is answered from a script, and always has a token."""
    script = Script(*answers)
    known = environment_of(Azure, **env)
    kit = kit_for(Azure, apart(Azure, script), env=known, clock=clock or QuickClock())
    return Azure(kit), script


def logged(answer: Callable[[HttpRequest], HttpResponse]) -> tuple[Azure, dict[str, Script]]:
    """A client with a log for each host, with no token at first."""
    scripts = {name: Script(answer) for name in Azure.upstreams}
    kit = kit_for(Azure, lambda name: scripts[name], env=Environment(KEYS), clock=QuickClock())
    return Azure(kit), scripts


def answered(request: HttpRequest) -> HttpResponse:
    """A token, or an empty list."""
    asked = "/oauth2/" in request.url
    return reply({"access_token": "t", "expires_in": 3599} if asked else {"value": []})


async def test_one_token_serves_all_of_resource_manager() -> None:
    client, scripts = logged(answered)
    for _ in range(2):
        await perform(client, "list_subscriptions")
        with pytest.raises(BadUpstreamReply):
            await perform(client, "query_resources", query="Resources")
    (asked,) = scripts["login"].sent
    assert asked.url == "https://login.microsoftonline.com/tenant/oauth2/v2.0/token"
    assert b"scope=https%3A%2F%2Fmanagement.azure.com%2F.default" in asked.body
    assert b"grant_type=client_credentials" in asked.body
    sent = [*scripts["arm_reads"].sent, *scripts["graph"].sent]
    assert {dict(one.headers)["Authorization"] for one in sent} == {"Bearer t"}


async def test_storage_has_a_token_of_its_own() -> None:
    client, scripts = logged(answered)
    await perform(client, "list_subscriptions")
    with pytest.raises(BadUpstreamReply):
        await perform(client, "list_containers")
    bodies = [one.body for one in scripts["login"].sent]
    assert len(bodies) == 2
    assert b"scope=https%3A%2F%2Fstorage.azure.com%2F.default" in bodies[1]


async def test_a_refused_secret_names_its_variables_and_says_no_more() -> None:
    no = {"error": "invalid_client", "error_description": "AADSTS7000215: s3same", "trace_id": "x"}
    client, _ = logged(lambda _: reply(no, 401))
    with pytest.raises(UpstreamUnauthorized, match="AZURE_CLIENT_SECRET") as caught:
        await perform(client, "list_subscriptions")
    assert "s3same" not in caught.value.detail


BUCKETS: Final = {
    "arm_writes": {
        "create_resource_group",
        "create_deployment",
        "start_virtual_machine",
        "deallocate_virtual_machine",
        "restart_virtual_machine",
    },
    "arm_deletes": {"delete_resource_group"},
    "graph": {"query_resources"},
}


@pytest.mark.parametrize("bucket", BUCKETS)
def test_each_kind_of_call_has_its_bucket(bucket: str) -> None:
    first = {one.operation: one.exchanges[0].upstream for one in CASES}
    assert {name for name, upstream in first.items() if upstream == bucket} == BUCKETS[bucket]


def test_what_is_asked_after_is_read() -> None:
    later = {exchange.upstream for one in CASES for exchange in one.exchanges[1:]}
    assert later == {"arm_reads"}


def test_only_a_restart_acts_twice() -> None:
    unsafe = {name for name, one in Azure.operations.items() if one.kind == "unsafe"}
    assert unsafe == {"restart_virtual_machine"}


async def test_a_restart_is_asked_for_once() -> None:
    client, script = client_of(lambda _: TransportError("timeout", sent=True))
    with pytest.raises(OutcomeUnknown, match=r"azure\.get_virtual_machine"):
        await perform(client, "restart_virtual_machine", **MACHINE)
    assert len(script.sent) == 1


async def test_the_subscription_is_ours_unless_named() -> None:
    client, script = client_of(lambda _: reply({"value": []}))
    other = "22222222-2222-2222-2222-222222222222"
    await perform(client, "list_resource_groups")
    await perform(client, "list_resource_groups", subscription_id=other)
    assert [target_of(one).split("/")[2] for one in script.sent] == [SUB.split("/")[2], other]


async def test_no_subscription_is_told() -> None:
    client, script = client_of(AZURE_SUBSCRIPTION_ID="")
    with pytest.raises(InvalidRequest, match="AZURE_SUBSCRIPTION_ID"):
        await perform(client, "get_resource_group", resource_group="g")
    assert not script.sent


def page(link: str | None) -> HttpResponse:
    """A page of subscriptions."""
    one = {"id": SUB, "subscriptionId": SUB[15:], "displayName": "S", "state": "Enabled"}
    return reply({"value": [one]} | ({"nextLink": link} if link else {}))


LINKS: Final = [
    (f"{ARM}/subscriptions?api-version=x&%24skiptoken=a%2Bb", "a+b"),
    (f"{ARM}/subscriptions?api-version=x&$skipToken=abc", "abc"),
    (f"{ARM}:443/subscriptions?$skiptoken=abc", "abc"),
    (None, None),
    ("", None),
]


@pytest.mark.parametrize(("link", "cursor"), LINKS)
async def test_the_next_page_is_a_cursor(link: str | None, cursor: str | None) -> None:
    client, script = client_of(page(link), page(None))
    found = await perform(client, "list_subscriptions")
    assert isinstance(found, Subscriptions)
    assert found.next_cursor == cursor
    if cursor:
        await perform(client, "list_subscriptions", cursor=cursor)
        assert script.sent[1].url.startswith(f"{ARM}/subscriptions?api-version=2022-12-01&")


STRANGE: Final = [
    "https://attacker.test/subscriptions?$skiptoken=a",
    "http://management.azure.com/subscriptions?$skiptoken=a",
    "https://management.azure.com@attacker.test/subscriptions?$skiptoken=a",
    "https://management.azure.com.attacker.test/subscriptions?$skiptoken=a",
    "//attacker.test/subscriptions?$skiptoken=a",
    "https://management.azure.com/subscriptions?page=2",
]


@pytest.mark.parametrize("link", STRANGE)
async def test_a_link_elsewhere_is_not_followed(link: str) -> None:
    client, script = client_of(page(link))
    with pytest.raises(BadUpstreamReply):
        await perform(client, "list_subscriptions")
    assert len(script.sent) == 1


async def test_all_pages_end_after_ten() -> None:
    numbers = iter(range(100))

    def part(_: HttpRequest) -> HttpResponse:
        link = f"{ARM}{SUB}/resources?$skiptoken={next(numbers)}"
        return reply({"value": [{"id": "i", "name": "n", "type": "t"}], "nextLink": link})

    client, script = client_of(part)
    found = await perform(client, "list_resources", all_pages=True)
    assert isinstance(found, Resources)
    assert (len(found.results), found.next_cursor, len(script.sent)) == (10, "9", 10)


async def replayed(name: str) -> Any:  # noqa: ANN401
    """What a recorded success answers."""
    one = recording(Azure, name)
    client, _ = client_of(Playback(one, Azure, environment_of(Azure)))
    return await perform(client, one.operation, **one.params)


async def test_what_matters_is_on_top() -> None:
    machine = await replayed("get_virtual_machine.success")
    assert isinstance(machine, VirtualMachine)
    told = (machine.size, machine.os, machine.power_state, machine.provisioning_state)
    assert told == ("Standard_D2s_v5", "Linux", "running", "Succeeded")
    deployment = await replayed("get_deployment.success")
    assert isinstance(deployment, Deployment)
    assert deployment.outputs["storageAccount"] == {"type": "String", "value": "mycosamples"}
    accounts = await replayed("list_storage_accounts.success")
    assert isinstance(accounts, StorageAccounts)
    assert accounts.results[0].blob_url == "https://mycosamples.blob.core.windows.net/"


async def test_no_tags_are_none() -> None:
    found = await replayed("list_resources.all_pages")
    assert isinstance(found, Resources)
    assert [one.tags for one in found.results] == [{}, {}]


async def test_a_graph_s_page() -> None:
    more = {"totalRecords": 9, "count": 1, "resultTruncated": "true", "data": [{"a": 1}]}
    client, script = client_of(reply(more | {"$skipToken": "tok"}), reply(more))
    rows = await perform(client, "query_resources", query="Resources", top=1)
    assert isinstance(rows, Rows)
    assert (rows.total, rows.truncated, rows.next_cursor) == (9, True, "tok")
    await perform(client, "query_resources", query="Resources", top=1, cursor="tok")
    assert b'"$skipToken":"tok"' in script.sent[1].body


async def test_a_refusal_tells_code_and_message() -> None:
    one = recording(Azure, "get_resource_group.refusal")
    client, _ = client_of(one.exchanges[0].response.at())
    with pytest.raises(UpstreamRejected, match="ResourceGroupNotFound Resource group 'gone'"):
        await perform(client, one.operation, **one.params)


async def test_one_variable_moves_all_of_resource_manager() -> None:
    env = Environment({"AZURE_API_URL": "https://management.chinacloudapi.cn"})
    moved = {
        one.address(env) for one in Azure.upstreams.values() if one.aliases[0] == "AZURE_API_URL"
    }
    assert moved == {"https://management.chinacloudapi.cn"}
