"""Kinds of values that several markets share."""

from typing import Annotated

from pydantic import Field

Ticker = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9^][A-Za-z0-9.:_=-]{0,39}$", max_length=40, examples=["AAPL"]),
]
"""What an exchange calls it; upper and lower case differ: ``AAPL``, ``BRK.B``, ``X:BTCUSD``."""

Currency = Annotated[str, Field(pattern=r"^[A-Za-z0-9]{2,10}$", max_length=10, examples=["USD"])]
"""A currency's code, of money or of a coin: ``USD``, ``BTC``."""

Words = Annotated[str, Field(min_length=1, max_length=200)]
"""What to look for."""

Short = Annotated[str, Field(min_length=1, max_length=100)]
"""A short name of the vendor's."""

Page = Annotated[int, Field(ge=1, le=10_000)]
"""Which page, the first is 1: `next_page` of the page before."""

Offset = Annotated[int, Field(ge=0, le=10_000_000)]
"""How many to pass over: `next_offset` of the page before."""
