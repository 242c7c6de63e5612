"""A hub for agents' own tests."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from contracts import Failure, Request, Result
from contracts._events import Control, DidEvent, HealthEvent, LimitEvent, OwnsEvent
from sdk._contracts import contract_of
from sdk._errors import NotScripted
from sdk._events import Event
from sdk._hub import Hub
from sdk._script import Answering, Asked, Outcome, Script, ScriptedWay, fitting
from sdk._way import Way

Q = TypeVar("Q", bound=Request[Any])
R = TypeVar("R", bound=Result)

Told = HealthEvent | LimitEvent | OwnsEvent | DidEvent


class FakeHub(Hub):
    """A `Hub` without a broker: it answers from a script, and keeps what it was asked.

    ::

        async with FakeHub() as hub:
            hub.answer(GetPage, Page(…))
            await my_agent(hub)
            assert hub.asked(GetPage) == [GetPage(page_id="…")]

    It is as strict as a hub: parameters and results are those of the contracts, a request that
    the hub would refuse is refused, and one that nothing is scripted for ends the test.
    """

    def __init__(self) -> None:
        super().__init__(name="fake")
        self._script = Script()

    @property
    def log(self) -> list[Asked]:
        """Every request, in the order in which they came."""
        return self._script.log

    @property
    def orders(self) -> list[Control]:
        """Every order, in the order in which they came."""
        return self._script.orders

    def answer(self, request: type[Request[R]] | str, *outcomes: R | Failure) -> None:
        """Answer an operation: one outcome each time, or several, one for each request in turn.

        Raises:
            TypeError: an outcome is not of this operation.
            UnknownOperation: there is no operation of this name.
        """
        contract = _contract(request)
        self._script.answers[contract.operation] = _in_turn(contract, outcomes)

    def compute(self, request: type[Q], answer: Callable[[Q], Outcome]) -> None:
        """Answer an operation with what a function makes of each request."""

        def answering(asked: Request[Any]) -> Outcome:
            return answer(cast("Q", asked))  # the script looks answers up by its class

        self._script.answers[_contract(request).operation] = answering

    def progress(
        self, request: type[Request[Any]] | str, *steps: tuple[int | None, float | None]
    ) -> None:
        """Before each answer tell who wants to know of these places and seconds."""
        self._script.steps[_contract(request).operation] = steps

    def tell(self, event: Told) -> None:
        """Tell an event; every stream it fits has it, also one that is opened later."""
        self._script.events.tell(Event(_key(event), event.model_dump(mode="json")))

    def asked(self, request: type[Q]) -> list[Q]:
        """Return the requests for one operation, in the order in which they came."""
        return [one.request for one in self.log if isinstance(one.request, request)]

    def _make_way(self) -> Way:
        return ScriptedWay(self._script)


def _contract(request: type[Request[Any]] | str) -> type[Request[Any]]:
    contract = contract_of(request) if isinstance(request, str) else request
    if not contract.operation:
        raise TypeError(f"{contract.__name__} is no operation: give a contract, as GetPage.")
    return contract


def _in_turn(contract: type[Request[Any]], outcomes: tuple[Outcome, ...]) -> Answering:
    if not outcomes:
        raise TypeError(f"Say what {contract.operation} answers.")
    for one in outcomes:
        fitting(contract, one)
    ahead = iter(outcomes)

    def answering(_: Request[Any]) -> Outcome:
        if len(outcomes) == 1:
            return outcomes[0]
        for one in ahead:
            return one
        raise NotScripted(
            f"{contract.operation} was asked more often than the {len(outcomes)} times scripted."
        )

    return answering


def _key(event: Told) -> str:
    if isinstance(event, HealthEvent):
        return f"health.{event.integration}.{event.state}"
    if isinstance(event, LimitEvent):
        return f"limit.{event.integration}.{event.level}"
    if isinstance(event, OwnsEvent):
        return f"hub.{event.instance}.owns"
    return f"hub.{event.instance}.{event.did}"
