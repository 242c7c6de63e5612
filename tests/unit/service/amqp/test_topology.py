"""What is declared: the table of the design."""

from contracts._names import Names
from service.amqp.topology import exchanges, meeting, queues

NAMES = Names("p")


def test_the_exchanges() -> None:
    kinds = {exchange.name: exchange.kind for exchange in exchanges(NAMES)}
    assert kinds == {
        "p.requests": "topic",
        "p.unrouted": "fanout",
        "p.dropped": "fanout",
        "p.replies": "topic",
        "p.events": "topic",
        "p.dead": "topic",
        "p.control": "fanout",
    }


def test_hubs_hear_each_other_before_anybody_can_ask_them() -> None:
    assert [one.name for one in meeting(NAMES)] == ["p.events", "p.control"]
    assert all(one in exchanges(NAMES) for one in meeting(NAMES))


def test_an_exchange_comes_after_those_that_it_names() -> None:
    seen: set[str] = set()
    for exchange in exchanges(NAMES):
        assert {str(value) for value in exchange.arguments.values()} <= seen
        seen.add(exchange.name)


def test_a_request_queue() -> None:
    queue = next(one for one in queues(NAMES, ["notion"]) if one.name == "p.requests.notion")
    assert (queue.exchange, queue.key) == ("p.requests", "notion.#")
    assert queue.arguments == {
        "x-queue-type": "quorum",
        "x-single-active-consumer": True,
        "x-delivery-limit": 20,
        "x-dead-letter-exchange": "p.dropped",
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }


def test_a_lease_queue() -> None:
    queue = next(one for one in queues(NAMES, ["notion"]) if one.name == "p.lease.notion")
    assert queue.exchange == ""
    assert queue.arguments == {
        "x-queue-type": "quorum",
        "x-single-active-consumer": True,
        "x-max-length": 1,
        "x-overflow": "drop-head",
    }


def test_the_shared_queues_and_one_pair_for_each_integration() -> None:
    found = queues(NAMES, ["b", "a", "b"])
    bound = {queue.name: queue.exchange for queue in found}
    assert bound == {
        "p.dropped": "p.dropped",
        "p.unrouted": "p.unrouted",
        "p.dead-letters": "p.dead",
        "p.requests.a": "p.requests",
        "p.requests.b": "p.requests",
        "p.lease.a": "",
        "p.lease.b": "",
    }
    assert {queue.arguments["x-queue-type"] for queue in found} == {"quorum"}
