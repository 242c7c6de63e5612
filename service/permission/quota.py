"""How many requests of a user were counted today: SQL, so that all hubs and every restart know.

A request counts once it is let in, whatever becomes of it; a repeat with the same id, and what is
handed back, do not. What was under way in a hub that was killed counts again.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final, Protocol

from sqlalchemy import Connection, Insert, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from contracts import Facts, WouldMissDeadline
from service.record.database import quotas

DAY: Final = 86_400
_INSERTS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}


class Counts(Protocol):
    """Counts requests for all hubs of one broker (`service.record.store.Store`)."""

    async def count(self, user: str, limits: Mapping[str, int], day: int) -> str:
        """Count one request under each pattern of `limits`; `day` is days since 1970 UTC.

        Returns the pattern that is used up, and has counted nothing then; else nothing.
        """
        ...

    def uncount(self, user: str, patterns: Collection[str], day: int) -> None:
        """Take one request back, which will be counted again."""
        ...


def count(on: Connection, user: str, limits: Mapping[str, int], day: int) -> str:
    """Do what `Counts.count` says, in a transaction."""
    today = quotas.c.user == user, quotas.c.day == day, quotas.c.pattern.in_(sorted(limits))
    rows = [{"user": user, "day": day, "pattern": one, "used": 0} for one in sorted(limits)]
    on.execute(_new(on).on_conflict_do_nothing(), rows)
    found = on.execute(select(quotas).where(*today).order_by("pattern").with_for_update())
    over = [row.pattern for row in found if row.used >= limits[row.pattern]]
    if over:
        return str(over[0])
    on.execute(update(quotas).where(*today).values(used=quotas.c.used + 1))
    return ""


def uncount(on: Connection, user: str, patterns: Collection[str], day: int) -> None:
    """Do what `Counts.uncount` says, in a transaction."""
    one = quotas.c.user == user, quotas.c.day == day, quotas.c.pattern.in_(patterns)
    on.execute(update(quotas).where(*one, quotas.c.used > 0).values(used=quotas.c.used - 1))


def forget(on: Connection, wall: float) -> None:
    """Delete the counts of days that are over everywhere."""
    on.execute(delete(quotas).where(quotas.c.day < wall // DAY - 1))


def used_up(user: str, pattern: str, most: int, wall: float) -> WouldMissDeadline:
    """Return the refusal of a request over a daily limit."""
    left = DAY - wall % DAY
    text = (
        f"The access file allows {user!r} {most} requests a day for {pattern!r}, and they are "
        f"used up; the next day begins at 00:00 UTC, in {left:.0f} s."
    )
    return WouldMissDeadline(text, Facts(retry_after=left))


def _new(on: Connection) -> Any:  # noqa: ANN401  (each dialect has its own class)
    insert: Callable[[Any], Insert] = _INSERTS[on.dialect.name]
    return insert(quotas)
