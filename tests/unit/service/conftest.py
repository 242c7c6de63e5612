from pathlib import Path

import pytest

from tests.support.cli import alone


@pytest.fixture
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """No variable of ours, and an empty working directory; set what the test needs on it."""
    alone(monkeypatch, tmp_path)
    return monkeypatch
