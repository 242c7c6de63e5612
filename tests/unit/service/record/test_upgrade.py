from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect

from service.record.database import metadata, opened
from service.record.migrations import VERSION
from service.record.upgrade import upgrade


def shape(engine: Engine) -> dict[str, object]:
    """Return tables, columns, keys and indexes as the database has them."""
    look = inspect(engine)
    return {
        table: (
            [(one["name"], str(one["type"]), one["nullable"]) for one in look.get_columns(table)],
            look.get_pk_constraint(table)["constrained_columns"],
            [(one["name"], one["column_names"]) for one in look.get_indexes(table)],
        )
        for table in look.get_table_names()
        if table != VERSION
    }


def test_all_steps_lead_to_the_shape_that_a_new_database_gets(database_url: str) -> None:
    engine = opened(database_url)
    with engine.begin() as connection:
        upgrade(connection)
    stepped = shape(engine)
    with engine.begin() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION})
        assert compare_metadata(context, metadata) == []
        metadata.drop_all(connection)
        metadata.create_all(connection)
    assert shape(engine) == stepped
    engine.dispose()
