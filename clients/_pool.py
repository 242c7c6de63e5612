"""A client made on first use: once, however many ask for it."""

from collections.abc import Callable

from clients._client import Client


class Lazy:
    """One client: made by the first who asks, shared by all, closed once.

    Making one does no I/O (its connections open with the first call), so nobody can come in
    between; a factory that fails fails that one asker, and the next tries again.
    """

    def __init__(self, factory: Callable[[], Client]) -> None:
        self._factory = factory
        self._client: Client | None = None

    def get(self) -> Client:
        """Return the client."""
        if self._client is None:
            self._client = self._factory()
        return self._client

    @property
    def made(self) -> bool:
        """Whether there is one to close."""
        return self._client is not None

    async def aclose(self) -> None:
        """Close it, if it was made; the next to ask makes a new one."""
        client, self._client = self._client, None
        if client:
            await client.aclose()
