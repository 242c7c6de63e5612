"""What is more open than it has to be: looked at once after the start, which it never stops.

Over AMQP alone a hub sees little of its broker: whether the default login works, and what its own
user may do. Who else may do what is for `deploy/rabbitmq/make-definitions`.
"""

import asyncio
import contextlib
import stat
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import structlog

from service.amqp.errors import BusError
from service.amqp.powers import DEFAULT, lets_default_in, reaches_elsewhere, signs_for_others
from service.amqp.wire import address, connect
from service.ending import end
from service.permission.access import Access
from service.record.store_address import unverified
from service.settings import FILES, SECRET, Settings, is_loopback

WITHIN: Final = 10.0
"""Seconds that the broker has for all of it."""
_HOW: Final = "docs/how-to/secure-the-broker.md"

log = structlog.get_logger()


@contextlib.asynccontextmanager
async def looking(settings: Settings, url: str, access: Access) -> AsyncIterator[None]:
    """Look around while the block runs."""
    task = asyncio.create_task(tell(settings, url, access), name="exposure")
    try:
        yield
    finally:
        await end(task)


async def tell(settings: Settings, url: str, access: Access) -> None:
    """Log a warning for each thing that is too open; `url` is the broker's."""
    found, reason = 0, ""
    try:
        async with asyncio.timeout(WITHIN):
            async for what in _found(settings, url, access):
                found += 1
                log.warning("too_open", what=what)
    except (BusError, TimeoutError) as error:
        reason = str(error) or f"The broker did not answer within {WITHIN:g} s."
    log.info("looked_for_what_is_too_open", found=found, not_all=reason)


async def _found(settings: Settings, url: str, access: Access) -> AsyncIterator[str]:
    for what in _settings(settings, access):
        yield what
    if settings.amqp_url is None:
        return  # the node of `hub up`: nobody else reaches it
    for what in _address(url, access):
        yield what
    async for what in _broker(url):
        yield what


def _settings(settings: Settings, access: Access) -> Iterator[str]:
    for name in FILES:
        written = settings.layers.places.get(name, {})
        if any(map(_secret, written)) and _others(Path(name), stat.S_IROTH):
            yield f"{name} holds secrets, and every user of this machine can read it: chmod 600."
    for variable, path in (
        ("HUB_ACCESS_FILE", settings.access_file),
        ("HUB_DATA_DIR", settings.data_dir),
    ):
        if path and _others(path, stat.S_IWOTH):
            yield f"Every user of this machine can write to {variable} {path}: chmod o-w."
    yield from _database(settings.store_url)
    if "http" in access.grants and settings.http_token is None:
        yield (
            "HUB_HTTP_TOKEN is not set: every user of this machine may call what the access file "
            "allows 'http'."
        )


def _database(url: str) -> Iterator[str]:
    far = [one for one in unverified(url) if not is_loopback(one)]
    if far:
        yield (
            f"HUB_DATABASE_URL does not have the certificate of {', '.join(far)} checked, so "
            "whoever is on the way may pass for the database and read all calls: end it with "
            "?sslmode=verify-full&sslrootcert=/path/to/ca.pem (docs/how-to/share-a-database.md)."
        )


def _address(url: str, access: Access) -> Iterator[str]:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if is_loopback(host):
        return
    if parts.scheme == "amqp":
        yield (
            f"The broker's address begins with amqp://, so passwords and requests travel to {host} "
            "for everyone on the way to read: use amqps://."
        )
    if not access.restricted:
        yield (
            f"HUB_ACCESS_FILE is not set: whoever can log in to the broker at {host} may call "
            "everything."
        )


async def _broker(url: str) -> AsyncIterator[str]:
    if await lets_default_in(url):
        yield (
            f"The broker lets {DEFAULT!r} in with its default password: give the hub and each "
            f"agent a user of its own, then rabbitmqctl delete_user {DEFAULT} ({_HOW})."
        )
    wire = await connect(address(url, name="hub-looks", heartbeat=0))
    try:
        if await signs_for_others(wire):
            yield (
                "The hub's user may sign messages with other users' names, by which the hub tells "
                "them apart: take the tag impersonator from it, and from everyone "
                "(rabbitmqctl set_user_tags)."
            )
        if await reaches_elsewhere(wire):
            yield (
                "The hub's user has rights to more than the hub's own names: see "
                f"{_HOW} for those that it needs."
            )
    finally:
        await wire.end()


def _secret(variable: str) -> bool:
    if variable.endswith("_FILE"):
        return False
    return variable == "HUB_AMQP_URL" or SECRET.search(variable) is not None


def _others(path: Path, bit: int) -> bool:
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return bool(mode & bit) and not mode & stat.S_ISVTX
