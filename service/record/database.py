"""The tables of the record of calls, and the way into their database: SQLite or PostgreSQL."""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import structlog
from sqlalchemy import (
    URL,
    Boolean,
    Column,
    Connection,
    Engine,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    NotSupportedError,
    ProgrammingError,
)

from service.record.records import NotOpened
from service.record.turn import Turn

log = structlog.get_logger()

metadata: Final = MetaData()
calls: Final = Table(
    "calls",
    metadata,
    Column("user", String(255), primary_key=True),
    Column("request_id", String(255), primary_key=True),
    Column("fingerprint", LargeBinary(32), nullable=False),
    Column("operation", String(255), nullable=False),
    Column("state", String(8), nullable=False),
    Column("token", String(32), nullable=False),
    Column("ok", Boolean),
    Column("body", LargeBinary),
    Column("attempts", Integer),
    Column("changed", Float, nullable=False),
    Index("calls_changed", "changed"),
)
quotas: Final = Table(
    "quotas",
    metadata,
    Column("user", String(255), primary_key=True),
    Column("day", Integer, primary_key=True),
    Column("pattern", String(255), primary_key=True),
    Column("used", Integer, nullable=False),
)
identity: Final = Table("identity", metadata, Column("store_id", String(32), primary_key=True))

_POSTGRES: Final = "postgresql+psycopg"
_SPELLINGS: Final = frozenset({"postgres", "postgresql"})
_PATIENCE: Final = {
    "connect_timeout": "5",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
    "application_name": "integration-hub",
    "client_encoding": "utf8",
}
"""What libpq gets where the address does not say otherwise: a server that is unplugged is noticed
(https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS)."""
_SESSION: Final = (
    # a hub that freezes in the middle of a commit must not lock its successor out
    "SET idle_in_transaction_session_timeout = '3s'",
    # a commit that is not on disk is no record
    "SELECT set_config('synchronous_commit', 'on', false)",
)
_CALLERS_OWN: Final = (DataError, IntegrityError, NotSupportedError, ProgrammingError)


def opened(url: str) -> Engine:
    """Return the way into a database, for one thread.

    Raises:
        SQLAlchemyError: the address is none.
        NotOpened: others may read the file, and it cannot be closed to them.
    """
    address = make_url(url)
    if address.drivername == "sqlite":
        engine = create_engine(address)
        event.listen(engine, "connect", _prepare_sqlite)
        if file := _file_of(address):
            _keep_private(file)
            _take_turns(engine, Turn(file))
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    engine = create_engine(
        _postgres(address), pool_size=1, max_overflow=0, isolation_level="READ COMMITTED"
    )
    event.listen(engine, "connect", _prepare_postgres)
    return engine


def is_trouble(error: Exception) -> bool:
    """Return whether it is the database's own: gone, full, locked, broken. It may pass."""
    return isinstance(error, DBAPIError) and not isinstance(error, _CALLERS_OWN)


def said(error: Exception) -> str:
    """Return what the database, or the way there, says is wrong: one line, without SQL."""
    origin = error.orig if isinstance(error, DBAPIError) else error
    return str(origin).strip().partition("\n")[0] or type(origin).__name__


def _postgres(address: URL) -> URL:
    name = _POSTGRES if address.drivername in _SPELLINGS else address.drivername
    return address.set(drivername=name, query={**_PATIENCE, **address.query})


def _prepare_postgres(connection: Any, _: object) -> None:  # noqa: ANN401  (the driver's)
    connection.autocommit = True
    for statement in _SESSION:
        connection.execute(statement)
    connection.autocommit = False


def _file_of(address: URL) -> str:
    """Return the file of an SQLite; nothing for one in memory."""
    file = address.database or ""
    return "" if file.startswith((":memory:", "file:")) else file


def _take_turns(engine: Engine, turn: Turn) -> None:
    """Write in turn with others: from before a transaction to when its connection is put back."""
    event.listen(engine, "begin", lambda _: turn.take())
    event.listen(engine, "checkin", lambda *_: turn.leave())
    event.listen(engine, "engine_disposed", lambda _: turn.close())


def _keep_private(file: str) -> None:
    """Make the file for this user only, or see to it: SQLite gives new ones beside it its mode."""
    with suppress(OSError):  # SQLite says what is wrong
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    for path in _files(file):
        if path.stat().st_mode & stat.S_IRWXO:
            _close_to_others(path)


def _files(file: str) -> Iterator[Path]:
    paths = (Path(file + more) for more in ("", "-wal", "-shm"))
    return (path for path in paths if path.is_file())


def _close_to_others(path: Path) -> None:
    try:
        path.chmod(path.stat().st_mode & ~stat.S_IRWXO)
    except OSError as error:
        raise NotOpened(
            f"Everyone on this machine can open {path}, with the outcomes of all calls: take that "
            f"right away (chmod o-rwx), which this hub's user may not do ({error.strerror})."
        ) from None
    log.warning("record_of_calls_was_open_to_all", file=str(path))


def _begin_sqlite(connection: Connection) -> None:
    """Lock before the first read: what it finds is true until the commit, for other hubs too."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _prepare_sqlite(connection: Any, _: object) -> None:  # noqa: ANN401  (the driver's)
    # https://docs.sqlalchemy.org/en/20/dialects/sqlite.html#pysqlite-serializable
    connection.isolation_level = None  # else the driver begins where it likes
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000"):
        connection.execute(f"PRAGMA {pragma}")
