from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from service.record.database import opened
from service.record.migrations import FOLDER
from service.record.records import NotOpened
from service.record.schema import newest_in, prepared
from tests.support.postgres import Postgres


def prepare(url: str, folder: Path = FOLDER, patience: float = 30) -> str:
    engine = opened(url)
    try:
        with engine.begin() as connection:
            return prepared(connection, folder, patience)
    finally:
        engine.dispose()


def version(url: str) -> str:
    engine = opened(url)
    with engine.begin() as connection:
        found = connection.scalar(text("SELECT version_num FROM calls_version"))
    engine.dispose()
    return str(found)


def execute(url: str, statement: str) -> None:
    engine = opened(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_a_new_database_has_the_newest_shape_and_an_id(database_url: str) -> None:
    first = prepare(database_url)
    assert prepare(database_url) == first
    assert len(first) == 32
    assert version(database_url) == str(newest_in(FOLDER))


def test_hubs_that_start_at_once_agree(database_url: str) -> None:
    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(prepare, [database_url] * 8))) == 1


@pytest.mark.parametrize("newer", ["1000", "from elsewhere"])
def test_a_newer_hubs_database_is_refused(database_url: str, newer: str) -> None:
    prepare(database_url)
    execute(database_url, f"UPDATE calls_version SET version_num = '{newer}'")  # noqa: S608
    with pytest.raises(NotOpened, match=r"by a newer hub, and this one knows \d+: update this hub"):
        prepare(database_url)


def test_tables_of_another_program_are_left_alone(database_url: str) -> None:
    execute(database_url, "CREATE TABLE alembic_version (version_num VARCHAR(32))")
    prepare(database_url)
    execute(database_url, "DROP TABLE alembic_version")
    prepare(database_url)


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_a_database_that_cannot_hold_every_id_is_refused(postgres: Postgres, encoding: str) -> None:
    options = f"ENCODING '{encoding}' TEMPLATE template0"
    with (
        postgres.database(options) as url,
        pytest.raises(NotOpened, match=rf"encoded in {encoding}, .* make one with ENCODING 'UTF8'"),
    ):
        prepare(url)


@pytest.mark.parametrize("what", ["TABLE calls_version", "TABLE identity"])
def test_tables_that_stay_locked_are_told(postgres: Postgres, what: str) -> None:
    with postgres.database() as url:
        prepare(url)
        engine = opened(url)
        with engine.begin() as other:
            other.execute(text(f"LOCK {what} IN ACCESS EXCLUSIVE MODE"))
            with pytest.raises(
                NotOpened, match=r"locked for 0\.1 s, .*: start this hub again once"
            ):
                prepare(url, patience=0.1)
        engine.dispose()
        assert prepare(url, patience=30)


def test_other_trouble_of_the_database_stays_what_it_is(tmp_path: Path) -> None:
    engine = opened(f"sqlite:///{tmp_path}/calls.sqlite3")
    with engine.begin() as on:
        on.exec_driver_sql("PRAGMA query_only = ON")
        with pytest.raises(OperationalError, match="readonly"):
            prepared(on)
    engine.dispose()


def test_the_next_step_is_taken_and_once(database_url: str, tmp_path: Path) -> None:
    prepare(database_url)
    newest, folder = newest_in(FOLDER), tmp_path / "migrations"
    folder.mkdir()
    for step in FOLDER.glob("v*.py"):
        (folder / step.name).write_text(step.read_text())
    (folder / f"v{newest + 1}_next.py").write_text(
        f"from alembic import op\nrevision, down_revision = '{newest + 1}', '{newest}'\n"
        "def upgrade():\n    op.execute('ALTER TABLE calls ADD COLUMN next INTEGER')\n"
    )
    for _ in range(2):
        prepare(database_url, folder)
    assert version(database_url) == str(newest + 1)
    execute(database_url, "SELECT next FROM calls")


def test_a_step_that_fails_changes_nothing(database_url: str, tmp_path: Path) -> None:
    prepare(database_url)
    newest, folder = newest_in(FOLDER), tmp_path / "migrations"
    folder.mkdir()
    for step in FOLDER.glob("v*.py"):
        (folder / step.name).write_text(step.read_text())
    (folder / f"v{newest + 1}_next.py").write_text(
        f"from alembic import op\nrevision, down_revision = '{newest + 1}', '{newest}'\n"
        "def upgrade():\n    op.execute('ALTER TABLE calls ADD COLUMN next INTEGER')\n"
        "    raise RuntimeError('half way')\n"
    )
    with pytest.raises(RuntimeError, match="half way"):
        prepare(database_url, folder)
    assert version(database_url) == str(newest)
    engine = create_engine(database_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        row = connection.execute(text("SELECT * FROM calls"))
        assert "next" not in row.keys()  # noqa: SIM118  (a result)
    engine.dispose()
