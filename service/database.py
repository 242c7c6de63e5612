"""The tables of the record of calls, and the way into their database."""

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import structlog
from sqlalchemy import (
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
    insert,
    select,
)

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


def identified(connection: Connection) -> str:
    """Make what tables are missing; return the id that hubs compare: one for each database."""
    metadata.create_all(connection)
    found = connection.execute(select(identity.c.store_id)).scalar()
    if found is None:
        found = uuid4().hex
        connection.execute(insert(identity).values(store_id=found))
    return str(found)


def opened(url: str) -> Engine:
    """Return the way into a database.

    Raises:
        SQLAlchemyError: the address is none.
        ImportError: its driver is missing.
    """
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        _keep_private(engine.url.database or "")
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
    return engine


def _keep_private(file: str) -> None:
    """Make the file for this user only: SQLite gives those beside it the same mode.

    One that is there may be open to others on purpose, so its mode is told and stays.
    """
    if file.startswith((":memory:", "file:")):
        return
    with suppress(OSError):  # SQLite says what is wrong
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
        if Path(file).stat().st_mode & stat.S_IROTH:
            log.warning("record_of_calls_can_be_read_by_all", file=file)


def _begin(connection: Connection) -> None:
    """Lock before the first read: what it finds is true until the commit, for other hubs too."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _prepare(connection: Any, _: object) -> None:  # noqa: ANN401  (the driver's)
    # https://docs.sqlalchemy.org/en/20/dialects/sqlite.html#pysqlite-serializable
    connection.isolation_level = None  # else the driver begins where it likes
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000"):
        connection.execute(f"PRAGMA {pragma}")
