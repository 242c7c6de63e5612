"""The reasons are a closed set: whatever the hub buries has one of them."""

import ast
from pathlib import Path

from contracts._dead_letters import REASONS
from service.amqp.properties import TOO_DEEP, UNDECODABLE
from service.post import REASON_OF

SERVICE = Path(__file__).parents[3] / "service"


def written() -> set[str]:
    """The reasons that stand in the source, of each letter that is made there."""
    nodes = (
        node
        for path in SERVICE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "DeadLetter"
    )
    firsts = [node.args[0] for node in nodes]
    return {str(one.value) for one in firsts if isinstance(one, ast.Constant)}


def test_every_letter_has_a_reason_of_the_table() -> None:
    made = written() | {TOO_DEEP, UNDECODABLE, *REASON_OF.values()}
    assert made == set(REASONS)


def test_every_reason_says_what_happened_and_what_to_do() -> None:
    for one in REASONS.values():
        assert one.when.endswith(".")
        assert one.do.endswith(".")
        assert "drop" in one.do or "replay" in one.do
        assert one.replayable or not one.answered
