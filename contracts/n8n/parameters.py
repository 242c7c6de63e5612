"""Kinds of parameters that several n8n operations share."""

from typing import Annotated, Final

from pydantic import Field, JsonValue

from contracts._model import Part
from contracts._types import Cursor

Id = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=64, examples=["2tUt1wbLX592XDdX"])
]
"""Letters and digits; a number in older servers."""

ExecutionId = Annotated[str, Field(pattern=r"^[0-9]+$", max_length=20, examples=["1000"])]
"""A number, as text."""

PageSize = Annotated[int, Field(ge=1, le=250)]
"""How many to answer at most, 1 to 250."""

HOOK_PATH: Final = r"^/?[A-Za-z0-9_.~-]+(?:/[A-Za-z0-9_.~-]+)*$"

HookPath = Annotated[str, Field(pattern=HOOK_PATH, max_length=200, examples=["myca/command"])]
"""Of a webhook node, without the server's address; ``webhook/`` in front of it may stand."""

Json = dict[str, JsonValue]
"""An object in the vendor's own shape."""

Nodes = Annotated[list[Json], Field(max_length=500)]
"""Nodes as n8n exports them: https://docs.n8n.io/connect/n8n-api/api-reference/."""


class OnServer(Part):
    """What every request may say: which server."""

    instance: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=32)] | None = None
    """One of the names in N8N_INSTANCES; absent: the first."""


class Page(OnServer):
    """Which part of a list."""

    limit: PageSize = 100
    cursor: Cursor | None = None
    """The `next_cursor` of the part before."""


class Definition(OnServer):
    """A whole workflow, as it is to be."""

    name: Annotated[str, Field(min_length=1, max_length=128)]
    nodes: Nodes
    connections: Annotated[Json, Field(max_length=500)]
    """By the name of the node they come from."""
    settings: Annotated[Json, Field(max_length=50)] = {}
    static_data: Annotated[Json, Field(max_length=500)] | None = None
    """What it keeps between executions, in its own shape."""
