"""More pages than one: up to a stated number, and no further than limit and deadline allow."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from contracts import BadUpstreamReply, Expired, LimitReached, UpstreamThrottled

P = TypeVar("P")

MOST: Final = 10


async def all_pages(
    fetch: Callable[[str | None], Awaitable[P]],
    next_of: Callable[[P], str | None],
    *,
    start: str | None = None,
    most: int = MOST,
) -> tuple[list[P], str | None]:
    """Return the pages from `start` on, at most so many, and the cursor of the next if any.

    Each page pays a token. What limit or deadline does not allow any more is left to the cursor.

    Raises:
        BadUpstreamReply: the vendor's cursors go in a circle.
        Failure: of the first page, any; of a later one, what is not limit or deadline.
    """
    pages: list[P] = []
    cursor, seen = start, {start}
    while len(pages) < most:
        try:
            pages.append(await fetch(cursor))
        except (LimitReached, Expired, UpstreamThrottled):
            if not pages:
                raise
            break
        cursor = next_of(pages[-1])
        if not cursor:
            return pages, None
        if cursor in seen:
            raise BadUpstreamReply("The upstream's pages go in a circle.")
        seen.add(cursor)
    return pages, cursor
