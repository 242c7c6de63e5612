from pathlib import Path

import pytest

from tests.support.cli import Cli, make_cli


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Cli:
    return make_cli(monkeypatch, tmp_path)
