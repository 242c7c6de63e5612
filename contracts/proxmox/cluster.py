"""Nodes, storage, rights: https://pve.proxmox.com/pve-docs/api-viewer/."""

from typing import Annotated, Literal

from pydantic import Field

from contracts._model import Request, Result
from contracts.proxmox.parameters import OnHost, OnNode, VmId


class Version(Result):
    """What a host runs."""

    version: str
    """``9.1.2``."""
    release: str
    """``9.1``."""
    repoid: str


class Node(Result):
    """One node in the list of nodes; of one that is offline only name and status are known."""

    node: str
    status: str
    """``online``, ``offline`` or ``unknown``."""
    cpus: int | None = Field(default=None, alias="maxcpu")
    cpu_usage: float | None = Field(default=None, alias="cpu")
    """Of all of them, 0 to 1."""
    memory_bytes: int | None = Field(default=None, alias="maxmem")
    memory_used_bytes: int | None = Field(default=None, alias="mem")
    disk_bytes: int | None = Field(default=None, alias="maxdisk")
    """Of the root file system."""
    disk_used_bytes: int | None = Field(default=None, alias="disk")
    uptime_s: int | None = Field(default=None, alias="uptime")


class Nodes(Result):
    """All nodes of a cluster, or the only one."""

    nodes: list[Node]


class Space(Result):
    """Memory or disk, in bytes."""

    total: int
    used: int
    free: int | None = None


class Cpu(Result):
    """The processors of a node."""

    model: str
    sockets: int
    cores: int
    """Physical ones, in all."""
    cpus: int
    """Threads, in all."""


class NodeStatus(Result):
    """How a node does."""

    pve_version: str = Field(alias="pveversion")
    """``pve-manager/9.1.2/9d436f37a0ac4172``."""
    uptime_s: int | None = Field(default=None, alias="uptime")
    cpu_usage: float = Field(alias="cpu")
    """0 to 1."""
    load_average: list[float] = Field(alias="loadavg")
    """Of 1, 5 and 15 minutes."""
    cpu_info: Cpu | None = Field(default=None, alias="cpuinfo")
    memory: Space
    swap: Space | None = None
    root_disk: Space = Field(alias="rootfs")


class Member(Result):
    """A node as the cluster sees it."""

    name: str
    online: bool
    local: bool = False
    """Whether it is the one that answered."""
    ip: str | None = None
    node_id: int | None = Field(default=None, alias="nodeid")


class ClusterStatus(Result):
    """How a cluster does; without `name` it is a node on its own."""

    name: str | None
    quorate: bool | None
    """Whether enough nodes are online to decide anything."""
    nodes: list[Member]


class Resource(Result):
    """Anything in a cluster: a guest, a node, a storage."""

    id: str
    """``qemu/100``, ``node/pve1``, ``storage/pve1/local``."""
    type: str
    """``qemu``, ``lxc``, ``node``, ``storage``, ``sdn`` …"""
    node: str | None = None
    status: str | None = None
    name: str | None = None
    storage: str | None = None
    cpu_usage: float | None = Field(default=None, alias="cpu")
    """0 to 1."""
    cpus: float | None = Field(default=None, alias="maxcpu")
    memory_bytes: int | None = Field(default=None, alias="maxmem")
    memory_used_bytes: int | None = Field(default=None, alias="mem")
    disk_bytes: int | None = Field(default=None, alias="maxdisk")
    disk_used_bytes: int | None = Field(default=None, alias="disk")
    uptime_s: int | None = Field(default=None, alias="uptime")


class Resources(Result):
    """What there is in a cluster, as far as the token may see it."""

    resources: list[Resource]


class StorageConfig(Result):
    """How a storage is set up; further fields as its type has them."""

    storage: str
    type: str
    """``dir``, ``nfs``, ``lvmthin``, ``zfspool``, ``pbs`` …"""
    content: list[str] = []
    """What may lie there: ``images``, ``rootdir``, ``iso``, ``backup`` …"""
    shared: bool = False
    disable: bool = False
    nodes: list[str] = []
    """Where it is available; empty: everywhere."""


class StorageConfigs(Result):
    """The storage of a cluster."""

    storages: list[StorageConfig]


class StorageUse(Result):
    """A storage as one node sees it."""

    storage: str
    type: str
    content: list[str]
    active: bool = False
    """Whether it can be reached."""
    enabled: bool = False
    shared: bool = False
    total_bytes: int | None = Field(default=None, alias="total")
    used_bytes: int | None = Field(default=None, alias="used")
    available_bytes: int | None = Field(default=None, alias="avail")


class StorageUses(Result):
    """The storage of one node."""

    storages: list[StorageUse]


class FreeId(Result):
    """A number that no guest has."""

    vmid: int


class Permissions(Result):
    """What the token may do."""

    paths: dict[str, list[str]]
    """Privileges by path: ``{"/vms/100": ["VM.Audit", "VM.PowerMgmt"]}``."""


class GetVersion(OnHost, Request[Version]):
    """What a host runs."""


class GetClusterStatus(OnHost, Request[ClusterStatus]):
    """Whether the cluster has its quorum, and which nodes are online."""


class GetNodes(OnHost, Request[Nodes]):
    """The nodes of the cluster."""


class GetNodeStatus(OnNode, Request[NodeStatus]):
    """How one node does."""


class ListResources(OnHost, Request[Resources]):
    """Guests, nodes and storage of the cluster. What the token may not see is left out."""

    type: Literal["vm", "storage", "node", "sdn"] | None = None
    """Only these; ``vm`` are machines and containers."""


class GetStorage(OnHost, Request[StorageConfigs]):
    """How the storage of the cluster is set up; for what is free ask `list_node_storage`."""


class ListNodeStorage(OnNode, Request[StorageUses]):
    """How full the storage of one node is."""

    enabled_only: bool = False


class GetNextId(OnHost, Request[FreeId]):
    """A free number for a new guest; it is not reserved."""

    vmid: VmId | None = None
    """Asks for this very one: refused if it is taken."""


class GetPermissions(OnHost, Request[Permissions]):
    """What the hub's token may do: the rights of its user and its own, where both have them."""

    path: Annotated[str, Field(max_length=255, pattern=r"^/[A-Za-z0-9._/-]*$")] | None = None
    """Only those on this: ``/vms/100``."""
