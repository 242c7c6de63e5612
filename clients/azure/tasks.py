"""What takes its time: started once, then asked after until it is done.

https://learn.microsoft.com/azure/azure-resource-manager/management/async-operations
"""

from typing import Any, Final

import orjson

from clients._api import Api, HttpCall
from clients._http import HttpResponse
from clients._link import Link
from clients._reading import Whole
from contracts.azure import Problem, Task

_ACCEPTED: Final = 202
_ENDS: Final = frozenset({"Succeeded", "Failed", "Canceled"})


async def follow(starting: Api, asking: Api, call: HttpCall, *, wait: bool) -> Task:
    """Start something, and with `wait` ask after it until it is done or time is up."""
    answer = await starting.send(call)
    task = starting.parse(answer, Task, Whole(begun))
    if task.done:
        return task
    said = answer.headers.get("azure-asyncoperation") or answer.headers.get("location")
    link = asking.link(said)
    return await _ask(asking, link, task) if wait else _at(task, link)


async def ask_once(asking: Api, path: str) -> Task:
    """Return how far something has come."""
    link = asking.link(path)
    task = asking.parse(await asking.send(HttpCall("GET", link)), Task, Whole(ended))
    return task if task.done else _at(task, link)


def begun(answer: HttpResponse) -> dict[str, Any]:
    """Return how far something is that has just been started."""
    if "azure-asyncoperation" in answer.headers or answer.status == _ACCEPTED:
        return {"state": "Accepted", "done": False}
    return ended(answer)


def ended(answer: HttpResponse) -> dict[str, Any]:
    """Return how far something has come: its status, else the resource's own state, else HTTP's."""
    raw = orjson.loads(answer.body or b"{}")
    said = raw.get("status") or (raw.get("properties") or {}).get("provisioningState")
    state = said or ("InProgress" if answer.status == _ACCEPTED else "Succeeded")
    return {"state": state, "done": state in _ENDS, "error": raw.get("error")}


async def _ask(asking: Api, link: Link, task: Task) -> Task:
    call = HttpCall("GET", link)
    polled = await asking.poll(call, lambda answer: bool(ended(answer)["done"]), every=5.0)
    why = Problem(code=polled.why.code, message=polled.why.detail) if polled.why else None
    if polled.answer is None or why:
        return _at(task.model_copy(update={"error": why}), link)
    latest = asking.parse(polled.answer, Task, Whole(ended))
    return latest if latest.done else _at(latest, link)


def _at(task: Task, link: Link) -> Task:
    return task.model_copy(update={"status_path": str(link)})
