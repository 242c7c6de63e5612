"""What aio-pika and aiormq raise, in this package's own terms."""

import asyncio
import contextlib
from collections.abc import Iterator
from typing import Final

from aio_pika.exceptions import (
    AMQPError,
    ChannelClosed,
    ChannelNotFoundEntity,
    ChannelPreconditionFailed,
    ConnectionClosed,
    DeliveryError,
)
from aiormq.exceptions import ChannelAccessRefused, ChannelLockedResource

from sdk._errors import Denied, Lost, Silent

NOT_ALLOWED: Final = 403
NOT_FOUND: Final = 404
LOCKED: Final = 405
DIFFERENT: Final = 406

_CODES: Final[dict[type[BaseException], int]] = {
    ChannelAccessRefused: NOT_ALLOWED,
    ChannelNotFoundEntity: NOT_FOUND,
    ChannelLockedResource: LOCKED,
    ChannelPreconditionFailed: DIFFERENT,
}


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Raise what aio-pika raises as `Denied` or `Lost`; what it says of one message stays.

    In whoever waits on a channel or connection that it gives up it raises odd things: a
    `CancelledError` though nobody cancelled that task, or a bare `Exception`.
    """
    cancels = _cancels()
    try:
        yield
    except DeliveryError:
        raise
    except TimeoutError as error:
        raise Silent("the broker did not answer in time") from error
    except (AMQPError, OSError, RuntimeError) as error:
        raise _denied(error) or Lost(why(error)) from error
    except asyncio.CancelledError as error:
        if _cancels() > cancels:
            raise
        raise Lost(why(error)) from error
    except Exception as error:
        if type(error) is not Exception:
            raise
        raise Lost(why(error)) from error


def why(error: object) -> str:
    """Return the reason in what ended a connection or a channel."""
    if isinstance(error, asyncio.CancelledError):
        return "the broker sent no heartbeat"
    if isinstance(error, ConnectionClosed):
        return " ".join(("the broker closed the connection:", *map(str, error.args[-1:])))
    if isinstance(error, ChannelClosed):
        return "the channel was closed"
    return str(error or "") or "the broker closed the socket"


def _denied(error: Exception) -> Denied | None:
    """Return the broker's refusal, if it closed the channel with a reason."""
    if type(error) in _CODES:
        return Denied(_CODES[type(error)], str(error))
    if isinstance(error, ChannelClosed) and any(error.args[:1]):
        return Denied(error.args[0], str(error.args[-1]))
    return None


def _cancels() -> int:
    """Return how many cancellations have reached this task: one asked for while it runs waits."""
    task = asyncio.current_task()
    return 0 if task is None else task.cancelling() - getattr(task, "_must_cancel", False)
