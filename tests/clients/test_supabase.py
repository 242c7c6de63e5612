"""What is special to Supabase: filters, keys of two kinds, parts that each say no in their way."""

import json
from functools import cache
from typing import Any, Final

import pytest
import yaml
from pydantic import ValidationError

from clients import _recordings
from clients._environment import Environment
from clients._http import HttpRequest, TransportError
from clients._recordings import Recording
from clients.supabase import Supabase
from contracts import (
    Failure,
    OutcomeUnknown,
    Result,
    UpstreamRejected,
    UpstreamThrottled,
    UpstreamUnauthorized,
)
from contracts import supabase as asked
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
from tests.support.oracle import SPECS, Oracle

PLACE: Final = "https://abcdefghijklmnopqrst.supabase.co"
HERE: Final = {"SUPABASE_URL": PLACE}
TABLE: Final[dict[str, Any]] = {"table": "observations"}
ONE: Final = [{"column": "id", "value": 1}]


def client_of(script: Script, **keys: str) -> Supabase:
    """A client with these keys, or with all."""
    env = Environment(HERE | keys) if keys else environment_of(Supabase)
    return Supabase(kit_for(Supabase, script, env=env, clock=QuickClock()))


async def replayed(name: str) -> tuple[Any, HttpRequest]:
    """What a recorded case ends in, and what was sent for it."""
    case, env = recording(Supabase, name), environment_of(Supabase)
    script = Script(Playback(case, Supabase, env))
    try:
        end: Result | Failure = await perform(
            Supabase(kit_for(Supabase, script, env=env)), case.operation, **case.params
        )
    except Failure as failure:
        end = failure
    return end, script.sent[0]


class TestKeys:
    KEYS: Final = [
        ({"SUPABASE_SECRET_KEY": "new"}, {"apikey": "new"}),
        (
            {"SUPABASE_SERVICE_ROLE_KEY": "old"},
            {"apikey": "old", "Authorization": "Bearer old"},
        ),
        (
            {"SUPABASE_SERVICE_KEY": "old", "SUPABASE_ANON_KEY": "anon"},
            {"apikey": "old", "Authorization": "Bearer old"},
        ),
        ({"SUPABASE_PUBLISHABLE_KEY": "open", "SUPABASE_ANON_KEY": "anon"}, {"apikey": "open"}),
        (
            {"NEXT_PUBLIC_SUPABASE_ANON_KEY": "anon"},
            {"apikey": "anon", "Authorization": "Bearer anon"},
        ),
    ]

    @pytest.mark.parametrize(("keys", "headers"), KEYS)
    async def test_only_an_old_key_is_a_bearer(
        self, keys: dict[str, str], headers: dict[str, str]
    ) -> None:
        script = Script(reply([], content_range="*/*"))
        await perform(client_of(script, **keys), "select", **TABLE)
        sent = dict(script.sent[0].headers)
        assert {name: sent.get(name) for name in ("apikey", "Authorization")} == {
            "Authorization": None
        } | headers
        assert script.sent[0].url.startswith(f"{PLACE}/rest/v1/observations?")

    async def test_a_user_s_token_stands_beside_the_project_s_key(self) -> None:
        _, request = await replayed("auth_get_user.success")
        sent = dict(request.headers)
        assert sent["Authorization"] == "Bearer sample.access.token"
        assert "ANON" in sent["apikey"]

    def test_administration_needs_a_secret_key(self) -> None:
        env = Environment(HERE | {"SUPABASE_ANON_KEY": "anon"})
        lacking = {name: one.lacking(env) for name, one in Supabase.upstreams.items()}
        assert lacking.pop("admin") == ("SUPABASE_SERVICE_ROLE_KEY",)
        assert set(lacking.values()) == {()}

    @pytest.mark.parametrize("place", [PLACE, f"{PLACE}/", "abcdefghijklmnopqrst.supabase.co"])
    def test_one_address_is_that_of_all_parts(self, place: str) -> None:
        env = Environment({"NEXT_PUBLIC_SUPABASE_URL": place})
        found = {name: one.address(env) for name, one in Supabase.upstreams.items()}
        paths = {"rest": "rest", "auth": "auth", "admin": "auth", "storage": "storage"}
        assert found == {name: f"{PLACE}/{path}/v1" for name, path in paths.items()}


class TestFilters:
    SAID: Final[list[tuple[dict[str, Any], str]]] = [
        ({"value": 5}, "eq.5"),
        ({"value": 0.5, "operator": "lt"}, "lt.0.5"),
        ({"value": True}, "eq.true"),
        ({"value": "a,b.c"}, "eq.a%2Cb.c"),
        ({"value": "a&limit=1#x"}, "eq.a%26limit%3D1%23x"),
        ({"value": None, "operator": "is"}, "is.null"),
        ({"value": False, "operator": "is", "negated": True}, "not.is.false"),
        ({"value": "not_null", "operator": "is"}, "is.not_null"),
        ({"value": "Bol*", "operator": "ilike"}, "ilike.Bol%2A"),
        ({"value": "red cap", "operator": "full_text"}, "wfts.red%20cap"),
        ({"value": [1, 2], "operator": "in"}, "in.%281%2C2%29"),
        ({"value": [], "operator": "in"}, "in.%28%29"),
        ({"value": ['x")', True], "operator": "in"}, "in.%28%22x%5C%22%29%22%2Ctrue%29"),
        ({"value": ["a}", 1], "operator": "overlaps"}, "ov.%7B%22a%7D%22%2C1%7D"),
        ({"value": "[1,5)", "operator": "contained_in"}, "cd.%5B1%2C5%29"),
    ]

    @pytest.mark.parametrize(("condition", "said"), SAID)
    async def test_how_they_are_said(self, condition: dict[str, Any], said: str) -> None:
        script = Script(reply([], content_range="*/*"))
        filters = [{"column": "name", **condition}]
        await perform(client_of(script), "select", **TABLE, filters=filters)
        assert target_of(script.sent[0]) == f"/observations?select=%2A&name={said}&limit=100"

    WRONG: Final[list[dict[str, Any]]] = [
        {"column": "name", "value": None},
        {"column": "name", "value": [1]},
        {"column": "name", "value": 1, "operator": "in"},
        {"column": "name", "value": "maybe", "operator": "is"},
        {"column": "name", "value": 1, "operator": "is"},
        {"column": "limit", "value": 1},
        {"column": "select", "value": "id"},
        {"column": "not.or", "value": "(id.eq.1)"},
        {"column": "and", "value": "(id.eq.1)"},
        {"column": "authors.order", "value": "id"},
        {"column": "on_conflict", "value": "id"},
        {"column": "id=eq.1&x", "value": 1},
        {"column": "1st", "value": 1},
        {"column": 'name"', "value": 1},
    ]

    @pytest.mark.parametrize("condition", WRONG)
    def test_what_is_no_filter(self, condition: dict[str, Any]) -> None:
        with pytest.raises(ValidationError):
            asked.Select.model_validate({**TABLE, "filters": [condition]})

    @pytest.mark.parametrize("kind", [asked.Update, asked.Delete])
    def test_all_rows_are_never_meant(self, kind: type[asked.Update | asked.Delete]) -> None:
        given: dict[str, Any] = {**TABLE, "filters": []}
        given |= {"values": {"count": 1}} if kind is asked.Update else {}
        with pytest.raises(ValidationError, match="at least 1"):
            kind.model_validate(given)
        with pytest.raises(ValidationError, match="filters"):
            kind.model_validate({name: one for name, one in given.items() if name != "filters"})

    VACUOUS: Final[list[tuple[dict[str, Any], str]]] = [
        ({"column": "authors.name", "value": "x"}, "of the table itself"),
        ({"column": "id", "operator": "in", "value": [], "negated": True}, "empty list"),
        ({"column": "tags", "operator": "contains", "value": []}, "empty list"),
    ]

    @pytest.mark.parametrize(("condition", "said"), VACUOUS)
    def test_nor_by_a_condition_that_leaves_nothing_out(
        self, condition: dict[str, Any], said: str
    ) -> None:
        own = {"column": "id", "value": 1}
        for kind, more in ((asked.Update, {"values": {"count": 1}}), (asked.Delete, {})):
            with pytest.raises(ValidationError, match=said):
                kind.model_validate({**TABLE, **more, "filters": [own, condition]})
        assert asked.Select.model_validate({**TABLE, "filters": [condition]}).filters

    @pytest.mark.parametrize("name", ["limit", "select", "or", "columns"])
    def test_a_parameter_in_an_address_is_no_control(self, name: str) -> None:
        assert asked.Rpc(function="nearest", params={name: 1}).params
        with pytest.raises(ValidationError, match="control"):
            asked.RpcRead(function="nearest", params={name: 1})

    @pytest.mark.parametrize("table", ["a/b", "../rpc/x", "a?b", "", "1a", "a.b", "a" * 64])
    def test_what_is_no_table(self, table: str) -> None:
        for kind in (asked.Select, asked.Count):
            with pytest.raises(ValidationError, match="table"):
                kind(table=table)
        with pytest.raises(ValidationError, match="function"):
            asked.Rpc(function=table)

    ROWS: Final[list[tuple[list[dict[str, Any]], str]]] = [
        ([{"id": 1, "a": 1}, {"id": 2}], "same columns"),
        ([{"a": 1}], "each column of on_conflict"),
        ([{}], "at least 1"),
        ([{"id; drop": 1}], "pattern"),
    ]

    @pytest.mark.parametrize(("rows", "said"), ROWS)
    def test_an_upsert_names_its_rows(self, rows: list[dict[str, Any]], said: str) -> None:
        with pytest.raises(ValidationError, match=said):
            asked.Upsert.model_validate({**TABLE, "rows": rows, "on_conflict": ["id"]})


class TestPages:
    @pytest.mark.parametrize(
        ("name", "total", "following"),
        [("select.success", 57, 2), ("select.last", None, None), ("select.none", None, None)],
    )
    async def test_where_the_next_one_begins(
        self, name: str, total: int | None, following: int | None
    ) -> None:
        page, _ = await replayed(name)
        assert (page.total, page.next_offset) == (total, following)

    RANGES: Final = [("0-1/2", None), ("0-1/*", 2), ("0-1/3", 2)]

    @pytest.mark.parametrize(("said", "following"), RANGES)
    async def test_a_full_page_may_have_another(self, said: str, following: int | None) -> None:
        script = Script(reply([{"id": 1}, {"id": 2}], content_range=said))
        page = await perform(client_of(script), "select", **TABLE, limit=2)
        assert isinstance(page, asked.Page)
        assert page.next_offset == following

    async def test_rows_are_counted_without_being_read(self) -> None:
        counted, request = await replayed("count.success")
        assert (counted.count, request.method) == (3573, "HEAD")
        assert dict(request.headers)["Prefer"] == "count=exact"
        assert (await replayed("count.none"))[0].count == 0

    async def test_users_are_counted_in_a_header(self) -> None:
        first, last = [
            (await replayed(f"admin_list_users.{one}"))[0] for one in ("success", "last")
        ]
        assert (first.total, first.next_page) == (12, 2)
        assert (last.total, last.next_page) == (None, None)


class TestWishes:
    PREFER: Final = [
        ("select.success", "count=exact"),
        ("select.last", None),
        ("insert.success", "return=representation,missing=default"),
        ("upsert.success", "return=representation,resolution=merge-duplicates"),
        ("update.success", "return=representation,handling=strict,max-affected=1"),
        ("delete.success", "return=representation"),
    ]

    @pytest.mark.parametrize(("name", "said"), PREFER)
    async def test_what_is_preferred(self, name: str, said: str | None) -> None:
        _, request = await replayed(name)
        assert dict(request.headers).get("Prefer") == said

    @pytest.mark.parametrize(
        ("name", "kind", "upsert"),
        [
            ("storage_upload.success", "image/png", "true"),
            ("storage_upload.refusal", "application/octet-stream", "false"),
        ],
    )
    async def test_how_a_file_is_stored(self, name: str, kind: str, upsert: str) -> None:
        _, request = await replayed(name)
        sent = dict(request.headers)
        assert (sent["Content-Type"], sent["x-upsert"]) == (kind, upsert)


@pytest.mark.parametrize("upsert", [True, False])
async def test_a_file_that_may_be_there_is_stored_once(upsert: bool) -> None:
    cut = TransportError("timeout", sent=True)
    script = Script(cut, reply({"Key": "a/b"}))
    params: dict[str, Any] = {"bucket": "a", "path": "b", "content": "aGk=", "upsert": upsert}
    asking = perform(client_of(script), "storage_upload", **params)
    if upsert:
        assert isinstance(await asking, asked.Stored)
    else:
        with pytest.raises(OutcomeUnknown):
            await asking
    assert len(script.sent) == 1 + upsert


KINDS: Final = {
    "unsafe": {
        "insert",
        "rpc",
        "auth_sign_in",
        "auth_refresh_session",
        "auth_sign_up",
        "admin_create_user",
        "storage_move",
        "storage_copy",
        "storage_create_bucket",
    },
    "idempotent": {
        "upsert",
        "update",
        "delete",
        "auth_sign_out",
        "admin_update_user",
        "admin_delete_user",
        "storage_upload",
        "storage_delete",
    },
}


def test_what_may_be_repeated() -> None:
    found = Supabase.operations.items()
    for kind, names in KINDS.items():
        assert {name for name, one in found if one.kind == kind} == names
    assert all(one.traits.look for _, one in found if one.kind == "unsafe")


class TestRefusals:
    TEXTS: Final = [
        ("select.refusal", "HTTP 404: PGRST205 Could not find .* Perhaps you meant the table"),
        ("insert.refusal", "HTTP 409: 23505 duplicate key .* Key \\(id\\)=\\(1\\) already exists"),
        ("update.refusal", "PGRST124 .* affects 14 rows"),
        ("count.refusal", "HTTP 404"),
        ("auth_sign_in.refusal", "HTTP 400: invalid_credentials Invalid login credentials"),
        ("auth_sign_up.refusal", "weak_password Password should be"),
        ("storage_upload.refusal", "HTTP 400: Duplicate The resource already exists"),
    ]

    @pytest.mark.parametrize(("name", "said"), TEXTS)
    async def test_each_part_s_words_are_told(self, name: str, said: str) -> None:
        failure, _ = await replayed(name)
        assert type(failure) is UpstreamRejected
        assert pytest.raises(UpstreamRejected, match=said).matches(failure)

    async def test_a_table_out_of_reach_is_not_a_bad_key(self) -> None:
        assert type((await replayed("select.permission"))[0]) is UpstreamRejected
        assert type((await replayed("select.key"))[0]) is UpstreamUnauthorized
        assert type((await replayed("storage_list_buckets.refusal"))[0]) is UpstreamRejected
        assert type((await replayed("storage_download.key"))[0]) is UpstreamUnauthorized

    async def test_storage_hides_that_it_is_too_much(self) -> None:
        busy = {"statusCode": "429", "error": "too_many", "message": "slow down"}
        script = Script(reply(busy, status=400), reply([]))
        await perform(client_of(script), "storage_list_buckets")
        assert len(script.sent) == 2

    async def test_one_user_s_limit_stops_nobody_else(self) -> None:
        failure, _ = await replayed("auth_sign_up.too_soon")
        assert type(failure) is UpstreamRejected
        assert "only request this after 47 seconds" in failure.detail

    @pytest.mark.parametrize("body", [{"code": 429, "msg": "Too many requests."}, {}, "<html>"])
    async def test_any_other_limit_is_everyone_s(self, body: object) -> None:
        script = Script(lambda _: reply(body, status=429, retry_after="90"))
        with pytest.raises(UpstreamThrottled):
            await perform(client_of(script), "auth_get_settings")

    @pytest.mark.parametrize("body", [[], "<html>", {"message": 7}, None])
    async def test_words_that_nobody_knows(self, body: object) -> None:
        script = Script(reply(body, status=400))
        with pytest.raises(UpstreamRejected, match="HTTP 400"):
            await perform(client_of(script), "select", **TABLE)


class TestFiles:
    @pytest.mark.parametrize("path", ["/a", "a/", "a//b", "../a", "a/../b", "a/.", "a\nb", ""])
    def test_what_is_no_name(self, path: str) -> None:
        with pytest.raises(ValidationError):
            asked.StorageDownload(bucket="avatars", path=path)

    async def test_folders_are_parts_of_the_path(self) -> None:
        _, request = await replayed("storage_upload.folder")
        assert target_of(request) == "/object/avatars/folder/my%20cat.png"

    async def test_a_folder_in_a_list_has_only_a_name(self) -> None:
        page, _ = await replayed("storage_list.success")
        folder, file = page.objects
        assert (folder.id, folder.metadata, file.metadata["size"]) == (None, None, 1234)
        assert page.next_offset == 2

    async def test_a_file_comes_as_it_is(self) -> None:
        file, _ = await replayed("storage_download.success")
        assert (file.media_type, file.data[:4], file.size) == ("image/png", b"\x89PNG", 8)

    async def test_a_signed_address_is_whole(self) -> None:
        signed, _ = await replayed("storage_sign_url.success")
        path = "/object/sign/avatars/cat.png?token=sample.signed.token"
        assert signed.url == f"https://supabase-storage.test{path}"

    def test_a_file_is_not_moved_onto_itself(self) -> None:
        given = {"bucket": "a", "source": "x", "destination": "x"}
        with pytest.raises(ValidationError, match="the same"):
            asked.StorageMove.model_validate(given)
        asked.StorageMove.model_validate(given | {"destination_bucket": "b"})


class TestUsers:
    async def test_a_new_user_may_have_to_confirm(self) -> None:
        waiting, _ = await replayed("auth_sign_up.success")
        assert (waiting.user.email_confirmed_at, waiting.session) == (None, None)
        ready, _ = await replayed("auth_sign_up.session")
        assert ready.session.user == ready.user

    WRONG: Final[list[tuple[type[Any], dict[str, Any]]]] = [
        (asked.AuthSignIn, {"password": "p"}),
        (asked.AuthSignUp, {"password": "p", "email": "a@b.c", "phone": "+15005550006"}),
        (asked.AdminCreateUser, {}),
        (asked.AdminUpdateUser, {"user_id": "9f0a7b1c-52d3-4a8e-9c61-0d3f5b7a2e41"}),
        (asked.AdminGetUser, {"user_id": "../settings"}),
        (asked.AuthGetUser, {"access_token": "a.b.c\r\nX-Evil: 1"}),
    ]

    @pytest.mark.parametrize(("kind", "params"), WRONG)
    def test_what_does_not_fit_is_refused(self, kind: type[Any], params: dict[str, Any]) -> None:
        with pytest.raises(ValidationError):
            kind.model_validate(params)


@cache
def judge() -> Oracle:
    """The description of Supabase Auth."""
    path = SPECS / "supabase/auth-openapi.yaml"
    if not path.is_file():
        pytest.skip("../shared/specs is absent: only the project's own machines have it")
    read = yaml.safe_load(path.read_text(encoding="utf-8"))
    # its statuses are numbers, and it says more than OpenAPI 3.0 knows
    return Oracle(json.loads(json.dumps(read, default=str), object_hook=_known))


def _known(one: dict[str, Any]) -> dict[str, Any]:
    kept = {name: it for name, it in one.items() if name not in {"optional", "patternProperties"}}
    return {"anyOf" if name == "oneOf" else name: it for name, it in kept.items()}  # all are open


UNDESCRIBED: Final = {"admin_create_user"}  # supabase/auth has it, its description does not
JUDGED: Final = [
    one
    for one in _recordings.load("supabase")
    if one.exchanges[0].upstream in {"auth", "admin"} and one.operation not in UNDESCRIBED
]


@pytest.mark.parametrize("case", JUDGED, ids=lambda one: one.name)
async def test_the_vendor_s_description_agrees(case: Recording) -> None:
    env = environment_of(
        Supabase, SUPABASE_AUTH_URL=f"{PLACE}/auth/v1", SUPABASE_ADMIN_URL=f"{PLACE}/auth/v1"
    )
    script = Script(Playback(case, Supabase, env))
    client = Supabase(kit_for(Supabase, script, env=env))
    try:
        await perform(client, case.operation, **case.params)
    except Failure:
        assert case.code
    (request,) = script.sent
    headers = dict(request.headers)
    headers.setdefault("Authorization", "Bearer the key itself")
    whole = HttpRequest(request.method, request.url, tuple(headers.items()), request.body)
    judge().judge(whole, case.exchanges[0].response.at())
