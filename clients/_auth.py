"""How a call proves who asks: facts about the variables, and what they add to a request."""

import base64
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from clients._environment import Environment, missing

if TYPE_CHECKING:
    from clients._tokens import TokenSource
    from clients._upstream import Upstream

Pairs = tuple[tuple[str, str], ...]
Names = tuple[str, ...]
"""The variables that one secret may stand in, first the one to use."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What one attempt carries to prove who asks. Nothing of it is ever told."""

    headers: Pairs = field(default=(), repr=False)
    query: Pairs = field(default=(), repr=False)
    tokens: tuple[tuple[Hashable, str], ...] = field(default=(), repr=False)
    """Fetched tokens in it, with what they were fetched for: those can be fetched anew."""

    def secrets(self) -> list[str]:
        """Return what has to be redacted: a token made of a key is a secret as well."""
        return [value.rpartition(" ")[2] for _, value in self.headers] + [v for _, v in self.query]


class TokenAddress(Protocol):
    """What a way to prove who asks fetches a token with."""

    async def token(self, source: "TokenSource", env: Environment) -> tuple[Hashable, str]:
        """Return a token, and what it is kept under."""
        ...


class Auth:
    """A way to prove who asks: by itself none at all."""

    @property
    def groups(self) -> tuple[Names, ...]:
        """The secrets it needs, each by the variables that may hold it."""
        return ()

    @property
    def variables(self) -> Names:
        """All variables it reads."""
        return tuple(dict.fromkeys(name for names in self.groups for name in names))

    @property
    def accounts(self) -> tuple[Names, ...]:
        """Those of `groups` that say who asks, and prove nothing: results may name them."""
        return ()

    @property
    def asks(self) -> tuple["Upstream", ...]:
        """The upstreams where it fetches tokens."""
        return ()

    def lacking(self, env: Environment) -> Names:
        """Return the variables that are missing; empty when it can work."""
        return tuple(names[0] for names in self.groups if not env.find(*names))

    def chosen(self, env: Environment) -> "Auth":  # noqa: ARG002  (for those with a choice)
        """Return the way that is taken in this environment."""
        return self

    async def prove(self, env: Environment, tokens: TokenAddress) -> Proof:  # noqa: ARG002
        """Return the proof for one attempt.

        Raises:
            Failure: a variable is missing, or no token was to be had.
        """
        return Proof()


class NoAuth(Auth):
    """Anyone may call."""


@dataclass(frozen=True)
class Parts(Auth):
    """One header made of several secrets: ``PVEAPIToken={}={}``."""

    header: str
    form: str
    parts: tuple[Names, ...]

    @property
    def groups(self) -> tuple[Names, ...]:
        """One for each pair of braces."""
        return self.parts

    @property
    def accounts(self) -> tuple[Names, ...]:
        """All but the last."""
        return self.parts[:-1]

    async def prove(self, env: Environment, tokens: TokenAddress) -> Proof:  # noqa: ARG002
        """The one header."""
        values = [env.require(*names) for names in self.parts]
        return Proof(((self.header, self.form.format(*values)),))


@dataclass(frozen=True)
class Key(Auth):
    """One secret in one header: ``X-Api-Key: …``."""

    header: str
    names: Names
    prefix: str = ""

    @property
    def groups(self) -> tuple[Names, ...]:
        """The one secret."""
        return (self.names,)

    async def prove(self, env: Environment, tokens: TokenAddress) -> Proof:  # noqa: ARG002
        """The one header."""
        return Proof(((self.header, self.prefix + env.require(*self.names)),))


def Bearer(*names: str) -> Key:  # noqa: N802  (reads as the class it stands for)
    """Return ``Authorization: Bearer <key>``."""
    return Key("Authorization", names, "Bearer ")


@dataclass(frozen=True)
class QueryKey(Auth):
    """One secret in the query: ``?api_key=…``. Only the transport joins it to the address."""

    parameter: str
    names: Names

    @property
    def groups(self) -> tuple[Names, ...]:
        """The one secret."""
        return (self.names,)

    async def prove(self, env: Environment, tokens: TokenAddress) -> Proof:  # noqa: ARG002
        """The one parameter."""
        return Proof(query=((self.parameter, env.require(*self.names)),))


@dataclass(frozen=True)
class Basic(Auth):
    """HTTP Basic (RFC 7617) from two variables."""

    user: str
    password: str

    @property
    def groups(self) -> tuple[Names, ...]:
        """Both variables."""
        return (self.user,), (self.password,)

    @property
    def accounts(self) -> tuple[Names, ...]:
        """The user."""
        return ((self.user,),)

    async def prove(self, env: Environment, tokens: TokenAddress) -> Proof:  # noqa: ARG002
        """The one header."""
        return Proof((basic(env.require(self.user), env.require(self.password)),))


def basic(user: str, password: str) -> tuple[str, str]:
    """Return the header of HTTP Basic."""
    pair = f"{user}:{password}"
    return "Authorization", "Basic " + base64.b64encode(pair.encode()).decode()


class _Several(Auth):
    ways: Sequence[Auth]

    @property
    def groups(self) -> tuple[Names, ...]:
        """Those of all ways."""
        return tuple(dict.fromkeys(names for way in self.ways for names in way.groups))

    @property
    def accounts(self) -> tuple[Names, ...]:
        """Those of all ways."""
        return tuple(dict.fromkeys(names for way in self.ways for names in way.accounts))

    @property
    def asks(self) -> tuple["Upstream", ...]:
        """Those of all ways."""
        return tuple(one for way in self.ways for one in way.asks)


@dataclass(frozen=True)
class FirstOf(_Several):
    """The first of several ways that is configured; with `NoAuth` last the key is optional."""

    ways: Sequence[Auth]

    def lacking(self, env: Environment) -> Names:
        """What the last way lacks, if none can work: the last is the plainest."""
        return self.chosen(env).lacking(env)

    def chosen(self, env: Environment) -> Auth:
        """The way that can work, else the last."""
        return next((way for way in self.ways if not way.lacking(env)), self.ways[-1]).chosen(env)

    async def prove(self, env: Environment, tokens: TokenAddress) -> Proof:
        """The proof of the way that can work."""
        way = self.chosen(env)
        if lacking := way.lacking(env):
            raise missing(map(env.named, lacking))
        return await way.prove(env, tokens)


@dataclass(frozen=True)
class AllOf(_Several):
    """Several ways at once: ``apikey`` and ``Authorization``."""

    ways: Sequence[Auth]

    def lacking(self, env: Environment) -> Names:
        """What any of them lacks."""
        return tuple(dict.fromkeys(name for way in self.ways for name in way.lacking(env)))

    async def prove(self, env: Environment, tokens: TokenAddress) -> Proof:
        """All headers, all parameters."""
        proofs = [await way.prove(env, tokens) for way in self.ways]
        return Proof(
            tuple(pair for one in proofs for pair in one.headers),
            tuple(pair for one in proofs for pair in one.query),
            tuple(token for one in proofs for token in one.tokens),
        )
