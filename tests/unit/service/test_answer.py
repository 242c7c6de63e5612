import json

from cloudevents.core.bindings.rabbitmq import RabbitMQMessage, from_rabbitmq_event
from cloudevents.core.formats.json import JSONFormat

from contracts import InvalidRequest
from service.answer import Answer, accepted, failed, final
from service.envelope import Envelope

ENVELOPE = Envelope(
    "notion.get_page", "r-1", True, False, "-", None, "c-1", None, trace={"traceparent": "t"}
)


def test_a_result() -> None:
    answer = Answer(True, b'{"id":1}', "live", 2, 0.25, 1.5, 7.9)
    message = final(answer, ENVELOPE, "/hub/a")
    headers = dict(message.headers)
    assert len(str(headers.pop("ce-id"))) == 32
    assert str(headers.pop("ce-time")).endswith("Z")
    assert headers == {
        "ce-specversion": "1.0",
        "ce-source": "/hub/a",
        "ce-type": "hub.reply.notion.get_page.v1",
        "ce-subject": "r-1",
        "traceparent": "t",
        "hub-stage": "final",
        "hub-status": "ok",
        "hub-served": "live",
        "hub-attempts": 2,
        "hub-wait-ms": 250,
        "hub-upstream-ms": 1500,
        "hub-tokens-left": 7,
    }
    assert message.body == b'{"id":1}'
    assert message.content_type == "application/json"
    assert message.correlation_id == "c-1"


def test_a_failure_is_a_problem() -> None:
    answer = failed(InvalidRequest("no"), "notion.get_page")
    message = final(answer, ENVELOPE, "/hub/a")
    assert message.content_type == "application/problem+json"
    assert message.headers["hub-status"] == "failed"
    assert "hub-tokens-left" not in message.headers
    problem = json.loads(message.body)
    assert problem["code"] == "invalid_request"
    assert problem["operation"] == "notion.get_page"
    assert problem["integration"] == "notion"
    assert answer.problem().code == "invalid_request"


def test_again_for_another_asker_costs_nothing() -> None:
    again = Answer(True, b"{}", "live", 2, 1.0, 1.0).again("cache")
    assert again == Answer(True, b"{}", "cache")


def test_progress() -> None:
    message = accepted(ENVELOPE, "/hub/a", 3, 1.25)
    assert json.loads(message.body) == {"place": 3, "eta": 1.25}
    assert message.headers["hub-stage"] == "accepted"
    assert json.loads(accepted(ENVELOPE, "/hub/a", None, None).body) == {"place": None, "eta": None}


def test_the_cloudevents_sdk_reads_it() -> None:
    message = final(Answer(True, b'{"id":1}'), ENVELOPE, "/hub/a")
    headers = {name: str(value) for name, value in message.headers.items()}
    wire = RabbitMQMessage(headers, message.content_type, message.body)
    event = from_rabbitmq_event(wire, JSONFormat())
    assert event.get_subject() == "r-1"
    assert event.get_source() == "/hub/a"
    assert event.get_type() == "hub.reply.notion.get_page.v1"
    assert event.get_data() == {"id": 1}
