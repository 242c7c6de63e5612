import re

from service.amqp import errors


def below(parent: type[Exception]) -> list[str]:
    return [name for child in parent.__subclasses__() for name in (child.__name__, *below(child))]


def test_the_drawn_tree_is_the_real_one() -> None:
    assert re.findall(r"── (\w+)", errors.__doc__ or "") == below(errors.BusError)


def test_a_silent_queue_is_named_with_what_to_do() -> None:
    error = errors.NoAnswer("hub.requests.notion", 5.0)
    assert error.queue in str(error)
    assert "restart the broker node" in str(error)


def test_a_refusal_keeps_code_and_words() -> None:
    assert (errors.Denied(404, "gone").code, str(errors.Denied(404, ""))) == (
        404,
        "The broker closed the channel: 404",
    )
