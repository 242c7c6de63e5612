"""Tasks: what Proxmox starts and goes on with.

https://pve.proxmox.com/pve-docs/api-viewer/#/nodes/{node}/tasks
"""

from typing import Annotated, Literal

from pydantic import Field

from contracts._model import Request, Result
from contracts._types import Utc
from contracts.proxmox.parameters import Limit, OnHost, OnNode, Start, TaskId, VmId


class Task(Result):
    """A task, as far as it has come."""

    upid: str
    """Ask `get_task` with it."""
    node: str
    type: str
    """``qmstart``, ``vzdump``, ``qmclone`` …"""
    subject: str = Field(default="", alias="id")
    """What it works on, mostly a guest's number; empty of what works on several."""
    user: str
    state: Literal["running", "stopped"]
    exit_status: str | None = Field(default=None, alias="exitstatus")
    """``OK``, ``WARNINGS: 2`` or why it failed; None while it runs."""
    succeeded: bool | None = None
    """None while it runs. Warnings are a success."""
    started_at: Utc = Field(alias="starttime")
    ended_at: Utc | None = Field(default=None, alias="endtime")
    """Only in lists."""


class Tasks(Result):
    """A page of tasks, the newest first."""

    tasks: list[Task]
    total: int | None = None
    """How many there are in all, where the node tells."""
    next_start: int | None
    """`start` of the next page; None at the end."""


class LogLine(Result):
    """One line of a log."""

    number: int = Field(alias="n")
    """From 1."""
    text: str = Field(alias="t")


class TaskLog(Result):
    """A page of what a task has written."""

    lines: list[LogLine]
    total: int | None = None
    """Lines in all, where the node tells."""
    next_start: int | None
    """`start` of the next page; None at the end, so far."""


class ListTasks(OnNode, Request[Tasks]):
    """Tasks of a node: of the token's user, or all with the privilege Sys.Audit."""

    source: Literal["archive", "active", "all"] = "archive"
    """Those that have ended, those that run, or both."""
    vmid: VmId | None = None
    type: Annotated[str, Field(max_length=64, pattern=r"^[a-z0-9_-]+$")] | None = None
    """Only those of this kind: ``vzdump``."""
    failed_only: bool = False
    since: Utc | None = None
    until: Utc | None = None
    start: Start = 0
    limit: Limit = 50


class GetTask(OnHost, Request[Task]):
    """How far a task has come."""

    upid: TaskId


class GetTaskLog(OnHost, Request[TaskLog]):
    """What a task has written."""

    upid: TaskId
    start: Start = 0
    limit: Limit = 50
