from service.record.records import Claim, Key, Records, Taken
from service.record.store import Store


def test_a_call_belongs_to_its_user() -> None:
    assert Key("alice", "1") != Key("bob", "1")


def test_a_claim_that_found_nothing_is_the_right_to_run() -> None:
    taken = Taken(claim=Claim(Key("alice", "1"), "t"))
    assert (taken.sent, taken.conflict, taken.answer) == (False, False, None)


def test_the_sql_store_is_one_of_them() -> None:
    kind: type[Records] = Store
    assert kind
