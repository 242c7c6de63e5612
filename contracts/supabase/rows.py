"""Operations on tables, views and functions: https://docs.postgrest.org/en/latest/references/api.html."""

from typing import Annotated, Self

from pydantic import Field, JsonValue, model_validator

from contracts._model import Request, Result
from contracts.supabase.parameters import (
    Columns,
    Counting,
    Filters,
    Identifier,
    Json,
    MaxAffected,
    Order,
    ReadParameter,
    Scalar,
    SomeFilters,
    Values,
)


class Rows(Result):
    """Rows of a table: each has the columns that were asked for, as the table defines them.

    Row-level security leaves out what the hub's key may not see; nothing tells that it did.
    """

    rows: list[Json]


class Page(Rows):
    """One page of rows."""

    total: int | None
    """Of all pages, where `count` asked for it."""
    next_offset: int | None
    """Where the next page begins; None where nothing shows that there is one."""


class Counted(Result):
    """How many rows there are."""

    count: int


class Returned(Result):
    """What a function returned: a value, an object or a list, as its author decided."""

    value: JsonValue


class Select(Request[Page]):
    """Read rows of a table or view."""

    table: Identifier
    select: Columns = "*"
    filters: Filters = []
    order: Annotated[list[Order], Field(max_length=10)] = []
    """Sort by something unique where several pages are read: without, rows may come twice."""
    limit: Annotated[int, Field(ge=1, le=1000)] = 100
    """Rows of the page. A project answers 1000 at most, unless it is set otherwise."""
    offset: Annotated[int, Field(ge=0, le=100_000_000)] = 0
    """Rows to leave out; `next_offset` of the page before."""
    count: Counting | None = None
    """How to tell the `total`; absent: not at all."""


class Count(Request[Counted]):
    """Count rows of a table or view."""

    table: Identifier
    filters: Filters = []
    method: Counting = "exact"


class Insert(Request[Rows]):
    """Add rows; answers them as they are now."""

    table: Identifier
    rows: Annotated[list[Values], Field(min_length=1, max_length=500)]
    """All or none are added. A column that only some have gets its default in the others."""
    select: Columns = "*"


class Upsert(Request[Rows]):
    """Add rows, and change those that are there already."""

    table: Identifier
    rows: Annotated[list[Values], Field(min_length=1, max_length=500)]
    on_conflict: Annotated[list[Identifier], Field(min_length=1, max_length=16)]
    """The columns of a unique key that tell which rows are the same. All rows have the same
    columns, these among them."""
    select: Columns = "*"

    @model_validator(mode="after")
    def _keyed(self) -> Self:
        if any(row.keys() != self.rows[0].keys() for row in self.rows):
            raise ValueError("all rows need the same columns: an absent one would be emptied")
        if not set(self.on_conflict) <= self.rows[0].keys():
            raise ValueError("every row needs a value for each column of on_conflict")
        return self


class Update(Request[Rows]):
    """Change the rows that meet the filters; answers them as they are now."""

    table: Identifier
    values: Values
    filters: SomeFilters
    max_affected: MaxAffected | None = None
    select: Columns = "*"


class Delete(Request[Rows]):
    """Delete the rows that meet the filters; answers them as they were."""

    table: Identifier
    filters: SomeFilters
    max_affected: MaxAffected | None = None
    select: Columns = "*"


class Rpc(Request[Returned]):
    """Call a database function, which may change anything."""

    function: Identifier
    params: Annotated[dict[Identifier, JsonValue], Field(max_length=100)] = {}


class RpcRead(Request[Returned]):
    """Call a database function that only reads: it runs in a read-only transaction.

    One with a parameter that is called like a control of the query (``limit``, ``select``, …) is
    for `rpc`.
    """

    function: Identifier
    params: Annotated[dict[ReadParameter, Scalar], Field(max_length=100)] = {}
