"""What each step of a call reads and writes in the record: SQL, in a transaction of the caller's.

Every function may be run again with the same arguments and finds the same.
"""

from collections.abc import Mapping
from typing import Any, Final, cast
from uuid import uuid4

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from service.answer import Answer, Served
from service.record.database import calls
from service.record.records import Claim, Key, Known, LastWord, Taken
from service.window import LONGEST_HELD

FREE: Final = "free"
"""Handed back: not sent, and nobody is at it."""
CLAIMED: Final = "claimed"
SENT: Final = "sent"
DONE: Final = "done"
TOLD: Final = "told"
"""Done, and its request acknowledged."""
SANDBOX: Final = "sandbox"
"""Done, by a recording: of no account where the upstream itself is called."""
UNHEARD: Final = (DONE, FREE, CLAIMED)
"""Nobody is known to have heard of them, and none can be sent any more by who once claimed it."""
_OVER: Final = (DONE, TOLD, SANDBOX)
_RECORDING: Final = 5.0
"""Seconds that the last step of a call may take to be on record."""

_INSERT: Final = {
    "sqlite": sqlite.insert(calls).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(calls).on_conflict_do_nothing(),
}
"""Two hubs that claim a key for the first time at once: the second waits, and finds the first's."""

_HERE: Final = calls.c.user == bindparam("whose"), calls.c.request_id == bindparam("which")
_MINE: Final = calls.c.token == bindparam("mine")
_OPEN: Final = calls.c.state != DONE, calls.c.state != TOLD
_READ: Final = select(calls).where(*_HERE)
_LOCK: Final = _READ.with_for_update()
_TAKE: Final = update(calls).where(*_HERE)
_END: Final = _TAKE.where(*_OPEN)
_MOVE: Final = _END.where(_MINE)
_TELL: Final = _TAKE.where(calls.c.state == DONE)

Row = Mapping[str, Any]


def row(key: Key, fingerprint: bytes, operation: str) -> dict[str, Any]:
    """Return the row of a new claim, without its time."""
    return {
        "user": key.user,
        "request_id": key.request_id,
        "fingerprint": fingerprint,
        "operation": operation,
        "state": CLAIMED,
        "token": uuid4().hex,
    }


def claim(on: Connection, key: Key, values: Row, now: float, *, sandbox: bool) -> Taken:
    """Claim a call, or learn what became of it."""
    own, values = Claim(key, values["token"]), {**values, "changed": now}
    if on.execute(_INSERT[on.dialect.name], values).rowcount == 1:
        return Taken(claim=own)
    # locked: who is about to send it waits, and then finds that it has lost the claim
    found = on.execute(_LOCK, _of(key)).one_or_none()
    if found is None:  # forgotten in this moment
        return claim(on, key, values, now, sandbox=sandbox)
    if found.state == SANDBOX and not sandbox:
        on.execute(_TAKE, _of(key) | values)
        return Taken(claim=own)
    if found.fingerprint != values["fingerprint"]:
        return Taken(conflict=True)
    if found.state in _OVER:
        return Taken(answer=_answer(found))
    sent = found.state == SENT
    taken = {"token": own.token, "changed": now, "state": SENT if sent else CLAIMED}
    on.execute(_TAKE, _of(key) | taken)
    return Taken(claim=own, sent=sent)


def claim_old(on: Connection, values: Row, now: float, young: float, *, sandbox: bool) -> Taken:
    """Claim a call, but leave one alone that was sent less than `young` seconds ago."""
    key = Key(values["user"], values["request_id"])
    if on.execute(_INSERT[on.dialect.name], {**values, "changed": now}).rowcount == 1:
        return Taken(claim=Claim(key, values["token"]))
    found = on.execute(_LOCK, _of(key)).one_or_none()
    if found is not None and found.state == SENT and abs(now - found.changed) < young:
        return Taken(sent=True)
    return claim(on, key, values, now, sandbox=sandbox)


def move(on: Connection, claim: Claim, state: str, now: float) -> bool:
    """Note a new state, unless the call is over or another's; return whether it was."""
    mine = _of(claim.key) | {"mine": claim.token}
    return on.execute(_MOVE, mine | {"state": state, "changed": now}).rowcount == 1


def done(on: Connection, claim: Claim, answer: Answer, now: float) -> Answer | None:
    """Keep the outcome; returns the one that counts, or None while that is another's to say."""
    played = answer.served == "sandbox"
    values = {
        "state": SANDBOX if played else DONE,
        "ok": answer.ok,
        "body": answer.body,
        "attempts": answer.attempts,
        "changed": now,
    }
    # a call that was made counts, whoever has claimed it since
    mine = played or not answer.left
    change, where = (_MOVE, {"mine": claim.token}) if mine else (_END, {})
    if on.execute(change, _of(claim.key) | where | values).rowcount == 1:
        return answer
    found = on.execute(_READ, _of(claim.key)).one_or_none()
    if found and found.state in _OVER:
        return _answer(found)
    return answer if found is None or played else None


def give_up(
    on: Connection, values: Row, last: LastWord, now: float, *, sandbox: bool
) -> Taken | None:
    """Keep the last word, and learn what counts; None while somebody may be at the call."""
    key = Key(values["user"], values["request_id"])
    if _alive(on, key, now, last.timeout + _RECORDING):
        return None
    taken = claim(on, key, values, now, sandbox=sandbox)
    if taken.claim is None:
        return taken
    answer = last.sent if taken.sent else last.unsent
    return Taken(answer=done(on, taken.claim, answer, now))


def told(on: Connection, key: Key, at: float) -> None:
    """Note that the request of an outcome was acknowledged."""
    on.execute(_TELL, _of(key) | {"state": TOLD, "changed": at})


def look(on: Connection, key: Key, again: float | None) -> Known | None:
    """Return what is known of a request; an outcome counts as new and unheard `again`."""
    found = on.execute(_READ, _of(key)).one_or_none()
    if found is None:
        return None
    if found.state not in {DONE, TOLD}:
        return Known(found.state, found.fingerprint)
    if again is not None:
        on.execute(_TAKE, _of(key) | {"state": DONE, "changed": again})
    return Known(DONE, found.fingerprint, _answer(found))


def forget(on: Connection, before: float, states: tuple[str, ...]) -> int:
    """Forget what is in one of these states and has not changed since; return how many."""
    old = delete(calls).where(calls.c.changed < before, calls.c.state.in_(states))
    return on.execute(old).rowcount


def _alive(on: Connection, key: Key, now: float, within: float) -> bool:
    """Return whether somebody may be about to make a call, or be making it."""
    found = on.execute(_LOCK, _of(key)).one_or_none()
    longest = {CLAIMED: LONGEST_HELD, SENT: within}
    return found is not None and abs(now - found.changed) < longest.get(found.state, 0.0)


def _of(key: Key) -> dict[str, Any]:
    return {"whose": key.user, "which": key.request_id}


def _answer(found: Any) -> Answer:  # noqa: ANN401  (a row of `calls`)
    served: Served = "sandbox" if found.state == SANDBOX else "replay"
    return Answer(ok=bool(found.ok), body=cast("bytes", found.body), served=served)
