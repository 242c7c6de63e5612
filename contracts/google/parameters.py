"""Kinds of parameters that several Google operations share."""

from typing import Annotated, Final

from pydantic import Field

from contracts._model import Part
from contracts._types import Latitude, Longitude

_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"

Language = Annotated[
    str,
    Field(pattern=r"^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$", max_length=35, examples=["en"]),
]
"""A BCP 47 tag: https://developers.google.com/maps/faq#languagesupport."""

Region = Annotated[str, Field(pattern=r"^[A-Za-z]{2}$", max_length=2, examples=["us"])]
"""A country in two letters."""

PlaceId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=512)]
"""https://developers.google.com/maps/documentation/places/web-service/place-id."""

PlaceType = Annotated[str, Field(pattern=r"^[a-z0-9_]+$", max_length=64, examples=["museum"])]
"""https://developers.google.com/maps/documentation/places/web-service/place-types."""

FileId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=128)]
"""Of a file, a folder or a document in Drive; ``root`` is the user's own folder."""

MailAddress = Annotated[
    str,
    Field(
        pattern=rf"^{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})+$",
        max_length=254,
        examples=["ada@example.com"],
    ),
]
"""A plain address (RFC 5322, addr-spec), without a name."""


class Point(Part):
    """A place on earth."""

    latitude: Latitude
    longitude: Longitude
