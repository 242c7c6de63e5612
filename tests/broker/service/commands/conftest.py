from pathlib import Path

import pytest

from tests.support.broker import OwnNames
from tests.support.cli import Cli, make_cli


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, amqp_url: str, names: OwnNames) -> Cli:
    """Commands that reach the test's hub."""
    cli = make_cli(monkeypatch, tmp_path)
    cli.set(HUB_AMQP_URL=amqp_url, HUB_PREFIX=names.prefix, LOGNAME="alice")
    return cli
