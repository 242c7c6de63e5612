from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from service.database import identified, opened


def mode(file: Path) -> int:
    return file.stat().st_mode & 0o777


def test_the_files_are_for_this_user_only(tmp_path: Path) -> None:
    engine = opened(f"sqlite:///{tmp_path}/calls.sqlite3")
    with engine.begin() as connection:
        identified(connection)
        files = {one.name: mode(one) for one in tmp_path.iterdir()}
    engine.dispose()
    assert files == dict.fromkeys(
        ("calls.sqlite3", "calls.sqlite3-wal", "calls.sqlite3-shm"), 0o600
    )


def test_a_file_that_is_open_to_all_is_told_and_left(tmp_path: Path) -> None:
    file = tmp_path / "calls.sqlite3"
    file.touch()
    file.chmod(0o644)
    with capture_logs() as logs:
        opened(f"sqlite:///{file}").dispose()
    assert [one["event"] for one in logs] == ["record_of_calls_can_be_read_by_all"]
    assert mode(file) == 0o644


def test_a_folder_that_is_missing_is_sqlites_to_tell(tmp_path: Path) -> None:
    with pytest.raises(OperationalError), opened(f"sqlite:///{tmp_path}/none/x").begin():
        pass


def test_one_in_memory_has_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for url in ("sqlite://", "sqlite:///:memory:"):
        engine = opened(url)
        with engine.begin() as connection:
            assert identified(connection) == identified(connection)
        engine.dispose()
    assert list(tmp_path.iterdir()) == []
