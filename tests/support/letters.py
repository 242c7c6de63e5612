"""Dead letters without a broker: rows by hand, and a note of what was ordered."""

from dataclasses import dataclass, field
from typing import Any, Final

from service.dead.office import Selection

ROW: Final[dict[str, Any]] = {
    "id": "a1",
    "at": "2026-01-31T12:00:00.000Z",
    "operation": "notion.get_page",
    "user": "alice",
    "reason": "reply_unroutable",
    "detail": "gone\x1b[2J",
    "outcome": "ok",
    "message_id": "m-1",
    "request_id": "m-1",
    "reply_to": "hub.replies.alice",
    "size": 2,
    "params": {},
    "replayable": True,
}
SHOWN: Final = ROW | {
    "when": "Its queue was gone.",
    "do": "Replay it.",
    "body": '{"a":\n1}',
    "encoding": "utf-8",
    "cut": True,
}


def result(id_: str, did: str, code: str = "") -> dict[str, Any]:
    """Return what became of one letter."""
    told = {name: ROW[name] for name in ("operation", "user", "reason", "request_id")}
    sentence = "It was not done." if did != "dropped" else ""
    to = "hub.replies" if did.endswith(("replayed", "replay")) else ""
    return {"id": id_, "did": did, "sentence": sentence, "code": code, "reply_to": to, **told}


@dataclass
class StubLetters:
    """Whoever handles dead letters; `results` is what it says of each order."""

    results: list[dict[str, Any]] = field(default_factory=list)
    more: bool = False
    raises: Exception | None = None
    asked: list[tuple[Any, ...]] = field(default_factory=list)

    async def list(self, of: Selection, most: int) -> dict[str, Any]:
        if self.raises:
            raise self.raises
        self.asked.append(("list", of, most))
        return {"letters": [ROW], "total": 3, "more": self.more}

    async def show(self, id_: str) -> dict[str, Any] | None:
        return SHOWN if id_ == "a1" else None

    async def replay(self, of: Selection, most: int, *, by: str, dry: bool) -> dict[str, Any]:
        return self._done("replay", of, most, by, dry)

    async def drop(self, of: Selection, most: int, *, by: str, dry: bool) -> dict[str, Any]:
        return self._done("drop", of, most, by, dry)

    def _done(self, *asked: object) -> dict[str, Any]:
        self.asked.append(asked)
        return {"letters": self.results, "total": 3, "more": self.more}
