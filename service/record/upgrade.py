"""Runs the steps that a database lacks. Alembic takes half a second to import: `service.late`."""

from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from service.record.migrations import FOLDER, VERSION


def upgrade(connection: Connection, folder: Path = FOLDER) -> None:
    """Bring a database into the newest shape, in the transaction of its connection."""
    scripts = ScriptDirectory(str(folder), version_locations=[str(folder)])

    def steps(revision: Any, _: object) -> Any:  # noqa: ANN401  (Alembic's)
        return scripts._upgrade_revs("head", revision)  # noqa: SLF001  (as its own command does)

    with EnvironmentContext(Config(), scripts, fn=steps) as environment:
        environment.configure(connection=connection, version_table=VERSION)
        environment.run_migrations()
