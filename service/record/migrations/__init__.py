"""The shape of the record of calls, step by step: `v<number>_<what>.py`, run by Alembic in order.

A new database is made in the newest shape at once (`service.record.schema`); a step brings one
that is there into it. To write the next: copy the last file, count on, change
`service/record/database.py` too; a test compares the two. A step runs while hubs of the version
before may use the database: add what they do not need, take away only what nobody has used for a
version.
"""

from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
VERSION: Final = "calls_version"
"""The table in which Alembic keeps the version: the database may be another program's too."""
