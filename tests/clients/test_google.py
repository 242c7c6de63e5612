"""What is special to Google: lies, two ways to sign, field masks, costs, times."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from clients._environment import Environment
from clients._http import HttpRequest, HttpResponse, TransportError
from clients._oauth import RefreshToken
from clients._service_account import ServiceAccount
from clients.google import Google
from clients.google.account import SCOPES, Account
from contracts import (
    google,
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
)

POINT: Final = {"latitude": 0.0, "longitude": 0.0}


def client_of(script: Script, **env: str) -> Google:
    """A client that is answered from a script; tokens it always gets."""
    known = environment_of(Google, **env)
    return Google(kit_for(Google, apart(Google, script), env=known, clock=QuickClock()))


async def sent(operation: str, answer: object, **params: Any) -> HttpRequest:  # noqa: ANN401
    """What leaves for a call that is answered so."""
    script = Script(reply(answer))
    await perform(client_of(script), operation, **params)
    return script.sent[0]


def query_of(request: HttpRequest) -> dict[str, list[str]]:
    return parse_qs(urlsplit(request.url).query)


def mask_of(request: HttpRequest) -> set[str]:
    return set(dict(request.headers)["X-Goog-FieldMask"].split(","))


class TestLies:
    async def test_limits_and_servers_errors_in_a_200_are_waited_for(self) -> None:
        lies = [reply({"status": one}) for one in ("UNKNOWN_ERROR", "OVER_QUERY_LIMIT")]
        script = Script(*lies, reply({"status": "ZERO_RESULTS", "results": []}))
        found = await perform(client_of(script), "geocode", address="nowhere")
        assert found == google.Geocoded(results=[])
        assert len(script.sent) == 3


class TestKeys:
    @pytest.mark.parametrize("name", ["GOOGLE_API_KEY", "GOOGLE_MAPS_API_KEY"])
    async def test_either_key_opens_maps(self, name: str) -> None:
        env = Environment({name: "a-key"})
        script = Script(reply({"status": "OK", "results": []}), reply({}))
        client = Google(kit_for(Google, script, env=env))
        await perform(client, "geocode", address="here")
        await perform(client, "search_places", query="here")
        assert script.sent[0].secret == "key=a-key"
        assert ("X-Goog-Api-Key", "a-key") in script.sent[1].headers

    async def test_maps_and_workspace_work_without_each_other(self) -> None:
        def lacking(env: dict[str, str]) -> set[str]:
            here = Google.upstreams_in(Environment(env)).values()
            return {one.name for one in here if one.lacking(Environment(env))}

        workspace = {"calendar", "docs", "docs_writes", "drive", "gmail"}
        assert lacking({"GOOGLE_API_KEY": "1"}) == workspace
        assert lacking({"GOOGLE_SERVICE_ACCOUNT_JSON": "{}"}).isdisjoint(workspace)

    def test_a_sign_in_of_the_website_alone_is_no_login(self) -> None:
        client = {"GOOGLE_CLIENT_ID": "1", "GOOGLE_CLIENT_SECRET": "2"}
        agreed = Environment(client | {"GOOGLE_REFRESH_TOKEN": "3"})
        assert type(Account.user.chosen(agreed)) is RefreshToken
        assert type(Account.user.chosen(Environment(client))) is ServiceAccount

    async def test_a_service_account_acts_for_its_user(self) -> None:
        key = RSAKey.generate_key(2048)
        account = {
            "client_email": "hub@example.com",
            "private_key": key.as_pem(private=True).decode(),
            "private_key_id": "1",
        }
        names = ("GOOGLE_SERVICE_ACCOUNT_JSON", "MYCA_EMAIL")
        values = (orjson.dumps(account).decode(), "myca@example.com")
        script = Script(
            reply({"access_token": "fresh", "expires_in": 3600}), reply({"emailAddress": "a@b.c"})
        )
        env = Environment(dict(zip(names, values, strict=True)))
        await perform(Google(kit_for(Google, script, env=env)), "get_mail_profile")
        asked = parse_qs(script.sent[0].body.decode())
        claims = jwt.decode(asked["assertion"][0], key, ["RS256"]).claims
        assert script.sent[0].url == "https://oauth2.googleapis.com/token"
        assert claims["aud"] == script.sent[0].url
        assert (claims["sub"], claims["scope"]) == ("myca@example.com", SCOPES)
        assert ("Authorization", "Bearer fresh") in script.sent[1].headers


class TestProbe:
    async def probed(self, answer: HttpResponse | TransportError) -> Mapping[str, Any]:
        health = await client_of(Script(lambda _: answer)).health_check()
        upstreams: Mapping[str, Any] = health["upstreams"]
        return upstreams

    async def test_a_complaint_about_nothing_asked_is_health(self) -> None:
        found = await self.probed(reply({"status": "INVALID_REQUEST", "results": []}))
        assert {found[one]["status"] for one in ("geocoding", "elevation", "time_zone")} == {"ok"}
        assert found["gmail"]["status"] == "error"

    @pytest.mark.parametrize(
        "answer",
        [
            reply({"status": "REQUEST_DENIED"}),
            reply({}, 404),
            TransportError("connect", sent=False),
        ],
    )
    async def test_a_bad_key_or_address_is_not(self, answer: HttpResponse | TransportError) -> None:
        found = await self.probed(answer)
        assert found["geocoding"]["status"] == "error"


class TestMaps:
    async def test_zero_is_a_coordinate_and_none_is_in_powers_of_ten(self) -> None:
        answer = {"status": "OK", "results": []}
        at_sea = await sent("reverse_geocode", answer, **POINT)
        tiny = await sent("reverse_geocode", answer, latitude=0.00001, longitude=-100)
        assert query_of(at_sea)["latlng"] == ["0,0"]
        assert query_of(tiny)["latlng"] == ["0.00001,-100"]

    async def test_the_longest_list_of_places_fits_into_an_address(self) -> None:
        points = [{"latitude": -12.3456789, "longitude": -123.4567891}] * 512
        request = await sent("get_elevation", {"status": "OK", "results": []}, locations=points)
        assert len(request.url) < 16_384

    async def test_the_tier_names_the_fields(self) -> None:
        ids = await sent("search_places", {}, query="x", tier="ids")
        pro = await sent("search_places", {}, query="x")
        one = await sent("get_place", {"id": "x"}, place_id="x", tier="enterprise")
        assert mask_of(ids) == {"places.id", "nextPageToken"}
        assert "places.displayName" in mask_of(pro)
        assert "places.rating" not in mask_of(pro)
        assert {"id", "rating"} < mask_of(one)

    async def test_coordinates_that_the_vendor_leaves_out_are_zero(self) -> None:
        script = Script(reply({"id": "x", "location": {"longitude": 9.5}}))
        place = await perform(client_of(script), "get_place", place_id="x")
        assert isinstance(place, google.Place)
        assert place.location == google.Location(latitude=0.0, longitude=9.5)

    async def test_what_is_asked_of_a_route_is_in_its_mask(self) -> None:
        way = {"origin": {"address": "A"}, "destination": {"place_id": "B"}}
        plain = await sent("get_directions", {}, **way)
        more = await sent("get_directions", {}, **way, steps=True, optimize_order=True)
        assert not any("steps" in one for one in mask_of(plain))
        assert mask_of(more) > mask_of(plain) | {"routes.optimizedIntermediateWaypointIndex"}

    async def test_how_to_travel_is_said_in_the_vendors_words(self) -> None:
        request = await sent(
            "get_directions",
            {},
            origin={"address": "A"},
            destination=POINT,
            intermediates=[{"address": "C"}],
            avoid=["tolls", "ferries"],
            traffic="optimal",
            departure_time="2026-01-31T12:00:00Z",
        )
        said = orjson.loads(request.body)
        assert said["destination"] == {"location": {"latLng": POINT}}
        assert said["intermediates"] == [{"address": "C"}]
        assert said["routeModifiers"] == {"avoidTolls": True, "avoidFerries": True}
        assert said["routingPreference"] == "TRAFFIC_AWARE_OPTIMAL"
        assert said["departureTime"] == "2026-01-31T12:00:00+00:00"

    async def test_transit_may_arrive_by_a_time(self) -> None:
        way = {"origin": POINT, "destination": POINT, "travel_mode": "transit"}
        at = {"arrival_time": "2026-01-31T12:00:00Z", "alternatives": True}
        said = orjson.loads((await sent("get_directions", {}, **way, **at)).body)
        assert said["arrivalTime"] == "2026-01-31T12:00:00+00:00"
        assert said["computeAlternativeRoutes"] is True
        assert "routingPreference" not in said

    async def test_places_may_be_required_to_lie_in_a_box(self) -> None:
        box = {"south": -10, "west": 170, "north": 10, "east": -170}
        said = orjson.loads((await sent("search_places", {}, query="x", inside=box)).body)
        low = said["locationRestriction"]["rectangle"]["low"]
        assert low == {"latitude": -10, "longitude": 170}

    def test_a_matrix_costs_its_pairs(self) -> None:
        request = google.GetRouteMatrix.model_validate(
            {"origins": [POINT] * 3, "destinations": [POINT] * 4}
        )
        assert Google.operations["get_route_matrix"].cost(request) == 12


class TestMail:
    async def test_each_head_is_a_call_of_its_own(self) -> None:
        one = recording(Google, "read_inbox.success")
        script = Script(Playback(one, Google, environment_of(Google)))
        found = await perform(client_of(script), "read_inbox", **one.params)
        assert isinstance(found, google.Emails)
        assert [email.subject for email in found.emails] == ["Spores", "Re: Spores"]
        assert query_of(script.sent[0])["labelIds"] == ["INBOX"]
        assert len(script.sent) == 3

    def test_what_calls_cost(self) -> None:
        cost = {name: one.traits.cost for name, one in Google.operations.items()}
        assert (cost["send_email"], cost["get_email"], cost["add_label"]) == (100, 20, 5)
        assert (cost["list_files"], cost["download_file"], cost["share_file"]) == (100, 200, 50)


class TestCalendar:
    async def test_a_patch_leaves_no_second_time(self) -> None:
        days = {"start_date": "2026-02-03", "end_date": "2026-02-04"}
        request = await sent("update_event", {"id": "1"}, event_id="1", notify="all", **days)
        said = orjson.loads(request.body)
        assert said["start"] == {"dateTime": None, "date": "2026-02-03"}
        assert query_of(request) == {"sendUpdates": ["all"]}

    async def test_guests_can_be_taken_away(self) -> None:
        request = await sent("update_event", {"id": "1"}, event_id="1", attendees=[])
        assert orjson.loads(request.body) == {"attendees": []}

    async def test_what_is_deleted_is_deleted(self) -> None:
        script = Script(reply({"error": {"code": 410, "message": "Gone."}}, 410))
        gone = await perform(client_of(script), "delete_event", event_id="1")
        assert gone == google.DeletedEvent(calendar_id="primary", event_id="1")


REPEATABLE: Final = {"add_label", "archive_email", "delete_event", "trash_email"}


def test_what_may_be_repeated() -> None:
    kinds = {name: one.kind for name, one in Google.operations.items()}
    assert {name for name, kind in kinds.items() if kind == "idempotent"} == REPEATABLE
    assert {name for name, kind in kinds.items() if kind == "unsafe"} == {
        "append_text_to_doc",
        "create_doc",
        "create_draft",
        "create_event",
        "replace_text_in_doc",
        "send_email",
        "share_file",
        "share_file_link",
        "update_event",
        "upload_file",
    }
