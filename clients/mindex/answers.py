"""MINDEX's envelopes put into the contracts' shape."""

from typing import Any

import orjson

from clients._http import HttpResponse
from contracts import UpstreamRejected

Record = dict[str, Any]

_UNFIT = 422


def page(raw: Any) -> Record:  # noqa: ANN401  (a vendor's JSON)
    """Return a page: ``{data, pagination: {limit, offset, total}}``, or those beside the data."""
    where = raw.get("pagination", raw)
    return part(raw["data"], where["offset"], where["limit"], where["total"])


def part(rows: Any, offset: int, limit: int, total: int | None) -> Record:  # noqa: ANN401
    """Return a page of rows, with where the next one begins."""
    end = offset + len(rows)
    more = len(rows) >= limit if total is None else end < total
    return {"results": rows, "total": total, "next_offset": end if rows and more else None}


def listed(raw: Any) -> Record:  # noqa: ANN401  (a vendor's JSON)
    """Return a bare list as the results."""
    return {"results": raw}


def explained(response: HttpResponse) -> UpstreamRejected | None:
    """Return what FastAPI's 422 says of each parameter; None of another answer."""
    if response.status != _UNFIT:
        return None
    told = orjson.loads(response.body)["detail"]
    said = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in told)
    return UpstreamRejected(f"HTTP 422: {said}")
