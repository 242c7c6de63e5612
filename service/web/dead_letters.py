"""``/api/dead-letters``: what could not be answered, and what becomes of it."""

from http import HTTPStatus
from typing import Annotated, Any, Final, Protocol, Self

from fastapi import APIRouter, Header, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from starlette.exceptions import HTTPException

from contracts import _names as wire
from contracts._dead_letters import REASONS
from service.dead.office import Selection

MOST: Final = 1000
"""Letters that are listed, replayed or dropped at once."""
_LISTED: Final = 50
_BY: Final = "http"

Id = Annotated[str, Field(min_length=1, max_length=wire.LONGEST_NAME)]
Name = Annotated[str, Field(min_length=1, max_length=wire.LONGEST_NAME)]
By = Annotated[str | None, Header(alias=wire.FOR_HEADER, max_length=wire.LONGEST_NAME)]
"""Who says that it orders this, for the log."""


def _reason(text: str) -> str:
    if text not in REASONS:
        raise ValueError(f"It is one of {', '.join(REASONS)}")
    return text


class Filter(BaseModel):
    """Which letters: those that fit all that is given."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    integration: Name | None = None
    """As ``notion``."""
    reason: Annotated[str, AfterValidator(_reason)] | None = None
    """Why it is a dead letter."""
    user: Name | None = None
    """Who asked."""
    limit: Annotated[int, Field(ge=1, le=MOST)] = _LISTED
    """At most so many, the oldest first."""

    def selection(self) -> Selection:
        """Return the letters that are meant."""
        return Selection(integration=self.integration, reason=self.reason, user=self.user)


class Order(Filter):
    """Which letters something is done to; at least one of `ids`, the filters, and `all`."""

    ids: Annotated[list[Id], Field(max_length=MOST)] = Field(default_factory=list)
    """These."""
    all: bool = False
    """Every one."""
    limit: Annotated[int, Field(ge=1, le=MOST)] = MOST
    """At most so many, the oldest first."""
    dry_run: bool = False
    """Only say what would be done."""

    @model_validator(mode="after")
    def _means_some(self) -> Self:
        if not (self.all or self.ids or self.integration or self.reason or self.user):
            raise ValueError("Give ids, integration, reason or user; or all, which is true")
        return self

    def selection(self) -> Selection:
        """Return the letters that are meant."""
        return Selection(frozenset(self.ids), self.integration, self.reason, self.user)


class Letters(Protocol):
    """Whoever handles dead letters (`service.dead.office.Office`)."""

    async def list(self, of: Selection, most: int) -> dict[str, Any]:
        """Return the oldest that are meant, and how many there are in all."""
        ...

    async def show(self, id_: str) -> dict[str, Any] | None:
        """Return one whole, or None where there is none of that id."""
        ...

    async def replay(self, of: Selection, most: int, *, by: str, dry: bool) -> dict[str, Any]:
        """Ask again; return what became of each."""
        ...

    async def drop(self, of: Selection, most: int, *, by: str, dry: bool) -> dict[str, Any]:
        """Forget them; return which."""
        ...


def dead_letter_routes(letters: Letters) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/api/dead-letters")

    @router.get("")
    async def listed(which: Annotated[Filter, Query()]) -> dict[str, Any]:
        return await letters.list(which.selection(), which.limit)

    @router.get("/{id_}")
    async def shown(id_: str) -> dict[str, Any]:
        letter = await letters.show(id_)
        if letter is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, no_such_letter(id_))
        return letter

    @router.post("/replay")
    async def replayed(order: Order, by: By = None) -> dict[str, Any]:
        return await letters.replay(order.selection(), order.limit, by=by or _BY, dry=order.dry_run)

    @router.post("/drop")
    async def dropped(order: Order, by: By = None) -> dict[str, Any]:
        return await letters.drop(order.selection(), order.limit, by=by or _BY, dry=order.dry_run)

    return router


def no_such_letter(id_: str) -> str:
    """Return the sentence about a letter that is not there."""
    return f"There is no dead letter {id_[:64]!r} among the oldest: see the list for those there."
