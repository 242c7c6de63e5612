"""Proxmox's answers put into the contract's shape, and its refusals into words.

Every answer is ``{"data": …}``; booleans are 0 and 1, or ``""``; numbers may be strings.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson

from clients._http import HttpResponse
from contracts import Failure, UpstreamRejected
from contracts.proxmox import Task

Json = dict[str, Any]

_UPID: Final = re.compile(
    r"UPID:(?P<node>[A-Za-z0-9-]+):[0-9A-Fa-f]{8}:[0-9A-Fa-f]{8,9}:(?P<start>[0-9A-Fa-f]{8})"
    r":(?P<type>[^:\s]+):(?P<id>[^:\s]*):(?P<user>[^:\s]+):"
)
_FINE: Final = re.compile(r"OK|WARNINGS: \d+")
_WORDS: Final = re.compile(r"[;,\s]+")
_NO: Final = re.compile(
    r"does not exist|already exists|already running|not running|is locked|is paused|is running"
    r"|no such |not applicable|hostname lookup"
)
"""What tells of a plain refusal in the reason of a 500: qemu-server, src/PVE/API2/Qemu.pm."""
_SERVER_ERROR: Final = 500
_BAD_REQUEST: Final = 400


def refused(response: HttpResponse) -> Failure | None:
    """Return the refusal that stands in a reason phrase or beside the names of parameters."""
    if response.status == _BAD_REQUEST and response.body:
        errors = orjson.loads(response.body).get("errors") or {}
        words = "; ".join(f"{name}: {text.strip()}" for name, text in errors.items())
        return UpstreamRejected(f"HTTP 400: {response.reason} {words}") if words else None
    if response.status == _SERVER_ERROR and _NO.search(response.reason):
        return UpstreamRejected(f"HTTP 500: {response.reason}")
    return None


def data(answer: Json) -> Any:  # noqa: ANN401  (JSON enters here)
    """Return what was asked for."""
    return answer["data"]


def listed(name: str, of: Callable[[Json], Json] = dict) -> Callable[[Json], Json]:
    """Return what reads a list into the field `name`."""
    return lambda answer: {name: [of(one) for one in answer["data"]]}


def paged(name: str, start: int, of: Callable[[Json], Json] = dict) -> Callable[[Json], Json]:
    """Return what reads a page that began at `start`; a full list without a total goes on."""

    def read(answer: Json) -> Json:
        items, total = [of(one) for one in answer["data"]], answer.get("total")
        after = start + len(items)
        more = bool(items) if total is None else after < total and bool(items)
        return {name: items, "total": total, "next_start": after if more else None}

    return read


def guest(raw: Json, **more: str) -> Json:
    """Return a guest; `more` is what the address said already."""
    cpus = raw.get("maxcpu", raw.get("cpus"))
    template = bool(int(raw.get("template") or 0))
    return {**raw, **more, "cpus": cpus, "template": template, "tags": words(raw.get("tags"))}


def guests(answer: Json, **more: str) -> Json:
    """Return a list of guests, by number."""
    found = [guest(one, **more) for one in answer["data"]]
    return {"vms": sorted(found, key=lambda one: int(one["vmid"]))}


def config(answer: Json) -> Json:
    """Return how a guest is set up; ``memory`` of a machine may be ``current=2048``."""
    raw: Json = answer["data"]
    memory = raw.get("memory")
    plain = None if memory is None else str(memory).removeprefix("current=")
    name = raw.get("name", raw.get("hostname"))
    return raw | {"name": name, "memory": plain, "tags": words(raw.get("tags"))}


def snapshots(answer: Json) -> Json:
    """Return the snapshots; the present state stands among them as ``current``."""
    items = answer["data"]
    present: Json = next((one for one in items if one["name"] == "current"), {})
    taken = [one for one in items if one["name"] != "current"]
    return {"snapshots": taken, "parent": present.get("parent")}


def cluster(answer: Json) -> Json:
    """Return how a cluster does: one entry is the cluster, unless the node is alone."""
    items = answer["data"]
    whole: Json = next((one for one in items if one["type"] == "cluster"), {})
    nodes = [one for one in items if one["type"] == "node"]
    return {"name": whole.get("name"), "quorate": whole.get("quorate"), "nodes": nodes}


def storage(raw: Json) -> Json:
    """Return a storage with its lists as lists."""
    return raw | {"content": words(raw.get("content")), "nodes": words(raw.get("nodes"))}


def permissions(answer: Json) -> Json:
    """Return the privileges by path."""
    return {"paths": {path: sorted(held) for path, held in answer["data"].items()}}


def started(answer: Json) -> Json:
    """Return the task of which only the id is known: it has just begun.

    Raises:
        ValueError: it is not a task's id.
    """
    upid = answer["data"]
    said = dict(parts(upid))
    began = int(said.pop("start"), 16)
    return {**said, "upid": upid, "starttime": began, "state": "running"}


def ended(begun: Task, response: HttpResponse) -> Task:
    """Return a task that `stopped`."""
    result = orjson.loads(response.body)["data"].get("exitstatus")
    told = {"exit_status": str(result), "succeeded": _well(result)}
    return begun.model_copy(update={"state": "stopped", **told})


def task(raw: Json) -> Json:
    """Return a task whose state was asked for."""
    ended = raw["status"] == "stopped"
    result = raw.get("exitstatus")
    return raw | {"state": raw["status"], "succeeded": _well(result) if ended else None}


def past_task(raw: Json) -> Json:
    """Return a task of a list: there ``status`` is how it ended."""
    result = raw.get("status") if "endtime" in raw else None
    state = "running" if result is None else "stopped"
    well = None if result is None else _well(result)
    return raw | {"state": state, "exitstatus": result, "succeeded": well}


def stopped(response: HttpResponse) -> bool:
    """Return whether a task has ended."""
    return bool(orjson.loads(response.body)["data"]["status"] == "stopped")


def parts(upid: str) -> Mapping[str, str]:
    """Return what a task's id says.

    Raises:
        ValueError: it is none.
    """
    found = _UPID.fullmatch(upid)
    if found is None:
        raise ValueError("it is not a task's id")
    return found.groupdict()


def words(text: str | None) -> list[str]:
    """Return the parts of a list that comes as one text."""
    return [one for one in _WORDS.split(text or "") if one]


def _well(result: object) -> bool:
    return isinstance(result, str) and bool(_FINE.fullmatch(result))
