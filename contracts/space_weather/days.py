"""A range of days, as NASA's services take it."""

from datetime import date
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from contracts._model import Contract

RangeDay = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2200, 12, 31))]
"""A calendar day in UTC, ``YYYY-MM-DD``."""


class DateRange(Contract):
    """A range of days, bounded as the vendor bounds it."""

    span: ClassVar[int] = 30
    """The most days from its start to its end."""

    start_date: RangeDay | None = None
    """First day, UTC. Left out: as many days before `end_date` as the range may have."""
    end_date: RangeDay | None = None
    """Last day, UTC. Left out: as many days after `start_date` as the range may have. Without
    both the vendor chooses, as the operation says."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.start_date is None or self.end_date is None:
            return self
        days = (self.end_date - self.start_date).days
        if days < 0:
            raise ValueError("end_date lies before start_date: swap them")
        if days > self.span:
            raise ValueError(f"the range has {days} days of at most {self.span}: ask in parts")
        return self
