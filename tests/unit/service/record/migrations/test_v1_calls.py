from sqlalchemy import insert

from service.answer import Answer
from service.record.database import calls, identity, opened
from service.record.records import Key
from service.record.store import Store

KEY = Key("alice", "r-1")
PRINT = b"1" * 32


async def test_a_database_from_before_there_were_versions_is_adopted(database_url: str) -> None:
    engine = opened(database_url)
    with engine.begin() as connection:
        for table in (calls, identity):
            table.create(connection)
        connection.execute(insert(identity).values(store_id="known"))
    engine.dispose()
    row = {
        "user": "alice",
        "request_id": "r-1",
        "fingerprint": PRINT,
        "operation": "shop.make_thing",
        "state": "done",
        "token": "t",
        "ok": True,
        "body": b"{}",
        "changed": 4e9,
    }
    engine = opened(database_url)
    with engine.begin() as connection:
        connection.execute(insert(calls).values(row))
    engine.dispose()
    for _ in range(2):
        store = Store(database_url)
        assert store.store_id == "known"
        taken = await store.claim(KEY, PRINT, "shop.make_thing")
        assert taken.answer == Answer(True, b"{}", served="replay")
        assert await store.count("alice", {"*": 9}, 20_000) == ""
        await store.aclose()
