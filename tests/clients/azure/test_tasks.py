"""What takes its time: asked after on its own host until it is done, or time is up."""

from typing import Any, Final

import pytest
from pydantic import ValidationError

from clients._http import HttpResponse
from clients.azure import Azure
from contracts import BadUpstreamReply
from contracts.azure import Task
from tests.support.clock import QuickClock
from tests.support.kit import Script, apart, kit_for, perform, reply, target_of

ARM: Final = "https://management.azure.com"
SUB: Final = "/subscriptions/00000000-0000-0000-0000-000000000000"
MACHINE: Final[dict[str, Any]] = {"resource_group": "g", "name": "m"}
PATH: Final = f"{SUB}/providers/Microsoft.Compute/locations/eastus/operations/1?api-version=1"
STARTED: Final = reply(b"", 202, **{"azure-asyncoperation": ARM + PATH, "retry-after": "10"})


def client_of(*answers: Any, clock: QuickClock | None = None) -> tuple[Azure, Script]:  # noqa: ANN401
    """A client that is answered from a script, and always has a token."""
    script = Script(*answers)
    return Azure(kit_for(Azure, apart(Azure, script), clock=clock or QuickClock())), script


async def test_it_is_asked_until_it_is_done() -> None:
    clock = QuickClock()
    going = reply({"status": "InProgress"}, 200, retry_after="7")
    client, script = client_of(STARTED, going, going, reply({"status": "Succeeded"}), clock=clock)
    task = await perform(client, "start_virtual_machine", **MACHINE)
    assert task == Task(state="Succeeded", done=True)
    assert [one.method for one in script.sent] == ["POST", "GET", "GET", "GET"]
    assert {target_of(one) for one in script.sent[1:]} == {PATH}
    assert clock.passed == pytest.approx(14, abs=0.1)


async def test_when_time_is_up_it_can_be_asked_on() -> None:
    client, script = client_of(lambda one: STARTED if one.method == "POST" else reply({}, 202))
    task = await perform(client, "start_virtual_machine", **MACHINE)
    assert task == Task(state="InProgress", done=False, status_path=PATH)
    assert 2 < len(script.sent) < 70
    again = await perform(client, "get_operation", status_path=PATH)
    assert again == task
    assert target_of(script.sent[-1]) == PATH


async def test_what_runs_is_told_where_asking_fails() -> None:
    client, _ = client_of(STARTED, reply({"error": {"code": "AuthorizationFailed"}}, 403))
    task = await perform(client, "restart_virtual_machine", **MACHINE)
    assert isinstance(task, Task)
    assert (task.state, task.done, task.status_path) == ("Accepted", False, PATH)
    assert task.error
    assert task.error.code == "upstream_rejected"
    assert "AuthorizationFailed" in (task.error.message or "")


DONE: Final = [
    (reply(b"", 200), "Succeeded"),
    (reply(b"", 204), "Succeeded"),
    (reply({"properties": {"provisioningState": "Succeeded"}}, 200), "Succeeded"),
    (reply({"properties": {"provisioningState": "Failed"}}, 201), "Failed"),
]


@pytest.mark.parametrize(("answer", "state"), DONE)
async def test_what_is_done_at_once(answer: HttpResponse, state: str) -> None:
    client, script = client_of(answer)
    task = await perform(client, "start_virtual_machine", **MACHINE)
    assert task == Task(state=state, done=True)
    assert len(script.sent) == 1


@pytest.mark.parametrize("header", ["azure-asyncoperation", "location"])
async def test_a_place_elsewhere_is_not_asked(header: str) -> None:
    client, script = client_of(reply(b"", 202, **{header: "https://attacker.test/x"}))
    with pytest.raises(BadUpstreamReply) as caught:
        await perform(client, "restart_virtual_machine", **MACHINE)
    assert len(script.sent) == 1
    assert caught.value.problem().executed is True


PLACES: Final = [
    "https://attacker.test/subscriptions/1/operations/1?api-version=1",
    "/subscriptions/1/resourcegroups/g?api-version=1",
    "/subscriptions/1/operations/1",
    "//attacker.test/subscriptions/operations/1?a=1",
]


@pytest.mark.parametrize("place", PLACES)
async def test_only_what_a_task_said_can_be_asked(place: str) -> None:
    client, script = client_of()
    with pytest.raises(ValidationError):
        await perform(client, "get_operation", status_path=place)
    assert not script.sent


async def test_a_task_s_place_keeps_to_its_folder() -> None:
    client, script = client_of()
    with pytest.raises(BadUpstreamReply):
        await perform(
            client, "get_operation", status_path="/subscriptions/%2e%2e/operations/1?api-version=1"
        )
    assert not script.sent
