"""Where the hub of this machine is: `hub up` tells it in its data folder, other commands read it.

The file holds secrets, so only its user may read it. A lock beside it says whether that `hub up`
still runs, however it ended.
"""

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Final, TextIO

from contracts._names import ADDRESSES

_LOCK: Final = "up.lock"
_TRIES: Final = 20
_PAUSE: Final = 0.05  # a reader holds the lock for a moment


class AlreadyUp(Exception):
    """Another `hub up` runs on this data folder; the sentence says what to do."""


@dataclass(frozen=True)
class Told:
    """What `hub up` tells. The SDK reads the broker's address and the prefix."""

    amqp_url: str
    http_url: str
    prefix: str
    http_token: str = ""


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold a data folder for one `hub up`; what it told goes when it ends.

    Raises:
        AlreadyUp: another one holds it.
        OSError: the folder cannot be made or written.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / _LOCK).open("a") as file:
        if not _locked(file, fcntl.LOCK_EX, _TRIES):
            raise AlreadyUp(
                f"Another `hub up` runs on the data folder {folder}. Use it, stop it, or give this "
                "one a folder of its own (HUB_DATA_DIR)."
            )
        try:
            yield
        finally:
            (folder / ADDRESSES).unlink(missing_ok=True)


def tell(folder: Path, told: Told) -> None:
    """Write the file: at once, whole, and for this user only."""
    place, draft = folder / ADDRESSES, folder / f"{ADDRESSES}.new"
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(asdict(told), file)
    draft.replace(place)


def read_told(folder: Path) -> Told | None:
    """Return what the `hub up` that runs has told; None if none runs."""
    try:
        with (folder / _LOCK).open() as lock:
            if _locked(lock, fcntl.LOCK_SH, 1):
                return None
        found = json.loads((folder / ADDRESSES).read_text(encoding="utf-8"))
        return Told(**found)
    except (OSError, ValueError, TypeError):
        return None


def url_of(host: str, port: int) -> str:
    """Return the address under which this machine reaches what listens there."""
    try:
        address = ip_address(host)
    except ValueError:
        return f"http://{host}:{port}"
    if address.is_unspecified:
        host = {4: "127.0.0.1", 6: "::1"}[address.version]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _locked(file: TextIO, how: int, tries: int) -> bool:
    for turn in range(tries):
        if turn:
            time.sleep(_PAUSE)
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(file, how | fcntl.LOCK_NB)
            return True
    return False
