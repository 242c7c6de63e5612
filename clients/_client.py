"""Base of all clients: one class for each integration, facts on top, operations below."""

import inspect
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping
from types import ModuleType
from typing import Any, ClassVar, Final

from clients._api import Api, HttpCall
from clients._auth import Proof
from clients._call import CURRENT, Call
from clients._environment import NOTHING, Environment, missing
from clients._http import HttpResponse
from clients._kit import Kit
from clients._operation import Operation, read_operation
from clients._tokens import Tokens, TokenSource, signed
from clients._upstream import DEFAULT, Upstream
from contracts import Facts, Failure, FieldError, InvalidRequest, OutcomeUnknown, Request, Result

Health = dict[str, Any]
"""``{"status": "ok" | "error", "upstreams": {name: {"status", "latency_ms", …}}}``."""

_PROBE_TIMEOUT: Final = 10.0
_PROBE_PATIENCE: Final = 20.0
"""Seconds: a probe that would wait longer for the limit is given up."""


class Client:
    """One outside system. Subclasses declare upstreams and operations, nothing more.

    Made on first use, from a `Kit`; `call` runs one request.
    """

    name: ClassVar[str] = ""
    upstreams: ClassVar[Mapping[str, Upstream]] = {}
    operations: ClassVar[Mapping[str, Operation]] = {}
    variables: ClassVar[tuple[str, ...]] = ()
    """Variables it reads besides keys and addresses."""
    samples: ClassVar[Mapping[str, str]] = {}
    """Stand-ins for variables in the sandbox, as the recordings have them."""
    opt_in: ClassVar[bool] = False
    """Whether it is off unless HUB_INTEGRATIONS names it."""
    exempt: ClassVar[Mapping[str, str]] = {}
    """Rules of the quality scale it does not meet, each with the reason."""

    def __init_subclass__(cls) -> None:
        """Derive name, upstreams and operations; refuse what does not fit its contract."""
        super().__init_subclass__()
        cls.name = _integration(cls.__module__)
        members = dict(inspect.getmembers_static(cls))
        cls.upstreams = {n: m for n, m in members.items() if isinstance(m, Upstream)}
        for upstream in cls.upstreams.values():
            upstream.integration = cls.name
            upstream.alone = len(cls.upstreams) == 1
            for address in upstream.auth.asks:
                if address not in cls.upstreams.values():
                    raise TypeError(f"{cls.__name__}.{upstream.name} gets its tokens elsewhere.")
                address.for_tokens = True
        found = (read_operation(m) for m in members.values() if inspect.isfunction(m))
        cls.operations = {one.method: one for one in found if one}
        strange = (one.name for one in cls.operations.values() if not _serves(cls.name, one))
        if strangers := sorted(strange):
            raise TypeError(f"clients.{cls.name} cannot serve {', '.join(strangers)}.")

    def __init__(self, kit: Kit) -> None:
        self.env = kit.env
        self._kit = kit
        self._here = self.upstreams_in(kit.env)
        self._tokens = Tokens(self._fetch, kit.clock, kit.redact)
        self._apis: dict[str, Api] = {}

    def way_to(self, upstream: str, instance: str | None = None) -> Api:
        """Return the way to call one upstream, made on first use; by default its first instance.

        Raises:
            InvalidRequest: it has no instance of that name; tells the names.
            NotConfigured: a key or the address is missing; names the variables.
        """
        facts = None if instance else self._here.get(upstream)
        facts = facts or self._instance(upstream, instance)
        if facts.name not in self._apis:
            if lacking := facts.lacking(self._kit.env_of(facts.name)):
                raise missing(lacking)
            way = self._kit.way(facts.name)
            refusal = _honest if facts.for_tokens else self.refusal
            self._apis[facts.name] = Api(facts, way, refusal, self._tokens)
        return self._apis[facts.name]

    async def call(self, request: Request[Any], call: Call) -> Result:
        """Run one request.

        Raises:
            Failure: any of the tree but the agent's own faults.
        """
        CURRENT.set(call)
        operation = self.operations[request.operation.partition(".")[2]]
        method: Callable[[Request[Any]], Awaitable[Result]] = getattr(self, operation.method)
        try:
            return await method(request)
        except OutcomeUnknown as failure:
            raise operation.unknown(failure) from None

    def refusal(self, response: HttpResponse) -> Failure | None:  # noqa: ARG002  (for subclasses)
        """Return what an answer below 500 really means; None: what its status says.

        Vendors that hide failures in a 200, or say one thing with the status of another, override
        this. An `UpstreamThrottled` pauses the bucket.
        """
        return None

    async def health_check(self) -> Health:
        """Probe each upstream that has a cheap call; `status` is ``ok`` or ``error``."""
        found = {name: await self._probe(name) for name in self._here}
        bad = any(one["status"] == "error" for one in found.values())
        return {"status": "error" if bad else "ok", "upstreams": found}

    async def probe(self, upstream: str) -> Call:
        """Make the cheap call of one upstream; returns what it took.

        Raises:
            Failure: it did not succeed.
        """
        call = Call(timeout=_PROBE_TIMEOUT, deadline=self._kit.clock.now() + _PROBE_PATIENCE)
        CURRENT.set(call)
        way, path = self.way_to(upstream), self._here[upstream].probe
        if path:
            await way.send(HttpCall("GET", path))
        return call

    async def aclose(self) -> None:
        """Leave nothing open."""
        await self._tokens.aclose()
        for api in reversed(self._apis.values()):
            await api.aclose()

    def _instance(self, upstream: str, instance: str | None) -> Upstream:
        own = [one for one in self._here.values() if one.member == upstream]
        names = [one.instance or DEFAULT for one in own]
        if instance is None or instance in names:
            return own[names.index(instance) if instance else 0]
        text = f"There is no {upstream} {instance!r} here, only {', '.join(names)}."
        error = FieldError(field=instance, message="is no instance")
        raise InvalidRequest(text, Facts(errors=(error,)))

    async def _fetch(self, source: TokenSource, env: Environment) -> HttpResponse:
        body, proof = source.asked(env, self._kit.clock.wall())
        self._kit.redact.learn_passing([*Proof(proof).secrets(), *signed(body)])
        asking = self.way_to(source.at.member).saying(dict(proof))
        return await asking.send(HttpCall("POST", source.path, body=body))

    async def _probe(self, upstream: str) -> Health:
        try:
            call = await self.probe(upstream)
        except Failure as failure:
            return {"status": "error", "code": failure.code, "detail": failure.detail}
        return {"status": "ok", "latency_ms": round(call.upstream * 1000, 1)}

    @classmethod
    def unserved(cls) -> tuple[str, ...]:
        """Return the operations that its contracts promise and it has no method for."""
        written = {one.request for one in cls.operations.values()}
        promised = {
            found
            for module in _contracts(written)
            for found in vars(module).values()
            if isinstance(found, type) and issubclass(found, Request)
            if found.operation and found.__module__ == module.__name__
        }
        return tuple(sorted(one.operation for one in promised - written))

    @classmethod
    def upstreams_in(cls, env: Environment) -> dict[str, Upstream]:
        """Return its upstreams as they are in this environment, each named instance one."""
        return {one.name: one for facts in cls.upstreams.values() for one in facts.here(env)}

    @classmethod
    def lacking(cls, env: Environment) -> tuple[str, ...]:
        """Return the variables that some upstream lacks."""
        found = (name for one in cls.upstreams_in(env).values() for name in one.lacking(env))
        return tuple(dict.fromkeys(found))

    @classmethod
    def unusable(cls, env: Environment) -> bool:
        """Return whether no upstream at all can be called; those for tokens do not count."""
        found = [one for one in cls.upstreams_in(env).values() if not one.for_tokens]
        return bool(found) and all(one.lacking(env) for one in found)

    @classmethod
    def reads(cls, env: Environment = NOTHING) -> tuple[str, ...]:
        """Return every variable it reads in this environment, keys first."""
        here = cls.upstreams_in(env).values()
        names = [name for one in here for name in one.keys]
        names += [name for one in here for name in one.places]
        names += [one.instances for one in here if one.instances]
        names += [*cls.variables, *(n for one in here for n in (*one.url_variables, *one.pins))]
        return tuple(dict.fromkeys([*names, *(one.limit_variable for one in here)]))


def _honest(_: HttpResponse) -> None:
    """What the status says is so."""


def _integration(module: str) -> str:
    parts = module.split(".")
    return parts[parts.index("clients") + 1] if "clients" in parts[:-1] else parts[-1]


def _serves(name: str, operation: Operation) -> bool:
    return operation.request.integration == name


def _contracts(written: Iterable[type[Request[Any]]]) -> list[ModuleType]:
    packages = {_package(one) for one in written}
    return [
        module
        for name, module in list(sys.modules.items())
        if name in packages or any(name.startswith(f"{package}.") for package in packages)
    ]


def _package(request: type[Request[Any]]) -> str:
    parts = request.__module__.split(".")
    return ".".join(parts[: parts.index(request.integration) + 1])
