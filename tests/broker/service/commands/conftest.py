from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.support.broker import OwnNames
from tests.support.cli import Cli, make_cli


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, amqp_url: str, names: OwnNames) -> Cli:
    """Commands that reach the test's hub."""
    cli = make_cli(monkeypatch, tmp_path)
    cli.set(HUB_AMQP_URL=amqp_url, HUB_PREFIX=names.prefix, LOGNAME="alice")
    return cli


@pytest.fixture(autouse=True)
def nothing_is_logged() -> Iterator[None]:
    """What a hub in this process logs is not among what a command prints."""
    with capture_logs():
        yield
