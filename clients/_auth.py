"""How a call proves who asks: facts about the variables, and the headers they give."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from clients._environment import Environment, missing

Pairs = tuple[tuple[str, str], ...]


class Auth(Protocol):
    """A way to prove who asks."""

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables it reads."""
        ...

    def lacking(self, env: Environment) -> tuple[str, ...]:
        """Return the variables that are missing; empty when it can work."""
        ...

    async def headers(self, env: Environment) -> Pairs:
        """Return the headers of one attempt.

        Raises:
            NotConfigured: a variable is missing.
        """
        ...


@dataclass(frozen=True)
class NoAuth:
    """Anyone may call."""

    variables: tuple[str, ...] = ()

    def lacking(self, env: Environment) -> tuple[str, ...]:  # noqa: ARG002  (the protocol's)
        """Nothing is ever missing."""
        return ()

    async def headers(self, env: Environment) -> Pairs:  # noqa: ARG002  (the protocol's)
        """No headers."""
        return ()


@dataclass(frozen=True)
class Key:
    """One secret in one header: ``X-Api-Key: …``."""

    header: str
    names: tuple[str, ...]
    prefix: str = ""

    @property
    def variables(self) -> tuple[str, ...]:
        """The names the key may have, first the one to use."""
        return self.names

    def lacking(self, env: Environment) -> tuple[str, ...]:
        """The first name, if none of them has a value."""
        return () if env.find(*self.names) else self.names[:1]

    async def headers(self, env: Environment) -> Pairs:
        """The one header."""
        return ((self.header, self.prefix + env.require(*self.names)),)


def Bearer(*names: str) -> Key:  # noqa: N802  (reads as the class it stands for)
    """Return ``Authorization: Bearer <key>``."""
    return Key("Authorization", names, "Bearer ")


@dataclass(frozen=True)
class Basic:
    """HTTP Basic (RFC 7617) from two variables."""

    user: str
    password: str

    @property
    def variables(self) -> tuple[str, ...]:
        """Both variables."""
        return (self.user, self.password)

    def lacking(self, env: Environment) -> tuple[str, ...]:
        """Those of both that are missing."""
        return tuple(name for name in self.variables if not env.find(name))

    async def headers(self, env: Environment) -> Pairs:
        """The one header."""
        pair = f"{env.require(self.user)}:{env.require(self.password)}"
        return (("Authorization", "Basic " + base64.b64encode(pair.encode()).decode()),)


@dataclass(frozen=True)
class FirstOf:
    """The first of several ways that is configured."""

    ways: Sequence[Auth]

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables of all ways."""
        return tuple(dict.fromkeys(name for way in self.ways for name in way.variables))

    def lacking(self, env: Environment) -> tuple[str, ...]:
        """What the last way lacks, if none can work: the last is the plainest."""
        if any(not way.lacking(env) for way in self.ways):
            return ()
        return self.ways[-1].lacking(env)

    async def headers(self, env: Environment) -> Pairs:
        """The headers of the way that can work."""
        for way in self.ways:
            if not way.lacking(env):
                return await way.headers(env)
        raise missing(self.lacking(env))
