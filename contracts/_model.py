"""Bases of all contracts: a closed `Request` that names its `Result`.

``contracts/notion.py::GetPage`` is the operation ``notion.get_page``: the name is derived from
module and class, and written nowhere else.
"""

import re
from typing import Any, ClassVar, Final, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from contracts._docstrings import attribute_docstrings
from contracts._types import Binary

_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class Contract(BaseModel):
    """What a contract consists of; a nested part of a request derives from `Part`."""

    model_config = ConfigDict(defer_build=True, frozen=True)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Describe each field by the string below it."""
        schema = handler(core_schema)
        shown = handler.resolve_ref_schema(schema).get("properties", {})
        for name, text in attribute_docstrings(cls).items():
            field = cls.model_fields.get(name)
            for known in {name, field.alias if field else None} & set(shown):
                shown[known].setdefault("description", text)
        return schema


class Part(Contract):
    """A closed part of a request's parameters."""

    model_config = ConfigDict(extra="forbid")


class Result(Contract):
    """What an operation answers: the fields that matter, open to more.

    A field reads the vendor's name (its alias) or its own; what travels carries its own.
    """

    model_config = ConfigDict(
        extra="allow",
        validate_by_alias=True,
        validate_by_name=True,
        allow_inf_nan=False,  # JSON has neither: they would leave as null
    )


class Content(Result):
    """Bytes that a vendor answered with: speech, an image, a file."""

    media_type: str
    """What they are, as the vendor says."""
    data: Binary
    """Base64 on the wire, bytes in Python."""
    size: int
    """Bytes, before Base64."""


R_co = TypeVar("R_co", bound=Result, covariant=True)


class Request(Contract, Generic[R_co]):
    """The parameters of one operation: ``class GetPage(Request[Page])``.

    Unknown fields are refused. `operation` and `integration` are derived from the class's module
    and name, `result` from its base.
    """

    model_config = ConfigDict(extra="forbid")

    integration: ClassVar[str] = ""
    operation: ClassVar[str] = ""
    result: ClassVar[type[Result]] = Result

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:  # noqa: ANN401  (pydantic's signature)
        """Derive the names; ``Request[Page]`` itself has none."""
        named = _result_of(cls)
        if named is None:
            return
        cls.result = named
        cls.integration = _integration_of(cls.__module__)
        cls.operation = f"{cls.integration}.{_HUMP.sub('_', cls.__name__).lower()}"


def _result_of(cls: type[BaseModel]) -> type[Result] | None:
    if cls.__pydantic_generic_metadata__["origin"] is not None:
        return None
    for base in cls.__mro__[1:]:
        meta = getattr(base, "__pydantic_generic_metadata__", None)
        if meta and meta["origin"] is Request and isinstance(meta["args"][0], type):
            named: type[Result] = meta["args"][0]
            return named
    return None


def _integration_of(module: str) -> str:
    parts = module.split(".")
    return parts[parts.index("contracts") + 1] if "contracts" in parts[:-1] else parts[-1]
