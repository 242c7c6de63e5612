"""What is special to ChemSpider: searches that take their time, a month's quota, sparse records."""

from typing import Any

import pytest

from clients._http import HttpResponse
from clients.chemspider import ChemSpider
from contracts import (
    BadUpstreamReply,
    InvalidRequest,
    UpstreamRejected,
    UpstreamUnauthorized,
    UpstreamUnavailable,
)
from contracts._reading import read_request
from contracts.chemspider import Convert, Found, Image, SearchByProperties
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

QUERY = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
TICKET = reply({"queryId": QUERY})


def chemspider(*answers: Any) -> tuple[ChemSpider, Script, QuickClock]:  # noqa: ANN401
    script, clock = Script(*answers), QuickClock()
    return ChemSpider(kit_for(ChemSpider, script, clock=clock)), script, clock


def status(said: str) -> HttpResponse:
    return reply({"status": said, "count": 1, "message": "Found by approved synonym"})


async def test_a_search_is_asked_after_until_it_is_done() -> None:
    results = reply({"results": [2157], "limitedToMaxAllowed": False})
    answers = (TICKET, status("Created"), status("Processing"), status("Complete"), results)
    client, script, clock = chemspider(*answers)
    began = clock.now()
    found = await perform(client, "search_by_name", name="aspirin")
    assert isinstance(found, Found)
    assert (found.record_ids, found.count, found.query_id) == ([2157], 1, QUERY)
    assert [one.method for one in script.sent] == ["POST", "GET", "GET", "GET", "GET"]
    assert clock.now() - began == pytest.approx(20, abs=0.01)


async def test_a_search_without_end_names_its_query() -> None:
    client, script, _ = chemspider(TICKET, lambda _: status("Processing"))
    with pytest.raises(UpstreamUnavailable, match=f"get_query_results has query {QUERY}"):
        await perform(client, "search_by_name", name="aspirin")
    assert len(script.sent) <= 13


@pytest.mark.parametrize("said", ["Failed", "Suspended", "Not Found", "Unknown"])
async def test_a_failed_search_is_a_refusal(said: str) -> None:
    client, _, _ = chemspider(TICKET, status(said))
    with pytest.raises(UpstreamRejected, match=f"The query is {said}: Found by approved synonym"):
        await perform(client, "search_by_formulas", formulas=["C2H2", "C3H6"])


async def test_a_query_id_that_is_none_goes_nowhere() -> None:
    client, script, _ = chemspider(reply({"queryId": "../../../other"}))
    with pytest.raises(BadUpstreamReply, match="queryId"):
        await perform(client, "search_by_name", name="aspirin")
    assert len(script.sent) == 1


async def test_a_wrong_key_is_also_403() -> None:
    client, _, _ = chemspider(reply({"message": "Forbidden"}, 403))
    with pytest.raises(UpstreamUnauthorized):
        await perform(client, "get_data_sources")


async def test_a_drawing_is_bytes() -> None:
    one = recording(ChemSpider, "get_image.success")
    client, _, _ = chemspider(Playback(one, ChemSpider, environment_of(ChemSpider)))
    image = await perform(client, "get_image", record_id=2157)
    assert isinstance(image, Image)
    assert image.data.startswith(b"\x89PNG")
    assert image.size == len(image.data)


async def test_what_was_not_asked_for_is_null() -> None:
    client, script, _ = chemspider(reply({"id": 2157, "smiles": "CC"}))
    found = await perform(client, "get_compound_details", record_id=2157, fields=["SMILES"])
    shown = found.model_dump()
    assert (shown["smiles"], shown["formula"]) == ("CC", None)
    assert target_of(script.sent[0]).endswith("/records/2157/details?fields=SMILES")


def test_the_month_has_a_thousand_calls() -> None:
    rates = ChemSpider.upstreams["api"].limits
    assert {str(one) for one in rates} == {"1/s burst 3", "1000/mo"}


def test_a_conversion_that_does_not_exist_costs_nothing() -> None:
    asked = {"structure": "CC", "input_format": "SMILES", "output_format": "Mol"}
    with pytest.raises(InvalidRequest, match="ChemSpider converts InChI to InChIKey"):
        read_request(Convert, asked)


def test_a_search_by_nothing_costs_nothing() -> None:
    with pytest.raises(InvalidRequest, match="give a formula or a mass"):
        read_request(SearchByProperties, {"complexity": "single"})
