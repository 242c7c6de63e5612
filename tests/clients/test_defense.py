"""What is special to defence platforms: off by default, logins, addresses, what nobody verified."""

from typing import Any, Final

import pytest
from pydantic import ValidationError

from clients._environment import Environment
from clients._http import HttpRequest, TransportError
from clients.defense import Defense
from contracts import Failure, OutcomeUnknown, Result, UpstreamRejected, UpstreamUnauthorized
from contracts import defense as asked
from tests.support.clock import QuickClock
from tests.support.kit import (
    Playback,
    Script,
    environment_of,
    kit_for,
    perform,
    recording,
    reply,
)

STACK: Final = "https://example.palantirfoundry.com"
ROOM: Final = "https://lattice.example.com"
PLACES: Final = {"PALANTIR_FOUNDRY_URL": STACK, "ANDURIL_API_URL": ROOM}
TOKEN: Final = {"access_token": "fetched", "expires_in": 3600}


def client_of(script: Script, **keys: str) -> Defense:
    env = Environment(PLACES | keys)
    return Defense(kit_for(Defense, script, env=env, clock=QuickClock()))


async def replayed(name: str) -> tuple[Any, HttpRequest]:
    """What a recorded case ends in, and what was sent for it."""
    case, env = recording(Defense, name), environment_of(Defense, ANDURIL_CLIENT_ID="")
    env = _with_lasting_tokens(env)
    script = Script(Playback(case, Defense, env))
    client = Defense(kit_for(Defense, script, env=env))
    try:
        end: Result | Failure = await perform(client, case.operation, **case.params)
    except Failure as failure:
        end = failure
    return end, script.sent[0]


def _with_lasting_tokens(env: Environment) -> Environment:
    """All keys, but those of the logins."""
    names = [name for one in Defense.upstreams.values() for name in (*one.keys, *one.aliases)]
    found = {name: env.get(name) or "" for name in names if "_CLIENT_" not in name}
    urls = {one.url_variable: env.get(one.url_variable) or "" for one in Defense.upstreams.values()}
    return Environment(found | urls)


def test_it_is_off_unless_it_is_named() -> None:
    assert Defense.opt_in


class TestAddresses:
    @pytest.mark.parametrize("place", [STACK, f"{STACK}/", f"{STACK}/api", f"{STACK}/api/v2"])
    @pytest.mark.parametrize("variable", ["PALANTIR_FOUNDRY_URL", "PALANTIR_API_URL"])
    def test_foundry_s_is_told_from_any_part(self, variable: str, place: str) -> None:
        env = Environment({variable: place})
        found = [Defense.upstreams[one].address(env) for one in ("foundry", "foundry_login")]
        assert found == [f"{STACK}/api", f"{STACK}/multipass/api"]

    @pytest.mark.parametrize(
        "place", [ROOM, f"{ROOM}/api", f"{ROOM}/api/v1", "lattice.example.com"]
    )
    def test_lattice_s_is_told_from_any_part(self, place: str) -> None:
        for variable in ("ANDURIL_API_URL", "LATTICE_ENDPOINT", "DEFENSE_LATTICE_URL"):
            if "://" in place or variable != "DEFENSE_LATTICE_URL":
                env = Environment({variable: place})
                assert Defense.upstreams["lattice"].address(env) == f"{ROOM}/api/v1"

    def test_each_portal_has_its_own(self) -> None:
        env = Environment({"BAE_PORTAL_URL": "https://bae.test/api"})
        assert Defense.upstreams["bae"].address(env) == "https://bae.test/api"
        lacking = Defense.upstreams["saic"].lacking(env)
        assert lacking == ("DEFENSE_SAIC_URL", "SAIC_PORTAL_TOKEN")


class TestKeys:
    async def test_foundry_gives_a_token_for_id_and_secret(self) -> None:
        script = Script(reply(TOKEN), reply({"data": []}))
        keys = {"PALANTIR_CLIENT_ID": "me", "PALANTIR_CLIENT_SECRET": "s"}
        await perform(client_of(script, **keys), "list_ontologies")
        login, call = script.sent
        assert login.url == f"{STACK}/multipass/api/oauth2/token"
        assert b"grant_type=client_credentials" in login.body
        assert b"scope" not in login.body  # all that the application has
        assert dict(call.headers)["Authorization"] == "Bearer fetched"

    @pytest.mark.parametrize("sandbox", [{}, {"ANDURIL_SANDBOX_TOKEN": "box"}])
    async def test_lattice_gives_one_too_in_a_sandbox_or_not(self, sandbox: dict[str, str]) -> None:
        script = Script(reply(TOKEN), reply({"path_metadatas": []}))
        keys = {"ANDURIL_CLIENT_ID": "me", "ANDURIL_CLIENT_SECRET": "s"} | sandbox
        await perform(client_of(script, **keys), "list_files")
        login, call = script.sent
        assert login.url == f"{ROOM}/api/v1/oauth/token"
        box = "Bearer box" if sandbox else None
        for request in (login, call):
            assert dict(request.headers).get("Anduril-Sandbox-Authorization") == box
        assert dict(call.headers)["Authorization"] == "Bearer fetched"

    LASTING: Final[list[tuple[str, dict[str, str], object]]] = [
        ("list_ontologies", {"PALANTIR_API_TOKEN": "t"}, {"data": []}),
        ("list_files", {"ANDURIL_SDK_TOKEN": "t"}, {}),
        ("list_files", {"ANDURIL_API_KEY": "t"}, {}),
    ]

    @pytest.mark.parametrize(("name", "keys", "answer"), LASTING)
    async def test_a_lasting_token_needs_no_login(
        self, name: str, keys: dict[str, str], answer: object
    ) -> None:
        script = Script(reply(answer))
        await perform(client_of(script, **keys), name)
        assert dict(script.sent[0].headers)["Authorization"] == "Bearer t"

    async def test_no_portal_gets_another_s_key(self) -> None:
        _, request = await replayed("list_rfqs.bare")
        assert dict(request.headers)["Authorization"].endswith("-BAE_PORTAL_TOKEN")


class TestFoundry:
    async def test_totals_are_text_and_an_empty_token_is_none(self) -> None:
        found, _ = await replayed("query_ontology.success")
        assert (found.total, found.next_cursor) == (100, "v1.next")
        files, _ = await replayed("list_dataset_files.success")
        assert (files.files[0].size_bytes, files.next_cursor) == (1234, None)

    async def test_a_file_s_folders_are_one_part_of_the_path(self) -> None:
        _, request = await replayed("get_dataset_file.success")
        assert request.url.endswith("/files/raw%2Fa.csv/content")

    async def test_what_is_only_checked_is_told(self) -> None:
        outcome, request = await replayed("apply_action.checked")
        assert outcome.validation["result"] == "INVALID"
        assert b"VALIDATE_ONLY" in request.body

    async def test_refusals_are_told_by_name(self) -> None:
        failure, _ = await replayed("get_dataset.refusal")
        assert "HTTP 404: NOT_FOUND DatasetNotFound (instance 0000" in failure.detail
        body = {"errorCode": "UNAUTHORIZED", "errorName": "InvalidToken"}
        script = Script(reply(body, status=401))
        with pytest.raises(UpstreamUnauthorized, match=r"UNAUTHORIZED InvalidToken$"):
            await perform(client_of(script, PALANTIR_API_TOKEN="t"), "list_ontologies")


class TestLattice:
    async def test_zero_is_a_place(self) -> None:
        entity, _ = await replayed("get_asset.success")
        assert (entity.latitude, entity.longitude, entity.altitude_m) == (0.0, 0.0, 0.0)
        _, request = await replayed("publish_entity.success")
        assert b'"latitudeDegrees":0.0,"longitudeDegrees":0.0' in request.body

    async def test_only_what_is_meant_is_told(self) -> None:
        names = ("list_assets.success", "get_detections.success", "list_assets.all")
        found = [(await replayed(one))[0] for one in names]
        ids = [[one.entity.entity_id for one in page.events] for page in found]
        assert ids == [["asset-1"], ["track-1"], ["asset-1", "track-1"]]
        assert {page.next_cursor for page in found} == {"session-1"}

    async def test_nothing_new_is_an_empty_page(self) -> None:
        page, _ = await replayed("list_assets.nothing")
        assert (page.events, page.next_cursor) == ([], "session-2")

    async def test_an_entity_may_have_next_to_nothing(self) -> None:
        entity, _ = await replayed("remove_entity_override.success")
        assert (entity.name, entity.latitude, entity.source_updated_at) == (None, None, None)

    async def test_folders_are_parts_of_the_path(self) -> None:
        _, request = await replayed("get_file.refusal")
        assert request.url.endswith("/objects/maps/sea.png")

    async def test_a_file_is_told_by_its_path(self) -> None:
        page, _ = await replayed("list_files.success")
        assert (page.files[0].path, page.files[0].sha256) == ("maps/harbour.png", "0f3c")
        assert page.next_cursor == "page-2"


class TestPlatformOne:
    async def test_harbor_wants_an_image_s_name_quoted_twice(self) -> None:
        page, request = await replayed("list_image_artifacts.success")
        assert "/redhat%252Fubi%252Fubi9/artifacts" in request.url
        assert [[tag.name for tag in one.tags] for one in page.artifacts] == [["9.6", "latest"], []]

    async def test_gitlab_wants_a_project_s_path_quoted_once(self) -> None:
        page, request = await replayed("list_deployments.success")
        assert "/projects/group%2Fapp/deployments" in request.url
        assert page.next_page == 2
        assert (await replayed("list_deployments.last"))[0].next_page is None

    async def test_harbor_counts_in_a_header(self) -> None:
        page, _ = await replayed("get_iron_bank_images.success")
        assert (page.total, page.next_page) == (3, 2)
        for count, following in ((50, 2), (49, None)):
            script = Script(reply([{"name": f"ironbank/{at}"} for at in range(count)]))
            keys = {"PLATFORM_ONE_REGISTRY_USER": "u", "PLATFORM_ONE_REGISTRY_SECRET": "s"}
            found = await perform(client_of(script, **keys), "get_iron_bank_images")
            assert isinstance(found, asked.ImageRepositories)
            assert (found.total, found.next_page) == (None, following)


class TestPortals:
    async def test_a_list_comes_bare_or_under_its_name(self) -> None:
        assert [one["id"] for one in (await replayed("list_rfqs.success"))[0].rfqs] == ["RFQ-1"]
        assert [one["id"] for one in (await replayed("list_rfqs.bare"))[0].rfqs] == ["RFQ-2"]

    def test_what_nobody_verified_says_so(self) -> None:
        of_portals = {"AtPortal", "Request"}
        unverified = [
            one
            for one in Defense.operations.values()
            if one.request.__module__.endswith(".portals")
            and one.request.__name__ not in of_portals
        ]
        assert len(unverified) == 8
        for one in unverified:
            for text in (one.doc, one.request.__doc__, one.request.result.__doc__):
                assert "(unverified)" in (text or "")


UNSAFE: Final = {
    "apply_action",
    "run_pipeline",
    "create_task",
    "deploy_application",
    "submit_quote",
    "submit_invoice",
    "send_message",
}
IDEMPOTENT: Final = {
    "publish_entity",
    "override_entity",
    "remove_entity_override",
    "update_task_status",
    "cancel_task",
    "upload_file",
    "delete_file",
    "trigger_scan",
}


def test_what_may_be_repeated() -> None:
    kinds = {name: one.kind for name, one in Defense.operations.items()}
    assert {name for name, kind in kinds.items() if kind == "unsafe"} == UNSAFE
    assert {name for name, kind in kinds.items() if kind == "idempotent"} == IDEMPOTENT


@pytest.mark.parametrize("name", sorted(UNSAFE))
async def test_what_acts_is_sent_once(name: str) -> None:
    env = _with_lasting_tokens(environment_of(Defense))
    script = Script(TransportError("timeout", sent=True))
    client = Defense(kit_for(Defense, script, env=env, clock=QuickClock()))
    with pytest.raises(OutcomeUnknown) as caught:
        await perform(client, name, **recording(Defense, f"{name}.success").params)
    assert len(script.sent) == 1
    assert caught.value.detail.endswith(Defense.operations[name].traits.look)


async def test_parts_that_are_not_configured_do_not_stop_the_others() -> None:
    script = Script(lambda _: reply({"data": []}))
    client = client_of(script, PALANTIR_API_TOKEN="t")
    health = await client.health_check()
    states = {name: one["status"] for name, one in health["upstreams"].items()}
    assert (states["foundry"], states["lattice"], states["bae"]) == ("ok", "error", "error")


async def test_a_plain_refusal_stays_one() -> None:
    failure, _ = await replayed("list_deployments.refusal")
    assert type(failure) is UpstreamRejected
    assert failure.detail == "HTTP 404: 404 Project Not Found"


@pytest.mark.parametrize("only", [True, False])
async def test_an_action_that_did_not_run_is_no_success(only: bool) -> None:
    script = Script(reply({"validation": {"result": "INVALID", "submissionCriteria": []}}))
    client = client_of(script, PALANTIR_API_TOKEN="token")
    params: dict[str, Any] = {"ontology": "own", "action": "rename", "parameters": {"id": 1}}
    asking = perform(client, "apply_action", **params, validate_only=only)
    if only:
        assert (await asking).model_dump()["validation"]["result"] == "INVALID"
    else:
        with pytest.raises(UpstreamRejected, match="did not run"):
            await asking


WRONG: Final[list[tuple[type[Any], dict[str, Any], str]]] = [
    (asked.GetDataset, {"dataset_rid": "../x"}, "dataset_rid"),
    (asked.GetDatasetFile, {"dataset_rid": "ri.a.b.c", "path": "a/../b"}, "path"),
    (asked.CreateTask, {"task_id": "a b", "display_name": "x", "specification": {"a": 1}}, "task"),
    (asked.CreateTask, {"task_id": "four", "display_name": "x", "specification": {}}, "spec"),
    (asked.OverrideEntity, {"entity_id": "x", "field_path": "a/b", "entity": {"a": 1}}, "field"),
    (
        asked.PublishEntity,
        {
            "entity_id": "x",
            "template": "TEMPLATE_ASSET",
            "expiry_time": "2026-11-30T00:00:00Z",
            "data_type": "boat",
            "source_update_time": "2026-11-01T00:00:00Z",
            "components": {"entityId": "another", "health": {}},
        },
        "parameters: entityId",
    ),
    (asked.TriggerScan, {"image": "a//b", "reference": "latest"}, "image"),
    (asked.TriggerScan, {"image": "a", "reference": "sha256:0"}, "reference"),
    (asked.ListDeployments, {"project": "../users"}, "project"),
    (asked.ListRfqs, {"portal": "https://attacker.test"}, "portal"),
    (asked.SubmitQuote, {"portal": "bae", "rfq_id": "a/b", "quote": {"a": 1}}, "rfq_id"),
]


@pytest.mark.parametrize(("kind", "params", "said"), WRONG)
def test_what_does_not_fit_is_refused(kind: type[Any], params: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        kind.model_validate(params)
