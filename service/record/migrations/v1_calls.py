"""The record of calls as it was first; it adopts a database from before there were versions."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "1"
down_revision: Final = None


def upgrade() -> None:
    """Make what is missing."""
    op.create_table(
        "calls",
        sa.Column("user", sa.String(255), primary_key=True),
        sa.Column("request_id", sa.String(255), primary_key=True),
        sa.Column("fingerprint", sa.LargeBinary(32), nullable=False),
        sa.Column("operation", sa.String(255), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("token", sa.String(32), nullable=False),
        sa.Column("ok", sa.Boolean()),
        sa.Column("body", sa.LargeBinary()),
        sa.Column("attempts", sa.Integer()),
        sa.Column("changed", sa.Float(), nullable=False),
        if_not_exists=True,
    )
    op.create_index("calls_changed", "calls", ["changed"], if_not_exists=True)
    op.create_table(
        "identity", sa.Column("store_id", sa.String(32), primary_key=True), if_not_exists=True
    )
