"""What was seen from outside of the hubs: by agents, by stub vendors, by who made the faults.

All times are CLOCK_MONOTONIC in seconds, the same in all processes. A `token` is the number of a
request. A history is written as one file of JSON lines for each kind, and read back as it was.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from tests.faults.stub import Seen


class Sent(NamedTuple):
    """One request, as its agent published it."""

    token: int
    agent: int
    operation: str
    kind: str
    keyed: bool
    began: float
    """Before its first publish."""
    confirmed: bool
    """The broker has it, surely. If not, nobody knows (Jepsen's `info`)."""
    publishes: int
    deadline: float | None = None
    hostile: str = ""
    """Which malformed one it is; empty if it is none."""


class Got(NamedTuple):
    """One final reply, as it arrived at an agent."""

    token: int
    at: float
    code: str
    """``ok``, or that of the failure."""
    outcome: str
    """``not_sent``, ``sent`` or ``unknown``; of a success ``sent``."""
    served: str
    digest: str
    """Of the body."""
    counter: int
    """What the vendor counted; -1 where the body has none."""
    upstream: float = 0.0
    """Seconds that the hub says it waited for the vendor."""


class Dead(NamedTuple):
    """One dead letter."""

    token: int
    """-1 where its body has none."""
    reason: str
    key: str


class Happened(NamedTuple):
    """One fault."""

    id: str
    kind: str
    began: float
    ended: float
    """When it was over: the broker's port open again, the frozen one thawed, the dead replaced."""
    since: float
    """From when on a recovery is counted: the port open, the hub dead, the network cut."""
    params: dict[str, Any]


class Joined(NamedTuple):
    """A hub opened a connection to the broker."""

    hub: str
    at: float


@dataclass
class History:
    """One run."""

    sent: list[Sent] = field(default_factory=list)
    got: list[Got] = field(default_factory=list)
    calls: list[Seen] = field(default_factory=list)
    dead: list[Dead] = field(default_factory=list)
    faults: list[Happened] = field(default_factory=list)
    joined: list[Joined] = field(default_factory=list)
    left: dict[str, int] = field(default_factory=dict)
    """Messages that were left in the queues."""
    began: float = 0.0
    quiet: float = 0.0
    """When the last fault was over and everything published."""

    def save(self, folder: Path) -> None:
        """Write it."""
        for name in _KINDS:
            _write(folder / f"{name}.jsonl", getattr(self, name))
        more = {"left": self.left, "began": self.began, "quiet": self.quiet}
        (folder / "run.json").write_bytes(orjson.dumps(more))

    @classmethod
    def load(cls, folder: Path) -> "History":
        """Read one that was saved."""
        found: dict[str, Any] = orjson.loads((folder / "run.json").read_bytes())
        for name, kind in _KINDS.items():
            found[name] = read(folder / f"{name}.jsonl", kind)
        return cls(**found)


def read(path: Path, kind: Any) -> list[Any]:  # noqa: ANN401  (one of the kinds)
    """Return what one file has."""
    return [kind(*orjson.loads(line)) for line in path.read_bytes().splitlines()]


def _write(path: Path, rows: Iterable[Any]) -> None:
    path.write_bytes(b"".join(orjson.dumps([*row]) + b"\n" for row in rows))


_KINDS = {
    "sent": Sent,
    "got": Got,
    "calls": Seen,
    "dead": Dead,
    "faults": Happened,
    "joined": Joined,
}
