"""A terminal: what people see of lines that they type."""

import os
import pty
import subprocess
from collections.abc import Mapping
from pathlib import Path


def typed(lines: str, environment: Mapping[str, str], folder: Path) -> str:
    """Return what lines of shell print on a terminal without colours, once all have ended."""
    ours, theirs = pty.openpty()
    plain = {"TERM": "dumb", "NO_COLOR": "1", "COLUMNS": "200"}
    with subprocess.Popen(  # noqa: S603  (our own commands)
        ["/bin/sh", "-c", lines],
        cwd=folder,
        env={**environment, **plain},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    ):
        os.close(theirs)
        seen = b"".join(iter(lambda: _more(ours), b""))
    os.close(ours)
    return seen.decode().replace("\r\n", "\n")


def _more(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # how Linux tells that the other side is closed
        return b""
