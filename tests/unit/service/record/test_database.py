import os
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import (
    DataError,
    IntegrityError,
    InterfaceError,
    InternalError,
    OperationalError,
    ProgrammingError,
)
from structlog.testing import capture_logs

from service.record.database import is_trouble, opened, said
from service.record.records import NotOpened
from service.record.schema import prepared
from tests.support.postgres import Postgres


def mode(file: Path) -> int:
    return file.stat().st_mode & 0o777


def test_the_files_are_for_this_user_only(tmp_path: Path) -> None:
    engine = opened(f"sqlite:///{tmp_path}/calls.sqlite3")
    with engine.begin() as connection:
        prepared(connection)
        files = {one.name: mode(one) for one in tmp_path.iterdir()}
    engine.dispose()
    assert files == dict.fromkeys(
        [f"calls.sqlite3{more}" for more in ("", "-wal", "-shm", "-next", "-turn")], 0o600
    )


def test_files_that_are_open_to_all_are_closed_to_them(tmp_path: Path) -> None:
    files = [tmp_path / f"calls.sqlite3{more}" for more in ("", "-wal")]
    for file in files:
        file.touch()
        file.chmod(0o664)
    with capture_logs() as logs:
        opened(f"sqlite:///{files[0]}").dispose()
    assert [one["event"] for one in logs] == ["record_of_calls_was_open_to_all"] * 2
    assert [mode(file) for file in files] == [0o660] * 2


def test_a_file_that_cannot_be_closed_to_all_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root may change every mode, so for root the system's refusal is played."""
    file = tmp_path / "calls.sqlite3"
    file.touch()
    file.chmod(0o666)

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "chmod", refused)
    monkeypatch.setattr(Path, "chmod", refused)
    with pytest.raises(NotOpened, match=r"chmod o-rwx.*\(Operation not permitted\)"):
        opened(f"sqlite:///{file}")


def test_a_folder_that_is_missing_is_sqlites_to_tell(tmp_path: Path) -> None:
    with pytest.raises(OperationalError), opened(f"sqlite:///{tmp_path}/none/x").begin():
        pass


def test_one_in_memory_has_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for url in ("sqlite://", "sqlite:///:memory:"):
        engine = opened(url)
        with engine.begin() as connection:
            assert prepared(connection) == prepared(connection)
        engine.dispose()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_postgresql_is_the_same(postgres: Postgres, scheme: str) -> None:
    _, rest = postgres.url().split("://")
    engine = opened(f"{scheme}://{rest}?application_name=mine")
    with engine.begin() as connection:
        shown = [
            connection.scalar(text(f"SHOW {name}"))
            for name in (
                "idle_in_transaction_session_timeout",
                "synchronous_commit",
                "transaction_isolation",
                "application_name",
            )
        ]
    engine.dispose()
    assert shown == ["3s", "on", "read committed", "mine"]


@pytest.mark.parametrize(
    ("kind", "trouble"),
    [
        (OperationalError, True),
        (InterfaceError, True),
        (InternalError, True),
        (DataError, False),
        (IntegrityError, False),
        (ProgrammingError, False),
    ],
)
def test_what_may_pass_is_told_from_what_is_wrong(kind: type[Exception], trouble: bool) -> None:
    assert is_trouble(kind("SELECT canary", {}, Exception("full"))) == trouble
    assert not is_trouble(ValueError())


def test_what_the_database_says_is_one_line_without_sql(tmp_path: Path) -> None:
    with pytest.raises(OperationalError) as told, create_engine("sqlite://").begin() as connection:
        connection.execute(text("SELECT canary FROM nowhere"))
    assert said(told.value) == "no such table: nowhere"
    assert said(ValueError("first\nsecond")) == "first"
    assert said(sqlite3.Error()) == "Error"
    del tmp_path
