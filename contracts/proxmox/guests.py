"""Virtual machines and containers: https://pve.proxmox.com/pve-docs/api-viewer/#/nodes/{node}/qemu.

A guest is one of either; `kind` says which.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from contracts._model import Request, Result
from contracts._types import Utc
from contracts.proxmox.parameters import (
    Comment,
    GuestName,
    Kind,
    Node,
    OnGuest,
    OnHost,
    OnNode,
    SnapshotName,
    Storage,
    VmId,
    Waiting,
)
from contracts.proxmox.tasks import Task

Seconds = Annotated[int, Field(ge=0, le=3600)]


class Vm(Result):
    """A guest and how it does."""

    vmid: int
    kind: Kind = Field(alias="type")
    node: str
    name: str | None = None
    status: str
    """``running`` or ``stopped``; of one whose node is offline ``unknown``."""
    template: bool = False
    """Whether it is there to be cloned."""
    cpus: float | None = Field(default=None, alias="maxcpu")
    cpu_usage: float | None = Field(default=None, alias="cpu")
    """Of its own, 0 to 1."""
    memory_bytes: int | None = Field(default=None, alias="maxmem")
    memory_used_bytes: int | None = Field(default=None, alias="mem")
    disk_bytes: int | None = Field(default=None, alias="maxdisk")
    """Size of the root disk."""
    disk_used_bytes: int | None = Field(default=None, alias="disk")
    """Containers only: of a machine it is 0."""
    uptime_s: int | None = Field(default=None, alias="uptime")
    tags: list[str] = []
    lock: str | None = None
    """What holds it: ``backup``, ``clone``, ``snapshot`` …; such a one refuses most writes."""


class Vms(Result):
    """Guests, by their numbers."""

    vms: list[Vm]


class VmConfig(Result):
    """How a guest is set up; disks (``scsi0``), networks (``net0``) and the rest as they are."""

    name: str | None = None
    """Of a container its host name."""
    cores: int | None = None
    sockets: int | None = None
    """Machines only."""
    memory_mib: int | None = Field(default=None, alias="memory")
    os_type: str | None = Field(default=None, alias="ostype")
    on_boot: bool = Field(default=False, alias="onboot")
    """Whether it starts with its node."""
    description: str | None = None
    tags: list[str] = []
    digest: str
    """Changes whenever the configuration does."""


class Snapshot(Result):
    """A state that a guest can go back to."""

    name: str
    description: str = ""
    taken_at: Utc = Field(alias="snaptime")
    with_memory: bool = Field(default=False, alias="vmstate")
    parent: str | None = None
    """The one before it."""


class Snapshots(Result):
    """The snapshots of a guest."""

    snapshots: list[Snapshot]
    parent: str | None
    """The snapshot that its present state began with."""


class ListVms(OnNode, Request[Vms]):
    """The guests of one kind on one node; those that the token may not see are left out."""

    kind: Kind = "qemu"


class GetAllVms(OnHost, Request[Vms]):
    """All guests of a cluster, machines and containers, on all its nodes.

    Those that the token may not see are left out.
    """


class GetVm(OnHost, Request[Vm]):
    """One guest by its number, wherever in the cluster it is: two calls."""

    vmid: VmId


class GetVmStatus(OnGuest, Request[Vm]):
    """One guest whose node is known."""


class GetVmConfig(OnGuest, Request[VmConfig]):
    """How a guest is set up."""

    current: bool = False
    """As it runs now; else with changes that wait for its next start."""
    snapshot: SnapshotName | None = None
    """As it was in that snapshot."""


class StartVm(OnGuest, Waiting, Request[Task]):
    """A guest that starts; one that runs already makes the task fail."""


class StopVm(OnGuest, Waiting, Request[Task]):
    """A guest without power at once: what it has not written is lost. Try `shutdown_vm` first."""

    overrule_shutdown: bool = False
    """Whether to end a shutdown under way."""


class ShutdownVm(OnGuest, Waiting, Request[Task]):
    """A guest that is asked to shut down by itself."""

    timeout_s: Seconds | None = None
    """How long Proxmox waits for it, up to an hour."""
    force_stop: bool = False
    """Whether it loses power when that time is up."""


class RebootVm(OnGuest, Waiting, Request[Task]):
    """A guest that shuts down and starts again, with the changes that waited for that."""

    timeout_s: Seconds | None = None
    """How long Proxmox waits for the shutdown, up to an hour."""


class CloneVm(OnGuest, Waiting, Request[Task]):
    """A copy of a guest or a template. A number that is taken is refused."""

    new_vmid: VmId
    """A free one: `get_next_id`."""
    name: GuestName | None = None
    full: bool = True
    """Copy all disks; else linked to a template's."""
    target: Node | None = None
    """Another node, for a guest on shared storage."""
    storage: Storage | None = None
    """Where the copied disks go; full copies only."""
    snapshot: SnapshotName | None = None
    """The state to copy; absent: the present one."""
    description: Comment | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.storage and not self.full:
            raise ValueError("storage is for full copies")
        return self


class ListSnapshots(OnGuest, Request[Snapshots]):
    """The snapshots of a guest."""


class CreateSnapshot(OnGuest, Waiting, Request[Task]):
    """A new snapshot; a name that is taken makes the task fail."""

    name: SnapshotName
    description: Comment | None = None
    with_memory: bool = False
    """Whether what it has in memory is kept too; machines only."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.with_memory and self.kind == "lxc":
            raise ValueError("with_memory is for machines: a container's memory cannot be kept")
        return self


class DeleteSnapshot(OnGuest, Waiting, Request[Task]):
    """A snapshot that goes; the guest stays as it is."""

    name: SnapshotName


class RollbackSnapshot(OnGuest, Waiting, Request[Task]):
    """A guest as it was: what changed since the snapshot is lost."""

    name: SnapshotName
    start: bool = False
    """Whether it starts then; one whose memory was kept always does."""


class BackupVm(OnNode, Waiting, Request[Task]):
    """A backup of one guest, machine or container. It may take hours: better without `wait`."""

    vmid: VmId
    storage: Storage | None = None
    """Where it goes; absent: as the node's vzdump is set up."""
    mode: Literal["snapshot", "suspend", "stop"] = "snapshot"
    """Without a break, with a short one, or with the guest off."""
    compress: Literal["0", "gzip", "lzo", "zstd"] = "zstd"
    """``0`` is none."""
    notes: Annotated[str, Field(max_length=1024)] | None = None
    """May have ``{{guestname}}``, ``{{node}}``, ``{{vmid}}`` in it; needs `storage`."""
    protected: bool = False
    """Whether it is kept from pruning; needs `storage`."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.notes is not None or self.protected) and self.storage is None:
            raise ValueError("notes and protected need storage")
        return self
