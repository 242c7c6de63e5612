from sqlalchemy import text

from service.record.database import calls, identity, metadata, opened, quotas
from service.record.schema import prepared


def test_a_hub_that_counted_before_there_were_versions_keeps_its_counts(
    database_url: str,
) -> None:
    engine = opened(database_url)
    with engine.begin() as connection:
        metadata.create_all(connection)
        values = {"user": "alice", "day": 20_000, "pattern": "*", "used": 7}
        connection.execute(quotas.insert().values(values))
    with engine.begin() as connection:
        prepared(connection)
        assert connection.scalar(text("SELECT used FROM quotas")) == 7
    engine.dispose()


def test_one_that_did_not_count_gets_the_table(database_url: str) -> None:
    engine = opened(database_url)
    with engine.begin() as connection:
        metadata.create_all(connection, tables=[calls, identity])
        prepared(connection)
        assert connection.scalar(text("SELECT count(*) FROM quotas")) == 0
    engine.dispose()
