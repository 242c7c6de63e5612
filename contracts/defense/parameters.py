"""Kinds of values that several operations on defence platforms share."""

from typing import Annotated, Final

from pydantic import AfterValidator, Field, JsonValue

_SEGMENTS: Final = r"^[^/\x00-\x1f\x7f]+(/[^/\x00-\x1f\x7f]+)*$"


def _plain_path(path: str) -> str:
    if {".", ".."} & set(path.split("/")):
        raise ValueError("give the path without . and .. in it")
    return path


Json = dict[str, JsonValue]
"""An object whose fields its source decides."""

GivenJson = Annotated[Json, Field(min_length=1, max_length=500)]
"""The same, as a parameter."""

ApiName = Annotated[
    str,
    Field(
        min_length=1, max_length=100, pattern=r"^[A-Za-z][A-Za-z0-9_.-]*$", examples=["employee"]
    ),
]
"""An API name in Foundry's ontology."""

Rid = Annotated[
    str,
    Field(
        max_length=255,
        pattern=r"^ri(\.[a-z0-9-]+){2}(\.[A-Za-z0-9_-]+)+(\.[A-Za-z0-9._-]+)?$",
        examples=["ri.foundry.main.dataset.c26f11c8-cdb3-4f44-9f5d-9816ea1c82da"],
    ),
]
"""A resource identifier of Foundry's."""

Key = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""An object's primary key, as text."""

Branch = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[A-Za-z0-9._/-]+$")]

FilePath = Annotated[
    str,
    Field(max_length=1024, pattern=_SEGMENTS, examples=["raw/a.csv"]),
    AfterValidator(_plain_path),
]
"""A file's name with its folders."""

EntityId = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9_.:-]+$")]

TaskId = Annotated[str, Field(min_length=5, max_length=36, pattern=r"^[A-Za-z0-9_.-]+$")]

FieldPath = Annotated[
    str,
    Field(max_length=128, pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$"),
]
"""Where in an entity, in lower snake case: ``mil_view.disposition``."""

Project = Annotated[
    str,
    Field(
        max_length=255,
        pattern=r"^([0-9]+|[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)+)$",
    ),
]
"""A project's number, or its path with its groups: ``group/project``."""

Image = Annotated[
    str,
    Field(max_length=255, pattern=r"^[a-z0-9]+([._-][a-z0-9]+)*(/[a-z0-9]+([._-][a-z0-9]+)*)*$"),
]
"""A repository below ``ironbank``: ``redhat/ubi/ubi9``."""

PageNumber = Annotated[int, Field(ge=1, le=100_000)]
Hundred = Annotated[int, Field(ge=1, le=100)]
"""How many to answer at most, 1 to 100."""
Record = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9_.-]+$")]
"""A record's id in a contractor's portal."""
