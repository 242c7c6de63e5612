"""Commands to all hubs, on ``hub.control``: pause, resume, who is there."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import structlog
from pydantic import ValidationError

from contracts._events import Control, DidEvent
from contracts._names import NOBODY
from service.amqp.delivery import Delivery
from service.events import Tells
from service.ownership.state import Identity

log = structlog.get_logger()


class Pauses(Protocol):
    """An owner, as far as orders go (`service.ownership.owner.Owner`)."""

    def pause(self, *, paused: bool) -> None:
        """Serve no more, or again."""
        ...


class Keeps(Protocol):
    """A lease, as far as orders go (`service.ownership.lease.Lease`)."""

    @property
    def held(self) -> bool:
        """Whether this hub owns the integration."""
        ...

    def set_paused(self, *, paused: bool) -> None:
        """Write it into the lease: whoever owns it next obeys too."""
        ...


@dataclass(frozen=True)
class Commands:
    """What one hub does about commands."""

    may: Callable[[str | None], bool]
    """Whether a user at the broker may give orders: the hub's own, and operators."""
    who: Identity
    owners: Mapping[str, Pauses]
    leases: Mapping[str, Keeps]
    events: Tells
    speak: Callable[[], None]

    def take(self, delivery: Delivery) -> None:
        """Obey a command, or say in the log why not."""
        delivery.ack()
        user = delivery.properties.user_id
        if not self.may(user):
            log.warning("command_refused", user=user or NOBODY)
            return
        try:
            command = Control.model_validate_json(delivery.body)
        except ValidationError as error:
            log.warning("command_not_understood", reason=str(error.errors()[0]["msg"]))
            return
        log.info("command", do=command.do, integration=command.integration, user=user)
        self._obey(command)

    def _obey(self, command: Control) -> None:
        detail: str | None = ""
        if command.do == "who":
            self.speak()
        elif command.do == "reload_keys":
            detail = "Not done: this hub reads its keys when it starts. Start it again."
        else:
            detail = self._pause(command)
        if detail is not None:
            self._answer(command, detail)

    def _answer(self, command: Control, detail: str) -> None:
        did = DidEvent(
            instance=self.who.instance,
            store=self.who.store,
            did=command.do,
            id=command.id,
            integration=command.integration,
            detail=detail,
        )
        self.events.tell(f"hub.{self.who.instance}.{command.do}", did)

    def _pause(self, command: Control) -> str | None:
        """Return what was done; None where another hub, the owner, answers."""
        name = command.integration or ""
        lease = self.leases.get(name)
        if lease is None or not lease.held:
            return None
        paused = command.do == "pause"
        self.owners[name].pause(paused=paused)
        lease.set_paused(paused=paused)
        return f"{name} is paused." if paused else f"{name} is served again."


def order(do: str, integration: str | None = None) -> Control:
    """Return a new command."""
    return Control.model_validate(
        {"do": do, "integration": integration, "id": secrets.token_hex(8)}
    )
