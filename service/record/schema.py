"""The shape that a database has, and the one that this hub needs; one hub at a time."""

import sys
from pathlib import Path
from typing import Final
from uuid import uuid4

from sqlalchemy import Column, Connection, MetaData, String, Table, insert, inspect, select, text
from sqlalchemy.exc import OperationalError

from service import late
from service.record.database import identity, metadata
from service.record.migrations import FOLDER, VERSION
from service.record.records import NotOpened

_VERSIONS: Final = Table(VERSION, MetaData(), Column("version_num", String(32), primary_key=True))
_ALONE: Final = text("SELECT pg_advisory_xact_lock(7120331650124291)")
"""A number of ours; until the commit no other hub comes this far (SQLite's BEGIN does the like)."""

_LOCKED: Final = "55P03"
"""https://www.postgresql.org/docs/current/errcodes-appendix.html"""
_PATIENCE: Final = 30.0
"""Seconds to wait for a table that somebody else has locked."""


def prepared(connection: Connection, folder: Path = FOLDER, patience: float = _PATIENCE) -> str:
    """Bring the tables into shape; return the id that hubs compare: one for each database.

    Raises:
        NotOpened: a newer hub was here, the database cannot hold what agents write, or its tables
            stay locked.
    """
    if connection.dialect.name == "postgresql":
        _check_encoding(connection)
        connection.execute(text(f"SET LOCAL lock_timeout = {patience * 1000:.0f}"))
    try:
        return _prepared(connection, folder)
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", "") != _LOCKED:
            raise
        raise NotOpened(
            f"The tables of HUB_DATABASE_URL have been locked for {patience:g} s, by another hub "
            "that brings them into shape or by somebody's work on them (pg_stat_activity names "
            "who): start this hub again once that is done."
        ) from None


def _prepared(connection: Connection, folder: Path) -> str:
    if connection.dialect.name == "postgresql":
        connection.execute(_ALONE)
    tables, newest = set(inspect(connection).get_table_names()), newest_in(folder)
    if not tables & set(metadata.tables):
        _make(connection, newest)
    elif (version := _version(connection, tables)) != newest:
        _bring(connection, version, newest, folder)
    found = connection.scalar(select(identity.c.store_id))
    if found is None:
        found = uuid4().hex
        connection.execute(insert(identity).values(store_id=found))
    return str(found)


def newest_in(folder: Path) -> int:
    """Return the version that the steps of a folder lead to."""
    return max(int(path.stem[1:].partition("_")[0]) for path in folder.glob("v[0-9]*.py"))


def _make(connection: Connection, version: int) -> None:
    # https://alembic.sqlalchemy.org/en/latest/cookbook.html#building-an-up-to-date-database-from-scratch
    metadata.create_all(connection)
    _VERSIONS.create(connection, checkfirst=True)
    connection.execute(insert(_VERSIONS).values(version_num=str(version)))


def _version(connection: Connection, tables: set[str]) -> int:
    """Return the version of a database; 0 for one from before there were versions."""
    if VERSION not in tables:
        return 0
    found = connection.scalar(select(_VERSIONS.c.version_num)) or "0"
    return int(found) if found.isdecimal() else sys.maxsize


def _bring(connection: Connection, version: int, newest: int, folder: Path) -> None:
    if version > newest:
        raise NotOpened(
            f"The record of calls was brought to version {version} by a newer hub, and this one "
            f"knows {newest}: update this hub, or give it a HUB_DATABASE_URL of its own and "
            "another HUB_PREFIX."
        )
    late.upgrade()(connection, folder)


def _check_encoding(connection: Connection) -> None:
    found = connection.scalar(text("SHOW server_encoding"))
    if found != "UTF8":
        raise NotOpened(
            f"The database of HUB_DATABASE_URL is encoded in {found}, which cannot hold every "
            "request id: make one with ENCODING 'UTF8'."
        )
