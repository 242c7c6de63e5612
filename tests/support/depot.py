"""A warehouse, for tests: what vendors do beyond JSON and one key.  https://depot.test/docs

Tokens, named instances, files in and out, XML, work that takes its time, errors in a 200.
"""

from pathlib import Path
from typing import Annotated, Any, Final, Literal

import orjson
from pydantic import Field

from clients._api import HttpCall
from clients._auth import Key, QueryKey
from clients._body import File, multipart
from clients._client import Client
from clients._http import HttpResponse
from clients._limits import Concurrency, Rate
from clients._oauth import ClientCredentials
from clients._operation import operation
from clients._pages import all_pages
from clients._reading import Whole, xml
from clients._upstream import Upstream
from clients._verdict import Manners
from contracts import (
    Content,
    Facts,
    Failure,
    Request,
    Result,
    UpstreamRejected,
    UpstreamThrottled,
    UpstreamUnauthorized,
)
from contracts._types import Name, Upload

BESIDE: Final = Path(__file__).parent
_DOCS: Final = "https://depot.test/limits"
_LIES: Final[dict[str, type[Failure]]] = {
    "slow": UpstreamThrottled,
    "key": UpstreamUnauthorized,
    "no": UpstreamRejected,
}


class Part(Result):
    """A part, and how many of it there are."""

    name: str
    count: int


class Parts(Result):
    """A list of parts."""

    parts: list[Part]
    next_cursor: str | None = None


class Order(Result):
    """An order and how far it is."""

    id: str
    state: Literal["running", "done", "unknown"]


class Stored(Result):
    """What was stored."""

    etag: str


class Picture(Content):
    """A picture of a part."""


class Site(Result):
    """One site."""

    site: str


class GetPart(Request[Part]):
    """One part."""

    part: Name


class ListParts(Request[Parts]):
    """All parts, from XML."""


class ListAllParts(Request[Parts]):
    """All parts, page by page."""


class OrderPart(Request[Order]):
    """An order, which takes its time."""

    part: Name


class GetPicture(Request[Picture]):
    """The picture of a part."""

    part: Name


class AddPicture(Request[Stored]):
    """A picture of a part."""

    part: Name
    picture: Upload


class GetSite(Request[Site]):
    """One of the sites by its name."""

    site: Annotated[str | None, Field(max_length=32)] = None


class Depot(Client):
    """A warehouse with several sites."""

    login = Upstream(
        "https://login.depot.test", limits=[Rate(1, per=1, source=_DOCS)], probe="/health"
    )
    api = Upstream(
        "https://api.depot.test/v1",
        auth=ClientCredentials(
            login, "/token", ("DEPOT_CLIENT_ID",), ("DEPOT_CLIENT_SECRET",), scope="parts"
        ),
        limits=[Rate(10, per=1, source=_DOCS), Concurrency(4, source=_DOCS)],
        probe="/me",
    )
    files = Upstream(
        "https://files.depot.test",
        auth=QueryKey("key", ("DEPOT_FILES_KEY",)),
        limits=[Rate(1, per=1, source=_DOCS)],
        probe="/ping",
        manners=Manners(explained=frozenset({501})),
    )
    sites = Upstream(
        "",
        auth=Key("X-Key", ("DEPOT_SITE_KEY",)),
        limits=[Rate(1, per=1, source=_DOCS)],
        probe="/status",
        instances="DEPOT_SITES",
        below="/api",
        pin="DEPOT",
    )

    @operation("safe")
    async def get_part(self, request: GetPart) -> Part:
        """Return one part."""
        return await self.api.get("/parts/{part}", request)

    @operation("safe")
    async def list_all_parts(self, request: ListAllParts) -> Parts:
        """Return all parts, of three pages at most."""

        async def page(cursor: str | None) -> Parts:
            return await self.api.get("/parts", request, query={"cursor": cursor})

        pages, cursor = await all_pages(page, lambda one: one.next_cursor, most=3)
        return Parts(parts=[part for one in pages for part in one.parts], next_cursor=cursor)

    @operation("unsafe", look="Look at the orders.")
    async def order_part(self, request: OrderPart) -> Order:
        """Order a part, and wait for it."""
        started = await self.api.send(HttpCall("POST", "/orders/{part}", vars(request)))
        order = self.api.parse(started, Order)
        at = self.api.link(started.headers.get("location"))
        polled = await self.api.poll(
            HttpCall("GET", at), lambda answer: bool(orjson.loads(answer.body)["state"] == "done")
        )
        return order.model_copy(update={"state": "done" if polled.done else "running"})

    @operation("safe")
    async def list_parts(self, request: ListParts) -> Parts:
        """Return all parts."""
        return await self.files.get("/parts.xml", request, read=Whole(_parts))

    @operation("safe")
    async def get_picture(self, request: GetPicture) -> Picture:
        """Return the picture of a part."""
        return await self.files.get("/{part}.png", request)

    @operation("unsafe")
    async def add_picture(self, request: AddPicture) -> Stored:
        """Store a picture of a part."""
        picture = File(f"{request.part}.png", "image/png", request.picture)
        body = multipart(("part", request.part), ("picture", picture))
        stored = Whole(lambda answer: {"etag": answer.headers["etag"]})
        return await self.files.post("/pictures", request, body=body, read=stored)

    @operation("safe")
    async def get_site(self, request: GetSite) -> Site:
        """Return a site."""
        return await self.way_to("sites", request.site).get("/site", request, query={})

    def refusal(self, response: HttpResponse) -> Failure | None:
        """A 200 may hold an error."""
        if not response.body.startswith(b'{"error":'):
            return None
        said = orjson.loads(response.body)
        return _LIES[said["error"]](said["error"], Facts(retry_after=said.get("wait")))


def _parts(answer: HttpResponse) -> dict[str, Any]:
    found = xml(answer.body).iterfind("part")
    return {"parts": [{"name": one.text, "count": one.get("count")} for one in found]}
