import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from tests.support.cli import Cli, make_cli


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Cli]:
    root = logging.getLogger()
    before = list(root.handlers)
    yield make_cli(monkeypatch, tmp_path)
    structlog.reset_defaults()
    root.handlers = before
