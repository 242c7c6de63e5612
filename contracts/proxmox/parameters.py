"""Kinds of parameters that several Proxmox operations share."""

from typing import Annotated, Final, Literal

from pydantic import Field

from contracts._model import Contract

_UPID: Final = (
    r"^UPID:[A-Za-z0-9][A-Za-z0-9-]{0,62}:[0-9A-Fa-f]{8}:[0-9A-Fa-f]{8,9}:[0-9A-Fa-f]{8}"
    r":[^:\s/]{1,64}:[^:\s/]{0,64}:[^:\s/]{1,128}:$"
)

Host = Annotated[str, Field(max_length=32, pattern=r"^[a-z][a-z0-9_]*$", examples=["build"])]
"""One of the hosts in PROXMOX_HOSTS; absent: the first. Any node of a cluster speaks for all."""

Node = Annotated[
    str,
    Field(max_length=63, pattern=r"^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$", examples=["pve1"]),
]
"""A node's own name, as `get_nodes` lists it: not the host's name here."""

VmId = Annotated[int, Field(ge=100, le=999_999_999)]
"""Number of a guest, 100 to 999999999: one for all guests of a cluster."""

Kind = Literal["qemu", "lxc"]
"""A virtual machine, or a container."""

Storage = Annotated[
    str, Field(min_length=2, max_length=100, pattern=r"^[A-Za-z][A-Za-z0-9._-]*[A-Za-z0-9]$")
]
"""Name of a storage, as `get_storage` lists it."""

SnapshotName = Annotated[
    str, Field(min_length=2, max_length=40, pattern=r"^[A-Za-z][A-Za-z0-9_-]+$")
]
"""Letters, digits, ``_`` and ``-``, 2 to 40, a letter first."""

GuestName = Annotated[
    str, Field(max_length=63, pattern=r"^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$")
]
"""A host name of one part."""

Comment = Annotated[str, Field(max_length=8192)]

TaskId = Annotated[
    str,
    Field(
        max_length=512,
        pattern=_UPID,
        examples=["UPID:pve1:0020C066:042DF204:69C26EB0:vzdump::root@pam:"],
    ),
]
"""A task's UPID: node, process, times in hex, kind, what it works on, and who started it."""

Limit = Annotated[int, Field(ge=1, le=500)]
"""How many to answer at most, 1 to 500."""

Start = Annotated[int, Field(ge=0, le=10_000_000)]
"""How many to leave out; `next_start` of the page before."""


class OnHost(Contract):
    """What every operation takes."""

    host: Host | None = None
    """One of the hosts in PROXMOX_HOSTS; absent: the first. Any node of a cluster speaks for all
    of it."""


class OnNode(OnHost):
    """What operations on one node take."""

    node: Node
    """The node's own name, as `get_nodes` lists it: not the host's name here."""


class OnGuest(OnNode):
    """What operations on one guest take."""

    vmid: VmId
    kind: Kind = "qemu"
    """A virtual machine, or a container."""


class Waiting(OnHost):
    """What operations that start a task take."""

    wait: bool = False
    """Whether to answer only when the task has ended, two minutes at most; a task that ends badly
    is `upstream_rejected`. If it still runs then, or without `wait`: ask `get_task`."""
