"""Requests that each user made on each day, under each pattern of the access file."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "2"
down_revision: Final = "1"


def upgrade() -> None:
    """Make what is missing: hubs made it before they counted versions."""
    op.create_table(
        "quotas",
        sa.Column("user", sa.String(255), primary_key=True),
        sa.Column("day", sa.Integer(), primary_key=True),
        sa.Column("pattern", sa.String(255), primary_key=True),
        sa.Column("used", sa.Integer(), nullable=False),
        if_not_exists=True,
    )
