"""Which hubs are there, by what they say of themselves: pure.

Every hub says `OwnsEvent` every two seconds. Silence means something only while we listen: after
a time in which we heard nobody, because our connection was down or the process stood still,
everybody has the full time again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from contracts._events import OwnsEvent

SAYS_EVERY: Final = 2.0
"""Seconds between two `hub.<instance>.owns` of a hub."""

FRESH: Final = 3.0
"""Heard so many seconds ago or less, a hub may be given a lease."""

GONE: Final = 6.0
"""Silent for so many seconds, a hub is gone."""

MOST: Final = 256
"""Other hubs that are listened to: whoever may write to `hub.events` could make up any number."""

STOOD_STILL: Final = 3.0
"""Nothing asked or heard for so many seconds: we were not listening."""

ORPHANED: Final = 10.0
"""Claimed by nobody who is there for so many seconds, a lease has lost its message.

An owner that dies counts as there for `GONE`, so this takes longer than any takeover.
"""


@dataclass(slots=True)
class _Other:
    says: OwnsEvent
    heard: float
    """When it spoke last; minus infinity for one whose word is in doubt."""
    silent_since: float


class Members:
    """The hubs that share the broker, as one of them sees it.

    Times are monotonic seconds and come from the caller.
    """

    def __init__(self, me: OwnsEvent, now: float) -> None:
        self.me = me
        """What this hub says of itself; set anew when that changes."""
        self._others: dict[str, _Other] = {}
        self._ownerless: dict[str, float] = {}
        self._listens = True
        self._since = float("-inf")  # who is there is asked at the start: `meeting`
        self._looked = now

    def hear(self, says: OwnsEvent, now: float) -> None:
        """Take note of what a hub says of itself; another process may go by our name."""
        self._look(now)
        if len(self._others) >= MOST and says.instance not in self._others:
            return
        if (says.instance, says.run) != (self.me.instance, self.me.run):
            self._others[says.instance] = _Other(says, now, now)

    def leave(self, instance: str) -> None:
        """A hub says that it has stopped."""
        self._others.pop(instance, None)

    def doubt(self, instance: str) -> None:
        """A lease came from this hub: unless it speaks again it may be dead."""
        if instance in self._others:
            self._others[instance].heard = float("-inf")

    def attend(self, now: float, *, attached: bool) -> None:
        """Say whether what the others say reaches us; to be called regularly.

        While it does not, nobody is gone; once it does again, everybody's silence begins anew.
        """
        if attached and not self._listens:
            self._begin(now)
        self._listens = attached

    def present(self, now: float) -> list[OwnsEvent]:
        """Return what the hubs that are there say, this one first."""
        self._look(now)
        return [self.me, *(other.says for other in self._others.values())]

    def fresh(self, instance: str, now: float) -> bool:
        """Return whether a hub was heard within `FRESH`; this one always was."""
        self._look(now)
        if instance == self.me.instance:
            return True
        other = self._others.get(instance)
        return self._listens and other is not None and now - other.heard <= FRESH

    def informed(self, now: float) -> bool:
        """Return whether we have listened for so long that who is there was heard."""
        self._look(now)
        return self._listens and now - self._since > FRESH

    def foreign_stores(self, now: float) -> frozenset[str]:
        """Return the ids of stores other than ours that hubs on this broker use.

        Two stores can't promise that an unsafe call is sent at most once: with any of them there,
        a hub takes no new lease and says that it is degraded.
        """
        stores = frozenset(says.store for says in self.present(now))
        return stores - {self.me.store}

    def trouble(self, now: float) -> str:
        """Return why this hub and those that are there do not go together; or nothing."""
        if foreign := [says for says in self.present(now) if says.store != self.me.store]:
            return (
                f"Another hub of this broker, {foreign[0].instance} (store {foreign[0].store}), "
                f"keeps its calls elsewhere than this one, {self.me.instance} (store "
                f"{self.me.store}): an unsafe call could be sent twice, so neither takes a lease "
                "while it hears the other. Compare the HUB_DATABASE_URL of both (if it is not set: "
                "HUB_DATA_DIR) and give all hubs the same one, or this hub another HUB_PREFIX."
            )
        if self.me.instance in self._others:
            return (
                f"Another hub of this broker is called {self.me.instance} too, and nobody can tell "
                "the two apart. Stop one, or give each its own HUB_INSTANCE (if it is not set: "
                "host and process)."
            )
        return ""

    def owner(self, integration: str, now: float) -> str | None:
        """Return the hub that says it owns an integration."""
        found = (says for says in self.present(now) if integration in says.owned)
        return next((says.instance for says in found), None)

    def orphaned(self, integration: str, now: float) -> bool:
        """Return whether nobody has claimed an integration for `ORPHANED`.

        Counts only while it is asked regularly, and says yes once in that time.
        """
        if self.owner(integration, now) is not None or not self._listens:
            self._ownerless.pop(integration, None)
            return False
        if now - self._ownerless.setdefault(integration, now) < ORPHANED:
            return False
        self._ownerless[integration] = now
        return True

    def _look(self, now: float) -> None:
        if now - self._looked > STOOD_STILL and self._listens:
            self._begin(now)
        self._looked = now
        if self._listens:
            self._keep(lambda other: now - other.silent_since <= GONE)

    def _begin(self, now: float) -> None:
        self._since = now
        self._ownerless.clear()
        for other in self._others.values():
            other.silent_since = now

    def _keep(self, stays: Callable[[_Other], bool]) -> None:
        self._others = {name: other for name, other in self._others.items() if stays(other)}
