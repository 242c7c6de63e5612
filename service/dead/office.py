"""Dead letters in the hands of whoever runs the hub: listed, shown, replayed, dropped."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, Protocol

import structlog

from clients._clock import Clock
from clients._redact import Redactor
from contracts import Names
from service.amqp.delivery import Delivery
from service.amqp.errors import LOCKED, BusError, Denied, NotPublished
from service.amqp.link import Link
from service.amqp.publisher import Publisher, Until
from service.amqp.queues import look
from service.ask import Ask
from service.dead.letter import Letter, row, whole
from service.dead.tray import Tray, opened
from service.dead.verdict import Judge, Resent, Verdict, again, judged
from service.record.records import Key, Known

_PUBLISH_WITHIN: Final = 5.0

log = structlog.get_logger()


class Record(Protocol):
    """The record of calls, as far as letters need it (`service.record.store.Store`)."""

    async def look(self, key: Key, *, keep: bool = False) -> Known | None:
        """Return what is known of a request; with `keep`, as if its outcome was not heard yet."""
        ...


@dataclass(frozen=True, slots=True)
class Selection:
    """Which letters: those that fit all that is given."""

    ids: frozenset[str] = frozenset()
    integration: str | None = None
    reason: str | None = None
    user: str | None = None

    def __contains__(self, letter: Letter) -> bool:
        """Return whether a letter is meant."""
        return (
            (not self.ids or letter.id in self.ids)
            and self.integration in {None, letter.integration}
            and self.reason in {None, letter.reason}
            and self.user in {None, letter.user}
        )


@dataclass(frozen=True)
class Office:
    """What is needed to handle them; `url` is the broker, `own_user` the hub's there."""

    url: str
    names: Names
    own_user: str
    publisher: Publisher
    looking: Link
    """For questions about reply queues."""
    judge: Judge
    record: Record
    redact: Redactor
    clock: Clock

    async def list(self, of: Selection, most: int) -> dict[str, Any]:
        """Return the oldest letters that are meant, and how many there are in all.

        Raises:
            ConnectionError: the broker is away, or somebody else looks at them all the time.
        """
        async with self._tray(of, most) as tray:
            return _told(tray, await asyncio.to_thread(_rows, tray, self.redact))

    async def show(self, id_: str) -> dict[str, Any] | None:
        """Return one letter whole, or None where there is none of that id.

        Raises:
            ConnectionError: as `list`.
        """
        async with self._tray(Selection(frozenset({id_})), 1) as tray:
            if not tray.kept:
                return None
            return await asyncio.to_thread(whole, tray.kept[0][0], self.redact)

    async def replay(self, of: Selection, most: int, *, by: str, dry: bool) -> dict[str, Any]:
        """Ask again for who asked first, under the same request id; return what became of each.

        A letter goes once the broker has its request. With `dry`, nothing is done.

        Raises:
            ConnectionError: as `list`.
        """
        async with self._tray(of, most) as tray:
            done: dict[str, dict[str, Any]] = {}
            for letter, delivery in tray.kept:
                await asyncio.sleep(0)  # others have their turn between two letters
                if letter.id not in done:
                    done[letter.id] = await self._replay(letter, delivery, by=by, dry=dry)
                elif done[letter.id]["did"] == "replayed":
                    delivery.ack()  # the same letter, written twice
            return _told(tray, list(done.values()))

    async def drop(self, of: Selection, most: int, *, by: str, dry: bool) -> dict[str, Any]:
        """Forget letters; return which.

        Raises:
            ConnectionError: as `list`.
        """
        async with self._tray(of, most) as tray:
            done = {}
            for letter, delivery in tray.kept:
                await asyncio.sleep(0)
                gone = dry or delivery.ack() or letter.id in done
                if gone and not dry:
                    log.info("dead_letter_dropped", by=by, **_named(letter, self.redact))
                did = ("would_drop" if dry else "dropped") if gone else "failed"
                sentence = "" if gone else "The broker was lost; the letter is still there."
                done[letter.id] = self._result(letter, did, Verdict("refuse", sentence))
            return _told(tray, list(done.values()))

    async def _replay(
        self, letter: Letter, delivery: Delivery, *, by: str, dry: bool
    ) -> dict[str, Any]:
        resent, where = await self._addressed(letter)
        verdict = await self._verdict(letter, resent, keep=not dry)
        if verdict.will == "refuse":
            return self._result(letter, "refused", verdict)
        if dry:
            return self._result(letter, "would_replay", verdict, where)
        try:
            await self.publisher.publish_until(
                self.names.requests,
                resent.routing_key,
                resent.message,
                Until(self.clock.now() + _PUBLISH_WITHIN),
            )
        except NotPublished as error:
            return self._result(letter, "failed", Verdict("refuse", str(error)))
        delivery.ack()
        log.info("dead_letter_replayed", by=by, **_named(letter, self.redact))
        return self._result(letter, "replayed", verdict, where)

    async def _verdict(self, letter: Letter, resent: Resent, *, keep: bool) -> Verdict:
        ask = self.judge.understood(letter, resent)
        if not isinstance(ask, Ask):
            return ask
        known = await self.record.look(ask.key, keep=keep)
        return judged(letter, ask, known, self.clock.wall())

    async def _addressed(self, letter: Letter) -> tuple[Resent, str]:
        """Return the request made again, and where its reply goes."""
        resent = again(letter, self.own_user, letter.reply_to or None)
        if letter.reply_to and self.judge.may_reply(resent) and await self._is_there(letter):
            return resent, letter.reply_to
        return again(letter, self.own_user, None), self.names.replies

    async def _is_there(self, letter: Letter) -> bool:
        try:
            return await look(self.looking, letter.reply_to) is not None
        except Denied as denied:
            return denied.code == LOCKED  # somebody's own

    def _result(
        self, letter: Letter, did: str, verdict: Verdict, where: str = ""
    ) -> dict[str, Any]:
        told = {"did": did, "sentence": self.redact(verdict.sentence), "code": verdict.code}
        return _named(letter, self.redact) | told | {"reply_to": where}

    @asynccontextmanager
    async def _tray(self, of: Selection, most: int) -> AsyncIterator[Tray]:
        try:
            async with opened(self.url, self.names, of.__contains__, most) as tray:
                yield tray
        except BusError as error:
            raise ConnectionError(str(error)) from error


def _named(letter: Letter, redact: Redactor) -> dict[str, Any]:
    texts = ("id", "operation", "user", "reason", "request_id")
    return {name: redact(getattr(letter, name)) for name in texts}


def _rows(tray: Tray, redact: Redactor) -> list[dict[str, Any]]:
    return [row(letter, redact) for letter, _ in tray.kept]


def _told(tray: Tray, letters: list[dict[str, Any]]) -> dict[str, Any]:
    return {"letters": letters, "total": tray.total, "more": tray.more}
