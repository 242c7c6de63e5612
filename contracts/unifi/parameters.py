"""Kinds of parameters and results that several UniFi operations share."""

from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from contracts._model import Contract, Result
from contracts._types import Utc

_HEX: Final = "[0-9a-fA-F]"

Uuid = Annotated[
    str,
    Field(
        max_length=36, pattern=rf"^{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}$"
    ),
]

Mac = Annotated[
    str,
    Field(max_length=17, pattern=rf"^{_HEX}{{2}}(:{_HEX}{{2}}){{5}}$"),
    AfterValidator(str.lower),
]
"""``94:2a:6f:26:c6:ca``."""

Console = Annotated[str, Field(max_length=32, pattern=r"^[a-z][a-z0-9_]*$", examples=["lab"])]

Label = Annotated[str, Field(min_length=1, max_length=128)]

Minutes = Annotated[int, Field(ge=1, le=1_000_000)]
Megabytes = Annotated[int, Field(ge=1, le=1_048_576)]
Kilobits = Annotated[int, Field(ge=2, le=100_000)]
"""Per second."""

MaybeUtc = Annotated[Utc | None, BeforeValidator(lambda value: value or None)]
"""A moment; ``""`` is none."""


class Camel(Result):
    """A result whose names the vendor writes in camel case."""

    model_config = ConfigDict(alias_generator=to_camel)


class Page(Camel):
    """A part of a list."""

    total: int
    """How many there are in all."""
    next_offset: int | None
    """`offset` of the next page; None at the end."""


class OnConsole(Contract):
    """What every operation on a console takes."""

    console: Console | None = None
    """One of the consoles in UNIFI_CONSOLES; absent: the first."""


class OnSite(OnConsole):
    """What operations on a site take."""

    site_id: Uuid | None = None
    """As `get_sites` lists it; absent: the console's only site, which takes one call more."""


class Paged(Contract):
    """What operations take that answer a page."""

    filter: Annotated[str, Field(min_length=1, max_length=2048)] | None = None
    """``name.like('guest*')``, ``and(state.eq('ONLINE'), model.eq('U7 Pro'))``."""
    offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    limit: Annotated[int, Field(ge=1, le=200)] = 100


class OnNamedSite(OnConsole):
    """What operations take that only the older API has."""

    site: Annotated[str, Field(max_length=64, pattern=r"^[A-Za-z0-9_-]+$")] | None = None
    """Its short name, `internal_reference` of `get_sites`; absent: UNIFI_SITE, else ``default``."""


class Limits(Contract):
    """What a guest may use."""

    data_usage_limit_mb: Megabytes | None = None
    rx_rate_limit_kbps: Kilobits | None = None
    """Download."""
    tx_rate_limit_kbps: Kilobits | None = None
    """Upload."""
