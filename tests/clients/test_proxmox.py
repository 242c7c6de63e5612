"""What is special to Proxmox: tasks, hosts, reason phrases, odd numbers; and the vendor's file."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import pytest
from pydantic import ValidationError

from clients import _recordings
from clients._environment import Environment
from clients._http import HttpResponse, TransportError
from clients._recordings import Exchange, Recording
from clients.proxmox import Proxmox
from contracts import InvalidRequest, OutcomeUnknown, UpstreamRejected, proxmox
from tests.support.clock import QuickClock
from tests.support.kit import Playback, Script, environment_of, kit_for, perform, recording, reply

SHARED: Final = Path(__file__).parents[3] / "shared"
RECORDINGS: Final = _recordings.load("proxmox")
UPID: Final = "UPID:pve1:0020C066:042DF204:69C26EB0:qmstart:100:hub@pve!agents:"
VM: Final[dict[str, Any]] = {"node": "pve1", "vmid": 100}
BEGUN: Final = datetime.fromtimestamp(0x69C26EB0, UTC)


def client_of(script: Script, clock: QuickClock | None = None, **env: str) -> Proxmox:
    """A client that is answered from a script."""
    known = environment_of(Proxmox, **env)
    return Proxmox(kit_for(Proxmox, script, env=known, clock=clock or QuickClock()))


def replay(name: str) -> Proxmox:
    """A client that is answered from a recording."""
    one = recording(Proxmox, name)
    return client_of(Script(Playback(one, Proxmox, environment_of(Proxmox))))


async def result_of(name: str) -> Any:  # noqa: ANN401  (any contract's)
    """What a recording becomes."""
    one = recording(Proxmox, name)
    return await perform(replay(name), one.operation, **one.params)


def state(status: str, **more: str) -> HttpResponse:
    """An answer to how far a task is."""
    return reply({"data": {"upid": UPID, "node": "pve1", "status": status, **more}})


class TestTasks:
    async def test_what_was_started_is_told_by_its_id(self) -> None:
        task = await result_of("start_vm.success")
        assert (task.upid, task.node, task.type, task.subject) == (UPID, "pve1", "qmstart", "100")
        assert (task.user, task.started_at) == ("hub@pve!agents", BEGUN)
        assert (task.state, task.exit_status, task.succeeded) == ("running", None, None)

    async def test_it_is_followed_to_its_end(self) -> None:
        clock = QuickClock()
        script = Script(
            reply({"data": UPID}),
            state("running"),
            state("running"),
            state("stopped", exitstatus="OK"),
        )
        task = await perform(client_of(script, clock), "start_vm", **VM, wait=True)
        assert isinstance(task, proxmox.Task)
        assert (task.state, task.exit_status, task.succeeded) == ("stopped", "OK", True)
        assert clock.passed == pytest.approx(4)
        assert [one.method for one in script.sent] == ["POST", "GET", "GET", "GET"]

    async def test_it_is_asked_where_it_runs(self) -> None:
        upid = UPID.replace("pve1", "pve2")
        script = Script(reply({"data": upid}), state("stopped", exitstatus="OK"))
        await perform(client_of(script), "start_vm", **VM, wait=True)
        path = unquote(urlsplit(script.sent[1].url).path)
        assert path == f"/api2/json/nodes/pve2/tasks/{upid}/status"

    async def test_warnings_are_a_success(self) -> None:
        script = Script(reply({"data": UPID}), state("stopped", exitstatus="WARNINGS: 2"))
        task = await perform(client_of(script), "start_vm", **VM, wait=True)
        assert isinstance(task, proxmox.Task)
        assert task.succeeded
        assert task.exit_status == "WARNINGS: 2"

    @pytest.mark.parametrize("status", ["VM 100 already running", "unexpected status", ""])
    async def test_a_bad_end_is_a_failure(self, status: str) -> None:
        script = Script(reply({"data": UPID}), state("stopped", exitstatus=status))
        with pytest.raises(UpstreamRejected, match=f"failed: {status}") as caught:
            await perform(client_of(script), "start_vm", **VM, wait=True)
        assert UPID in caught.value.detail

    async def test_one_that_takes_too_long_is_told_as_running(self) -> None:
        clock = QuickClock()
        script = Script(lambda r: reply({"data": UPID}) if r.method == "POST" else state("running"))
        task = await perform(client_of(script, clock), "start_vm", **VM, wait=True)
        assert isinstance(task, proxmox.Task)
        assert (task.state, task.upid) == ("running", UPID)
        assert clock.passed < 120

    async def test_what_runs_is_told_although_nobody_answers_any_more(self) -> None:
        lost = TransportError("closed", sent=True)
        script = Script(lambda r: reply({"data": UPID}) if r.method == "POST" else lost)
        task = await perform(client_of(script), "start_vm", **VM, wait=True)
        assert isinstance(task, proxmox.Task)
        assert task.upid == UPID

    async def test_a_list_tells_how_they_ended(self) -> None:
        page = await result_of("list_tasks.filtered")
        running, failed = page.tasks
        assert (running.state, running.succeeded, running.ended_at) == ("running", None, None)
        assert (failed.state, failed.succeeded) == ("stopped", False)
        assert failed.exit_status == "start failed: QEMU exited with code 1"
        assert (failed.ended_at - failed.started_at).total_seconds() == 2
        assert (page.total, page.next_start) == (20, 12)

    async def test_a_list_that_tells_no_total_goes_on_until_it_is_empty(self) -> None:
        for data, following in (([{"n": 1, "t": "x"}], 8), ([], None)):
            client = client_of(Script(reply({"data": data})))
            log = await perform(client, "get_task_log", upid=UPID, start=7)
            assert isinstance(log, proxmox.TaskLog)
            assert log.next_start == following

    async def test_the_sample_can_be_read(self) -> None:
        file = SHARED / "samples/proxmox/tasks.json"
        if not file.is_file():
            pytest.skip("../shared/samples is absent")
        script = Script(reply({"data": json.loads(file.read_bytes())}))
        page = await perform(client_of(script), "list_tasks", node="pve1")
        assert isinstance(page, proxmox.Tasks)
        assert [one.type for one in page.tasks] == ["vzdump"]
        assert page.tasks[0].succeeded


class TestHosts:
    ENV: Final = Environment(
        {
            "PROXMOX_HOSTS": "build,dc1",
            "PROXMOX_BUILD_URL": "https://build.test:8006/api2/json",
            "PROXMOX_BUILD_TOKEN_ID": "hub@pve!build",
            "PROXMOX_BUILD_TOKEN_SECRET": "secret-of-build",
            "PROXMOX_DC1_HOST": "dc1.test",
            "PROXMOX_DC1_TOKEN_ID": "hub@pve!dc1",
            "PROXMOX_DC1_TOKEN_SECRET": "secret-of-dc1",
        }
    )

    @pytest.mark.parametrize(
        ("host", "url", "token"),
        [
            (None, "https://build.test:8006/api2/json/version", "hub@pve!build=secret-of-build"),
            ("dc1", "https://dc1.test:8006/api2/json/version", "hub@pve!dc1=secret-of-dc1"),
        ],
    )
    async def test_each_has_its_address_and_key(
        self, host: str | None, url: str, token: str
    ) -> None:
        script = Script(reply({"data": {"version": "9.1.2", "release": "9.1", "repoid": "0"}}))
        await perform(Proxmox(kit_for(Proxmox, script, env=self.ENV)), "get_version", host=host)
        assert script.sent[0].url == url
        assert ("Authorization", f"PVEAPIToken={token}") in script.sent[0].headers

    async def test_an_unknown_one_is_refused_with_the_names(self) -> None:
        client = Proxmox(kit_for(Proxmox, Script(), env=self.ENV))
        with pytest.raises(InvalidRequest, match="build, dc1"):
            await perform(client, "start_vm", **VM, host="dc9")


class TestRefusals:
    async def test_the_parameters_are_named(self) -> None:
        with pytest.raises(UpstreamRejected) as caught:
            await result_of("clone_vm.refusal")
        assert caught.value.detail == (
            "HTTP 400: Parameter verification failed. newid: VM 100 already exists on node 'pve1'"
        )

    async def test_the_reason_is_told(self) -> None:
        with pytest.raises(UpstreamRejected, match=r"Permission check failed \(/vms/105"):
            await result_of("start_vm.refusal")

    @pytest.mark.parametrize("name", ["get_vm_status.missing", "reboot_vm.not_running"])
    async def test_a_plain_no_with_500_is_no_outage(self, name: str) -> None:
        one = recording(Proxmox, name)
        script = Script(Playback(one, Proxmox, environment_of(Proxmox)))
        with pytest.raises(UpstreamRejected) as caught:
            await perform(client_of(script), one.operation, **one.params)
        assert caught.value.detail == f"HTTP 500: {one.exchanges[0].response.reason}"
        assert caught.value.facts.upstream_status == 500
        assert len(script.sent) == 1

    @pytest.mark.parametrize(
        "reason", ["can't lock file '/var/lock/x' - got timeout", "Internal Server Error", ""]
    )
    async def test_any_other_500_is_one(self, reason: str) -> None:
        script = Script(HttpResponse(500, {}, b"", reason))
        with pytest.raises(OutcomeUnknown):
            await perform(client_of(script), "start_vm", **VM)

    async def test_an_unclear_end_is_not_repeated(self) -> None:
        script = Script(TransportError("timeout", sent=True))
        with pytest.raises(OutcomeUnknown, match=r"proxmox\.list_tasks"):
            await perform(client_of(script), "clone_vm", **VM, new_vmid=101)
        assert len(script.sent) == 1

    async def test_a_guest_that_cannot_be_seen(self) -> None:
        with pytest.raises(InvalidRequest, match="999 is no guest that the hub's token may see"):
            await result_of("get_vm.refusal")


class TestOddNumbers:
    async def test_text_is_a_number_and_nothing_is_false(self) -> None:
        (container,) = (await result_of("list_vms.containers")).vms
        assert (container.vmid, container.cpus, container.template) == (101, 1, False)
        assert (container.node, container.kind) == ("pve2", "lxc")
        template = (await result_of("list_vms.success")).vms[-1]
        assert (template.vmid, template.template, template.tags) == (90001, True, [])

    async def test_a_guest_is_the_same_from_every_list(self) -> None:
        listed = next(one for one in (await result_of("get_all_vms.success")).vms)
        found = await result_of("get_vm.success")
        names = ("vmid", "kind", "node", "cpus", "memory_bytes", "disk_bytes", "uptime_s", "tags")
        assert [getattr(listed, one) for one in names] == [getattr(found, one) for one in names]
        assert found.tags == ["db", "prod"]

    async def test_loads_are_numbers(self) -> None:
        assert (await result_of("get_node_status.success")).load_average == [0.25, 0.31, 0.28]

    async def test_a_free_number_comes_as_text(self) -> None:
        assert (await result_of("get_next_id.success")).vmid == 102

    @pytest.mark.parametrize("memory", ["2048", "current=2048", 2048])
    async def test_memory_of_a_machine(self, memory: object) -> None:
        script = Script(reply({"data": {"memory": memory, "digest": "0"}}))
        config = await perform(client_of(script), "get_vm_config", **VM)
        assert isinstance(config, proxmox.VmConfig)
        assert config.memory_mib == 2048

    async def test_the_present_state_is_no_snapshot(self) -> None:
        found = await result_of("list_snapshots.success")
        assert [one.name for one in found.snapshots] == ["before-upgrade", "with-ram"]
        assert [one.with_memory for one in found.snapshots] == [False, True]
        assert found.parent == "with-ram"

    async def test_a_node_on_its_own_is_no_cluster(self) -> None:
        alone, lab = [await result_of(f"get_cluster_status.{one}") for one in ("alone", "success")]
        assert (alone.name, alone.quorate, len(alone.nodes)) == (None, None, 1)
        assert (lab.name, lab.quorate) == ("lab", True)
        assert [one.online for one in lab.nodes] == [True, False]

    async def test_lists_that_are_one_text(self) -> None:
        storages = (await result_of("get_storage.success")).storages
        assert [one.nodes for one in storages] == [[], ["pve1", "pve2"]]
        assert storages[0].content == ["iso", "vztmpl", "backup"]

    async def test_privileges_by_path(self) -> None:
        paths = (await result_of("get_permissions.success")).paths
        assert paths["/vms/100"] == ["VM.Audit", "VM.PowerMgmt"]


KINDS: Final = {
    "idempotent": {"delete_snapshot"},
    "unsafe": {
        "backup_vm",
        "clone_vm",
        "create_snapshot",
        "reboot_vm",
        "rollback_snapshot",
        "shutdown_vm",
        "start_vm",
        "stop_vm",
    },
}


def test_what_may_be_repeated() -> None:
    for kind, names in KINDS.items():
        assert {name for name, one in Proxmox.operations.items() if one.kind == kind} == names


WRONG: Final[list[tuple[type[Any], dict[str, Any], str]]] = [
    (proxmox.StartVm, {"node": "pve1/../x", "vmid": 100}, "node"),
    (proxmox.StartVm, {"node": "pve1", "vmid": 99}, "vmid"),
    (proxmox.GetTask, {"upid": "UPID:pve1:1:2:3:x::y:"}, "upid"),
    (proxmox.CreateSnapshot, {**VM, "name": "1st"}, "name"),
    (proxmox.CreateSnapshot, {**VM, "name": "a1", "kind": "lxc", "with_memory": True}, "memory"),
    (proxmox.CloneVm, {**VM, "new_vmid": 101, "full": False, "storage": "local"}, "full copies"),
    (proxmox.BackupVm, {**VM, "protected": True}, "need storage"),
]


@pytest.mark.parametrize(("kind", "params", "said"), WRONG)
def test_what_does_not_fit_is_refused(kind: type[Any], params: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        kind.model_validate(params)


@cache
def spec() -> dict[tuple[str, str], dict[str, Any]]:
    """What the vendor's own description says of each method and path."""
    file = SHARED / "specs/proxmox/apidata.json"
    if not file.is_file():
        pytest.skip("../shared/specs is absent: only the project's own machines have it")
    return dict(_methods(json.loads(file.read_bytes())))


def _methods(branches: list[dict[str, Any]]) -> Iterator[tuple[tuple[str, str], dict[str, Any]]]:
    for branch in branches:
        for method, info in branch.get("info", {}).items():
            yield (method, branch["path"]), info
        yield from _methods(branch.get("children", []))


def described(exchange: Exchange) -> dict[str, Any]:
    """What the vendor says of a recorded call, whose path it may write with any names."""
    for (method, path), info in spec().items():
        shape = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))
        if method == exchange.request.method and re.fullmatch(shape, exchange.request.path):
            return info | {"path": path}
    raise AssertionError(f"{exchange.request.method} {exchange.request.path} is not Proxmox's")


EXCHANGES: Final = [
    pytest.param(one, at, id=f"{one.name}.{at}")
    for one in RECORDINGS
    for at in range(len(one.exchanges))
]


@pytest.mark.parametrize(("one", "at"), EXCHANGES)
def test_what_we_send_is_what_the_vendor_takes(one: Recording, at: int) -> None:
    request = one.exchanges[at].request
    info = described(one.exchanges[at])
    known = info["parameters"].get("properties", {})
    given = {**request.query, **(request.form or {})}
    assert given.keys() <= known.keys()
    inside = set(re.findall(r"\{(\w+)\}", info["path"]))
    required = {name for name, spec in known.items() if not spec.get("optional")}
    assert required <= given.keys() | inside
    for name, value in given.items():
        assert _fits(str(value), known[name]), (name, value)


def _fits(value: str, known: dict[str, Any]) -> bool:
    if known["type"] == "boolean":
        return value in {"0", "1"}
    if known["type"] == "integer":
        return int(value) >= float(known.get("minimum", -1))
    return value in known.get("enum", [value])


@pytest.mark.parametrize(("one", "at"), EXCHANGES)
def test_what_the_recordings_answer_is_what_the_vendor_tells(one: Recording, at: int) -> None:
    exchange = one.exchanges[at]
    if exchange.response.status != 200:
        return
    told, data = described(exchange)["returns"], exchange.response.body["data"]
    kinds = {"array": list, "object": dict, "string": str, "integer": str | int}
    assert isinstance(data, kinds[told["type"]])
    entries = data if isinstance(data, list) else [data]
    required = {
        name
        for name, one in told.get("items", told).get("properties", {}).items()
        if not one.get("optional")
    }
    assert all(required <= entry.keys() for entry in entries if isinstance(entry, dict))
