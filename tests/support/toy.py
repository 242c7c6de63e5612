"""An integration for tests of the kernel: contract and client in one, every kind of operation."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from clients._api import HttpCall
from clients._auth import Key
from clients._body import fields, form
from clients._client import Client
from clients._http import HttpResponse
from clients._limits import Rate
from clients._operation import operation
from clients._signals import Dialect
from clients._upstream import Upstream
from clients._verdict import Manners
from contracts import Failure, Request, Result, UpstreamRejected

Word = Annotated[str, Field(max_length=100)]


class Thing(Result):
    """A thing."""

    id: str
    size: int = Field(default=0, alias="theSize")


class GetThing(Request[Thing]):
    """One thing."""

    thing_id: Word
    colour: Word | None = None


class ListThings(Request[Thing]):
    """Things of one site, seen another way."""

    colours: tuple[Word, ...] = ()


class MakeThing(Request[Thing]):
    """A new thing."""

    name: Word
    colour: Word | None = None


class PutThing(Request[Thing]):
    """A thing as it is to be."""

    thing_id: Word
    name: Word


class MendThing(Request[Thing]):
    """A thing with another name."""

    thing_id: Word
    name: Word


class DropThing(Request[Thing]):
    """A thing, gone."""

    thing_id: Word


class PayThing(Request[Thing]):
    """A payment, once."""

    thing_id: Word


class CopyThing(Request[Thing]):
    """A copy of a thing, made of what it is."""

    thing_id: Word


class Toy(Client):
    """A maker of things."""

    api = Upstream(
        "https://api.toy.test/v1",
        auth=Key("X-Key", ("TOY_KEY", "OLD_TOY_KEY")),
        headers={"Version": "1"},
        limits=[Rate(5, per=1, burst=5, source="https://toy.test/limits")],
        probe="/me",
        dialects=(Dialect("x-left", "x-reset"),),
        manners=Manners(throttled=frozenset({429, 529}), not_executed=frozenset({503})),
        key_header="Idempotency-Key",
        needs=("TOY_SITE",),
    )
    variables = ("TOY_COLOUR",)
    samples: ClassVar[Mapping[str, str]] = {"TOY_SITE": "here"}

    @operation("safe", ttl=60)
    async def get_thing(self, request: GetThing) -> Thing:
        """Return one thing."""
        return await self.api.get("/things/{thing_id}", request)

    @operation("safe")
    async def list_things(self, request: ListThings) -> Thing:
        """Return the things of the site as one."""
        path, query = "/{TOY_SITE}/things", {"colour": request.colours}
        return await self.api.get(path, request, query=query, read=lambda all_: {"id": all_[0]})

    @operation("unsafe", look="Look at the list of things.")
    async def make_thing(self, request: MakeThing) -> Thing:
        """Make a thing."""
        return await self.api.post("/things{?colour}", request)

    @operation("idempotent")
    async def put_thing(self, request: PutThing) -> Thing:
        """Make a thing what it is to be."""
        return await self.api.put("/things/{thing_id}", request)

    @operation("idempotent")
    async def mend_thing(self, request: MendThing) -> Thing:
        """Give a thing another name."""
        return await self.api.saying({"Version": "2"}).patch(
            "/things/{thing_id}", request, json={"title": request.name}
        )

    @operation("idempotent")
    async def drop_thing(self, request: DropThing) -> Thing:
        """Drop a thing."""
        return await self.api.delete("/things/{thing_id}", request, read=lambda _: {"id": "gone"})

    @operation("keyed", timeout=5, cost=2)
    async def pay_thing(self, request: PayThing) -> Thing:
        """Pay for a thing."""
        body = form({"thing": request.thing_id, "note": "é &", "no": None})
        return await self.api.post("/payments", request, body=body)

    @operation("unsafe")
    async def copy_thing(self, request: CopyThing) -> Thing:
        """Look at a thing, and make one like it."""
        seen = await self.api.send(
            HttpCall("GET", "/things/{thing_id}", vars(request), kind="safe")
        )
        known = self.api.parse(seen, Thing)
        return await self.api.post("/things", request, json={"like": known.id} | fields(request))

    def refusal(self, response: HttpResponse) -> Failure | None:
        """A 200 may hold an error."""
        if response.body.startswith(b'{"error"'):
            return UpstreamRejected("The toy says no.")
        if response.body.startswith(b'{"odd"'):
            raise AttributeError("no such thing")
        return None
