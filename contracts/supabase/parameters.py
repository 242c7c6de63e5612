"""Kinds of parameters that several Supabase operations share."""

from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, JsonValue, model_validator

from contracts._model import Part

_NAME: Final = r"[A-Za-z_][A-Za-z0-9_$]{0,62}"
_COLUMN: Final = rf"^{_NAME}(\.{_NAME})?(->>?[A-Za-z0-9_$]{{1,63}}){{0,4}}$"
_CONTROLS: Final = frozenset(
    {"select", "order", "limit", "offset", "and", "or", "not", "on_conflict", "columns"}
)
_OBJECT: Final = r"^[^/\x00-\x1f\x7f]+(/[^/\x00-\x1f\x7f]+)*$"
_WORDS: Final = frozenset({"null", "not_null", "true", "false", "unknown"})


def _no_control(column: str) -> str:
    if _CONTROLS & set(column.split(".")):
        raise ValueError("it would be read as a control of the query, not as a column")
    return column


def _no_control_name(name: str) -> str:
    if name in _CONTROLS:
        raise ValueError("it would be read as a control of the query, not as a parameter")
    return name


def _plain_path(path: str) -> str:
    if {".", ".."} & set(path.split("/")):
        raise ValueError("give the object's name without . and .. in it")
    return path


Identifier = Annotated[
    str, Field(min_length=1, max_length=63, pattern=rf"^{_NAME}$", examples=["observations"])
]
"""Name of a table, view, function or column: letters, digits, ``_`` and ``$``, no digit first."""

ReadParameter = Annotated[Identifier, AfterValidator(_no_control_name)]
"""Name of a parameter in an address, where PostgREST keeps some names for itself: ``limit`` …"""

Column = Annotated[
    str,
    Field(max_length=255, pattern=_COLUMN, examples=["species"]),
    AfterValidator(_no_control),
]
"""A column, one of an embedded table (``authors.name``), or a field inside of JSON
(``data->>colour``)."""

Columns = Annotated[
    str,
    Field(
        min_length=1,
        max_length=2000,
        pattern=r"^[A-Za-z0-9_$,:.()*!> -]+$",
        examples=["id,name,authors(name)"],
    ),
]
"""What to answer, as PostgREST writes it: columns between commas, embedded tables in brackets:
https://docs.postgrest.org/en/latest/references/api/tables_views.html#vertical-filtering."""

Number = Annotated[float, Field(ge=-1e308, le=1e308, allow_inf_nan=False)]
Whole = Annotated[int, Field(ge=-(2**63), le=2**63 - 1)]
Text = Annotated[str, Field(max_length=2000)]
Scalar = bool | Whole | Number | Text

Values = Annotated[dict[Identifier, JsonValue], Field(min_length=1, max_length=500)]
"""One row, or part of it: values by column. Its table decides which there are."""

Operator = Literal[
    "eq",
    "neq",
    "gt",
    "gte",
    "lt",
    "lte",
    "like",
    "ilike",
    "match",
    "imatch",
    "is",
    "in",
    "contains",
    "contained_in",
    "overlaps",
    "full_text",
]
"""``like`` and ``ilike`` take ``*`` for anything, ``match`` and ``imatch`` a POSIX regular
expression, ``full_text`` words as a search engine does."""


class Filter(Part):
    """A condition on one column; rows have to meet all of them."""

    column: Column
    operator: Operator = "eq"
    value: Scalar | Annotated[list[Scalar], Field(max_length=500)] | None
    """A list for ``in``, and for ``contains``, ``contained_in``, ``overlaps`` of arrays; null,
    true, false, ``unknown`` or ``not_null`` for ``is``."""
    negated: bool = False

    @model_validator(mode="after")
    def _fits(self) -> Self:
        many, kind = isinstance(self.value, list), self.operator
        if kind == "is":
            if not (self.value is None or isinstance(self.value, bool) or self.value in _WORDS):
                raise ValueError(
                    f"is needs null, true, false or one of {', '.join(sorted(_WORDS))}"
                )
        elif self.value is None:
            raise ValueError("ask for null with the operator is")
        elif kind == "in" and not many:
            raise ValueError("in needs a list")
        elif many and kind not in {"in", "contains", "contained_in", "overlaps"}:
            raise ValueError(f"{kind} needs one value, not a list")
        return self


def _choosing(filters: list[Filter]) -> list[Filter]:
    """Refuse conditions that look like one and leave nothing out.

    PostgREST applies one on an embedded table to what is shown of that table alone: the rows to
    be changed would be all.
    """
    for one in filters:
        if "." in one.column:
            raise ValueError(f"{one.column}: give a column of the table itself")
        if one.value == []:
            raise ValueError(f"{one.column}: an empty list chooses nothing, or everything")
    return filters


Filters = Annotated[list[Filter], Field(max_length=50)]
SomeFilters = Annotated[list[Filter], Field(min_length=1, max_length=50), AfterValidator(_choosing)]
"""At least one, on a column of the table itself: without any, every row would be meant."""


class Order(Part):
    """One column to sort by."""

    column: Column
    descending: bool = False
    nulls: Literal["first", "last"] | None = None
    """Absent: last, and first where it descends."""


Counting = Literal["exact", "planned", "estimated"]
"""``exact`` counts all, slow in large tables; ``planned`` asks the planner's statistics;
``estimated`` is exact up to the project's cap of rows, and planned from there."""

MaxAffected = Annotated[int, Field(ge=1, le=100_000)]
"""Refused, and nothing changed, where more rows are met (PostgREST 13 and later)."""

Bucket = Annotated[
    str,
    Field(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9_][A-Za-z0-9 _.'!*()&$@=;:+,?-]*$"),
]
"""Id of a bucket."""

ObjectPath = Annotated[
    str,
    Field(max_length=1024, pattern=_OBJECT, examples=["folder/cat.png"]),
    AfterValidator(_plain_path),
]
"""An object's name in its bucket, with the folders it is in."""

AccessToken = Annotated[
    str,
    Field(max_length=8192, pattern=r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$"),
]
"""A user's own, from `auth_sign_in`: a JWT."""

Email = Annotated[
    str, Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$", examples=["name@example.com"])
]
Phone = Annotated[str, Field(max_length=16, pattern=r"^\+?[1-9][0-9]{1,14}$")]
"""E.164."""
Password = Annotated[str, Field(min_length=1, max_length=72)]
"""Up to 72 characters; the project's rules decide how weak it may be."""
UserId = Annotated[
    str, Field(max_length=36, pattern=r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")
]
Json = dict[str, JsonValue]
"""An object whose fields its source decides."""
