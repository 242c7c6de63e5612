"""Tables, views and functions.

https://docs.postgrest.org/en/latest/references/api.html
"""

from functools import partial
from typing import Any, Final

from clients._api import HttpCall
from clients._body import json_of
from clients._operation import operation
from clients._reading import Whole
from clients._target import Query
from clients.supabase import query
from clients.supabase.project import Project
from contracts import supabase as asked

_BACK: Final = "return=representation"
_LOOK_ROWS: Final = "supabase.select with a filter on the new rows' values shows whether it did."
_LOOK_RPC: Final = "Only what the function writes shows whether it ran: look there."


class Rows(Project):
    """The database, through PostgREST. A key that sees no row gets none, and is not told why."""

    @operation("safe")
    async def select(self, request: asked.Select) -> asked.Page:
        """Read a page of rows."""
        api = self.rest.saying(query.prefer(request.count and f"count={request.count}"))
        read = Whole(partial(query.found, request))
        return await api.get("/{table}", request, query=query.page(request), read=read)

    @operation("safe")
    async def count(self, request: asked.Count) -> asked.Counted:
        """Count rows."""
        api = self.rest.saying(query.prefer(f"count={request.method}"))
        shown: Query = {**query.conditions(request.filters), "limit": 1}
        return await api.head("/{table}", request, query=shown, read=Whole(query.counted))

    @operation("unsafe", look=_LOOK_ROWS)
    async def insert(self, request: asked.Insert) -> asked.Rows:
        """Add rows."""
        prefer = query.prefer(_BACK, "missing=default")
        shown = {"select": request.select, "columns": query.columns(request.rows)}
        return await self._rows("POST", request, shown, request.rows, prefer)

    @operation("idempotent")  # a unique key tells which rows are there already
    async def upsert(self, request: asked.Upsert) -> asked.Rows:
        """Add rows, and change those that are there."""
        prefer = query.prefer(_BACK, "resolution=merge-duplicates")
        shown = {"select": request.select, "on_conflict": ",".join(request.on_conflict)}
        return await self._rows("POST", request, shown, request.rows, prefer)

    @operation("idempotent")  # it sets values, it does not count up
    async def update(self, request: asked.Update) -> asked.Rows:
        """Change the rows that meet the filters."""
        prefer = query.prefer(_BACK, most=request.max_affected)
        shown = {"select": request.select, **query.conditions(request.filters)}
        return await self._rows("PATCH", request, shown, request.values, prefer)

    @operation("idempotent")  # what is gone stays gone
    async def delete(self, request: asked.Delete) -> asked.Rows:
        """Delete the rows that meet the filters."""
        prefer = query.prefer(_BACK, most=request.max_affected)
        shown = {"select": request.select, **query.conditions(request.filters)}
        return await self._rows("DELETE", request, shown, None, prefer)

    @operation("unsafe", look=_LOOK_RPC)
    async def rpc(self, request: asked.Rpc) -> asked.Returned:
        """Call a database function."""
        read = _value
        return await self.rest.post("/rpc/{function}", request, json=request.params, read=read)

    @operation("safe")
    async def rpc_read(self, request: asked.RpcRead) -> asked.Returned:
        """Call a database function that only reads."""
        shown = request.params
        return await self.rest.get("/rpc/{function}", request, query=shown, read=_value)

    async def _rows(
        self,
        method: str,
        request: asked.Insert | asked.Upsert | asked.Update | asked.Delete,
        shown: Query,
        values: object,
        prefer: dict[str, str],
    ) -> asked.Rows:
        api, body = self.rest.saying(prefer), None if values is None else json_of(values)
        answer = await api.send(HttpCall(method, "/{table}", vars(request), shown, body=body))
        return api.parse(answer, asked.Rows, lambda rows: {"rows": rows})


def _value(raw: Any) -> dict[str, Any]:  # noqa: ANN401  (JSON enters here)
    return {"value": raw}
