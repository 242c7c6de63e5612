"""What is special to the website: two ways to one host, reads that cost money, the form."""

from datetime import UTC, datetime
from typing import Any, Final

import orjson
import pytest
from pydantic import ValidationError

from clients._environment import Environment
from clients._http import TransportError
from clients.website import Website, weights
from contracts import OutcomeUnknown, Result, UpstreamRejected, UpstreamThrottled, website
from tests.support.clock import QuickClock
from tests.support.kit import (
    Playback,
    Script,
    call_for,
    environment_of,
    kit_for,
    perform,
    recording,
    reply,
)

SOLD: Final = {
    "query_worldview",
    "get_worldview_bundle",
    "get_worldview_snapshot",
    "get_worldview_tile",
}
TOLD: Final = {"submit_contact_form", "submit_feedback"}
QUAKES: Final = "crep.live.environmental.earthquakes"


async def replayed(name: str) -> Result:
    one = recording(Website, name)
    script = Script(Playback(one, Website, environment_of(Website)))
    return await perform(Website(kit_for(Website, script)), one.operation, **one.params)


class TestMoney:
    def test_what_is_sold_or_told_is_never_repeated(self) -> None:
        unsafe = {name for name, one in Website.operations.items() if one.kind == "unsafe"}
        assert unsafe == SOLD | TOLD

    async def test_a_lost_answer_may_be_paid_for(self) -> None:
        script = Script(TransportError("timeout", sent=True))
        client = Website(kit_for(Website, script, clock=QuickClock()))
        with pytest.raises(OutcomeUnknown, match="get_worldview_usage shows the balance"):
            await perform(client, "query_worldview", type=QUAKES)
        assert len(script.sent) == 1

    async def test_an_empty_purse_is_told_in_the_vendors_words(self) -> None:
        with pytest.raises(UpstreamRejected, match="INSUFFICIENT_BALANCE Need 20 cents"):
            await replayed("query_worldview.unpaid")

    async def test_what_it_cost_is_in_the_answer(self) -> None:
        answer = await replayed("query_worldview.success")
        assert isinstance(answer, website.DatasetAnswer)
        assert (answer.cost_cents, answer.balance_cents) == (1, 249)
        assert answer.rate_limit
        assert answer.rate_limit.remaining_per_minute == 59

    @pytest.mark.parametrize("said", ["2026-08-20 10:01:00+00", "2026-08-20T10:01:00.000Z"])
    async def test_postgresqls_zone_spoils_nothing_that_is_paid_for(self, said: str) -> None:
        body = recording(Website, "get_worldview_snapshot.success").exchanges[0].response.body
        limit = {**body["rate_limit"], "reset_at": said}
        for rate_limit, moment in ((limit, datetime(2026, 8, 20, 10, 1, tzinfo=UTC)), (None, None)):
            script = Script(reply({**body, "rate_limit": rate_limit}))
            answer = await perform(Website(kit_for(Website, script)), "get_worldview_snapshot")
            assert isinstance(answer, website.SnapshotAnswer)
            assert (answer.rate_limit and answer.rate_limit.reset_at) == moment

    async def test_an_unknown_balance_is_none(self) -> None:
        answer = await replayed("query_worldview.cached")
        assert isinstance(answer, website.DatasetAnswer)
        assert (answer.cache, answer.balance_cents, answer.data) == ("hit", None, [])

    async def test_of_a_bundle_a_part_may_fail(self) -> None:
        answer = await replayed("get_worldview_bundle.success")
        assert isinstance(answer, website.BundleAnswer)
        assert [one.ok for one in answer.data.members] == [True, False]
        assert answer.data.members[1].error == "upstream 502"


COSTS: Final = [
    ("query_worldview", {"type": QUAKES}, 1),
    ("query_worldview", {"type": "crep.security.shodan.search"}, 10),
    ("query_worldview", {"type": "newer.than.the.table"}, 2),
    ("get_worldview_bundle", {"bundle_id": "intel.myca-verified"}, 5),
    ("get_worldview_bundle", {"bundle_id": "newer.than.the.table"}, 20),
    ("get_worldview_snapshot", {}, weights.SNAPSHOT),
    ("get_worldview_tile", {"z": 0, "x": 0, "y": 0}, 1),
]


@pytest.mark.parametrize(("operation", "params", "units"), COSTS)
def test_a_call_takes_what_its_dataset_weighs(
    operation: str, params: dict[str, Any], units: int
) -> None:
    assert call_for(Website.operations[operation], params).cost == units


async def test_too_many_is_no_doubt_but_a_pause() -> None:
    body = {"ok": False, "error": {"code": "RATE_LIMITED", "message": "Retry after 60s."}}
    script = Script(lambda _: reply(body, 429, retry_after="60"))
    client = Website(kit_for(Website, script, clock=QuickClock()))
    with pytest.raises(UpstreamThrottled, match="RATE_LIMITED") as caught:
        await perform(client, "get_worldview_snapshot")
    assert caught.value.facts.retry_after == pytest.approx(60)
    assert len(script.sent) == 1


ADDRESSES: Final = {
    "nothing": ({}, "https://mycosoft.com/api"),
    "with its path": ({"WEBSITE_API_URL": "https://site.test/api"}, "https://site.test/api"),
    "the host alone": ({"WEBSITE_URL": "http://site.test:3010/"}, "http://site.test:3010/api"),
}


@pytest.mark.parametrize(("given", "base"), ADDRESSES.values(), ids=ADDRESSES)
async def test_both_ways_lead_to_one_host(given: dict[str, str], base: str) -> None:
    script = Script(lambda _: reply({}))
    env = Environment({"WEBSITE_API_KEY": "mk_1", **given})
    await Website(kit_for(Website, script, env=env)).health_check()
    sent = {one.url: dict(one.headers).get("Authorization") for one in script.sent}
    assert sent == {f"{base}/health": None, f"{base}/worldview/v1/usage": "Bearer mk_1"}


async def test_the_public_part_needs_no_key() -> None:
    script = Script(reply(recording(Website, "get_health.success").exchanges[0].response.body))
    health = await perform(Website(kit_for(Website, script, env=Environment({}))), "get_health")
    assert isinstance(health, website.Health)
    assert (health.status, health.services[1].status) == ("degraded", "down")
    assert not Website.unusable(Environment({}))


async def test_the_form_has_the_fields_that_the_site_reads() -> None:
    one = recording(Website, "submit_contact_form.refusal")
    script = Script(reply({"success": True, "message": "Thank you"}))
    await perform(Website(kit_for(Website, script)), one.operation, **one.params)
    body = orjson.loads(script.sent[0].body)
    assert body.keys() == {"firstName", "lastName", "email", "subject", "message"}


async def test_a_tile_is_its_bytes() -> None:
    tile = await replayed("get_worldview_tile.success")
    assert isinstance(tile, website.Tile)
    assert tile.media_type == "image/png"
    assert tile.data.startswith(b"\x89PNG")


FORM: Final = recording(Website, "submit_contact_form.success").params
WRONG: Final[list[tuple[type[Any], dict[str, Any], str]]] = [
    (
        website.SubmitContactForm,
        {"name": "Ada", "email": "a@b.c", "message": "Hello there"},
        "name",
    ),
    (website.SubmitContactForm, {**FORM, "message": "too short"}, "message"),
    (website.SubmitContactForm, {**FORM, "message": "x" * 5001}, "message"),
    (website.SubmitContactForm, {**FORM, "email": "ada at example"}, "email"),
    (
        website.QueryWorldview,
        {"type": QUAKES, "filters": {"type": "x"}},
        "filters cannot hold type",
    ),
    (website.QueryWorldview, {"type": QUAKES, "filters": {"a&b": "x"}}, "filters"),
    (website.GetWorldviewTile, {"z": 1, "x": 2, "y": 0}, "x and y end at 1"),
    (website.GetWorldviewBundle, {"bundle_id": ".."}, "bundle_id"),
    (website.SearchWorldview, {"q": "x"}, "q"),
]


@pytest.mark.parametrize(("kind", "params", "said"), WRONG)
def test_what_does_not_fit_is_refused(kind: type[Any], params: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        kind.model_validate(params)
