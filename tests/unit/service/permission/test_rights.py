import re
from pathlib import Path

import pytest

from contracts import Names
from service.permission.access import Grant, read_access
from service.permission.definitions import AGENT_LIMITS, MOST_QUEUES, Plan
from service.permission.rights import at_broker, check_user, of_agent, of_hub

ROOT = Path(__file__).parents[4]
NAMES = Names("p-1")
ALICE = of_agent(NAMES, "alice", Grant(operations=("notion.*", "twilio.get_message")))
OLGA = of_agent(NAMES, "olga", Grant(operations=(), operator=True))
EVERY = of_agent(NAMES, "every", Grant(operations=("*",)))
HUB = of_hub(NAMES, "keeper")

OWN = {"p-1.replies.alice", "p-1.replies.alice.word", "amq.gen-abc"}
OTHERS = {
    *("", "amq.default", "amq.topic", "amq.direct", "x", "p-1", "p_1.requests", "p-1xrequests"),
    *("p-1.replies.bob", "p-1.replies.alice2", "p-1.replies.alice.a.b", "xp-1.replies.alice"),
    *("hub.requests", "hub.replies.alice", "p-1.starting", "p-1.dead-letters"),
}
HUBS = {
    *("p-1.requests", "p-1.requests.notion", "p-1.unrouted", "p-1.dropped", "p-1.dead"),
    *("p-1.lease.notion", "p-1.events", "p-1.control", "p-1.replies"),
}


def matched(pattern: str, names: set[str]) -> set[str]:
    return {name for name in names if re.search(pattern, name)}


ALL = OWN | OTHERS | HUBS


def test_an_agent_has_its_own_and_what_all_may_see() -> None:
    assert matched(ALICE.configure, ALL) == OWN
    assert matched(ALICE.write, ALL) == OWN | {"p-1.requests"}
    assert matched(ALICE.read, ALL) == OWN | {"p-1.events", "p-1.replies"}


def test_an_operator_may_give_orders_too() -> None:
    assert matched(OLGA.write, HUBS) == {"p-1.requests", "p-1.control"}


def test_the_hub_has_all_but_the_queues_of_others() -> None:
    own = HUBS | {"p-1.starting", "p-1.dead-letters", "amq.gen-abc"}
    for pattern, more in ((HUB.configure, set()), (HUB.write, {"amq.default"}), (HUB.read, set())):
        assert matched(pattern, ALL | {"p-1.replies.keeper.a"}) == own | more | {
            "p-1.replies.keeper.a"
        }
    assert HUB.topics == {}


@pytest.mark.parametrize(
    ("rights", "allowed"),
    [
        (ALICE, {"notion.get_page", "twilio.get_message"}),
        (OLGA, set[str]()),
        (EVERY, {"notion.get_page", "twilio.get_message", "twilio.send_message", "x.y.z"}),
    ],
)
def test_what_it_may_ask(rights: object, allowed: set[str]) -> None:
    keys = {"notion.get_page", "twilio.get_message", "twilio.send_message", "x.y.z"}
    write, read = rights.topics["p-1.requests"]  # type: ignore[attr-defined]
    assert matched(write, keys) == allowed
    assert matched(read, keys) == set()


def test_it_hears_its_own_replies_and_every_event() -> None:
    write, read = ALICE.topics["p-1.replies"]
    keys = {"alice.#", "alice.notion.*", "#", "*.#", "bob.#", "alice", "alice2.#", "x.alice.#"}
    assert matched(read, keys) == {"alice.#", "alice.notion.*"}
    assert matched(write, keys) == set()
    assert ALICE.topics["p-1.events"] == ("^$", ".*")


@pytest.mark.parametrize("user", ["alice", "vm-3_agent", "A1"])
def test_a_user_of_the_broker(user: str) -> None:
    assert at_broker(user)
    check_user(user)


@pytest.mark.parametrize("user", ["a.b", "a b", "", "é", "a/b", "x" * 65, ".*"])
def test_a_name_that_could_be_taken_for_another_is_refused(user: str) -> None:
    with pytest.raises(ValueError, match="has a name of 1 to 64 letters"):
        check_user(user)


@pytest.mark.parametrize("user", ["http", "cli:root"])
def test_who_is_not_of_the_broker(user: str) -> None:
    assert not at_broker(user)


def test_the_page_shows_them_as_they_are() -> None:
    page = (ROOT / "docs/how-to/secure-the-broker.md").read_text(encoding="utf-8")
    shown = page.replace("\\|", "|")
    agent, hub = of_agent(Names(), "alice", Grant(operations=())), of_hub(Names(), "hub")
    for pattern in (agent.configure, agent.write, agent.read, hub.configure):
        assert f"`{pattern}`" in shown
    assert hub.read == hub.configure
    assert hub.write == hub.configure.replace(")$", r"|amq\.default)$")
    for most in (*AGENT_LIMITS.values(), MOST_QUEUES):
        assert f" {most} " in shown


def test_the_access_file_of_the_page_is_one(tmp_path: Path) -> None:
    page = (ROOT / "docs/how-to/secure-the-broker.md").read_text(encoding="utf-8")
    file = tmp_path / "access.json"
    file.write_text(page.partition("```json\n")[2].partition("```")[0])
    users = Plan(read_access(file), Names()).rights()
    assert [f"broker/{user}.url" in page for user in users] == [True] * 4
