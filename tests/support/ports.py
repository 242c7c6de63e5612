"""Ports of private nodes: each worker has its own, so no two of them choose the same at once."""

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Final

from service.node.home import PORTS, Ports

_WORKERS: Final = 32


def settled(folder: Path) -> Path:
    """Choose the ports of the node that is going to live in a folder; returns the folder."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    ports = Ports.choose(PORTS[worker % _WORKERS :: _WORKERS])
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / "ports.json").write_text(json.dumps(asdict(ports)))
    return folder
