"""One Proxmox VE host: where it is, how it is called, how its tasks are followed.

https://pve.proxmox.com/pve-docs/api-viewer/
"""

from typing import Any, ClassVar, Final

from clients._api import Api, HttpCall
from clients._auth import Parts
from clients._body import form
from clients._client import Client
from clients._http import HttpResponse
from clients._limits import Concurrency, Rate
from clients._upstream import Upstream
from clients._verdict import Manners
from clients.proxmox import answers
from contracts import Failure, UpstreamRejected
from contracts.proxmox import Task
from contracts.proxmox.parameters import OnHost, Waiting

TASK: Final = "/nodes/{node}/tasks/{upid}"
_API: Final = "https://pve.proxmox.com/wiki/Proxmox_VE_API"  # documents no limit: these are ours


class Host(Client):
    """A cluster, by any of its nodes, or a node on its own."""

    api = Upstream(
        "",
        auth=Parts(
            "Authorization",
            "PVEAPIToken={}={}",
            (("PROXMOX_TOKEN_ID",), ("PROXMOX_TOKEN_SECRET",)),
        ),
        limits=[Rate(5, per=1, burst=10, source=_API), Concurrency(4, source=_API)],
        probe="/version",
        manners=Manners(
            not_executed=frozenset({595}),  # the other node was not reached: AnyEvent::HTTP
            explained=frozenset({500}),
        ),
        aliases=("PROXMOX_HOST",),
        bare="https://{}:8006",
        below="/api2/json",
        instances="PROXMOX_HOSTS",
        pin="PROXMOX",
    )
    samples: ClassVar = {"PROXMOX_API_URL": "https://pve1.example.com:8006/api2/json"}

    def refusal(self, response: HttpResponse) -> Failure | None:
        """Proxmox says most of it in the reason phrase."""
        return answers.refused(response)

    def at(self, request: OnHost) -> Api:
        """Return the way to the host that was asked for."""
        return self.way_to("api", request.host)

    async def run(
        self, request: Waiting, method: str, path: str, values: dict[str, Any] | None = None
    ) -> Task:
        """Start a task and, where that was asked for, follow it to its end."""
        api = self.at(request)
        body = form(values) if values else None
        started = await api.send(HttpCall(method, path, vars(request), body=body))
        task = api.parse(started, Task, answers.started)
        if not request.wait:
            return task
        look = HttpCall("GET", f"{TASK}/status", place(task.upid))
        polled = await api.poll(look, answers.stopped)
        if not polled.done or polled.answer is None:
            return task
        ended = answers.ended(task, polled.answer)
        if not ended.succeeded:
            text = f"The task was started and failed: {ended.exit_status}; {task.upid} has a log."
            raise UpstreamRejected(text)
        return ended


def place(upid: str) -> dict[str, str]:
    """Return what the path of a task has."""
    return {"node": answers.parts(upid)["node"], "upid": upid}


def flag(value: bool) -> int | None:  # noqa: FBT001  (a parameter)
    """Return true as Proxmox takes it."""
    return 1 if value else None
