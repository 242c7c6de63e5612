"""The MINDEX server: where it is, who may ask, how much at once, and how it is.

https://github.com/MycosoftLabs/mindex
"""

from dataclasses import dataclass
from typing import Final

from clients._auth import AllOf, FirstOf, Key, Proof, TokenAddress
from clients._client import Client
from clients._environment import Environment
from clients._http import HttpResponse
from clients._limits import Concurrency
from clients._operation import operation
from clients._upstream import Upstream
from clients.mindex import answers
from contracts import Failure
from contracts.mindex import (
    Completeness,
    GetHealth,
    GetSpeciesCompleteness,
    GetStats,
    Health,
    Stats,
)

_POOL: Final = "https://github.com/MycosoftLabs/mindex/blob/main/mindex_api/config.py"


@dataclass(frozen=True)
class FirstToken(Key):
    """The first of several tokens between commas, as the server's own variable holds them."""

    async def prove(self, env: Environment, tokens: TokenAddress) -> Proof:  # noqa: ARG002
        """The one header."""
        return Proof(((self.header, env.require(*self.names).partition(",")[0].strip()),))


_TOKEN: Final = FirstToken("X-Internal-Token", ("MINDEX_INTERNAL_TOKEN", "MINDEX_INTERNAL_TOKENS"))
_KEY: Final = Key("X-API-Key", ("MINDEX_API_KEY",))


class Server(Client):
    """It has no limit for services, only 20 connections to its database.

    The token has to be one of its `MINDEX_INTERNAL_TOKENS`: several routes take no signed one. The
    key alone is the way of old. The address ends before ``/api/mindex``.
    """

    api = Upstream(
        "",
        auth=FirstOf((AllOf((_TOKEN, _KEY)), _KEY, _TOKEN)),
        limits=[Concurrency(20, source=_POOL)],
        probe="/api/mindex/devices?limit=1",  # behind both gates, and asks the database
        aliases=("MINDEX_URL", "MINDEX_BASE_URL"),
    )

    def refusal(self, response: HttpResponse) -> Failure | None:
        """Say which parameter a 422 is about."""
        return answers.explained(response)

    @operation("safe")
    async def get_health(self, request: GetHealth) -> Health:
        """Return whether MINDEX and its database work."""
        return await self.api.get("/api/mindex/health", request)

    @operation("safe", ttl=60, timeout=60)
    async def get_stats(self, request: GetStats) -> Stats:
        """Return how much MINDEX has."""
        return await self.api.get("/api/mindex/stats", request)

    @operation("safe", ttl=60, timeout=60)
    async def get_species_completeness(self, request: GetSpeciesCompleteness) -> Completeness:
        """Return how much is known of the species."""
        return await self.api.get("/api/mindex/stats/species-completeness", request)
