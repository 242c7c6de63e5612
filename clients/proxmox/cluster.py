"""Nodes, storage, rights and tasks."""

from clients._api import HttpCall
from clients._operation import operation
from clients.proxmox import answers
from clients.proxmox.answers import data, listed, paged
from clients.proxmox.host import TASK, Host, flag, place
from contracts.proxmox import (
    ClusterStatus,
    FreeId,
    GetClusterStatus,
    GetNextId,
    GetNodes,
    GetNodeStatus,
    GetPermissions,
    GetStorage,
    GetTask,
    GetTaskLog,
    GetVersion,
    ListNodeStorage,
    ListResources,
    ListTasks,
    Nodes,
    NodeStatus,
    Permissions,
    Resources,
    StorageConfigs,
    StorageUses,
    Task,
    TaskLog,
    Tasks,
    Version,
)


class Cluster(Host):
    """What is not one guest's."""

    @operation("safe")
    async def get_version(self, request: GetVersion) -> Version:
        """Return what a host runs."""
        return await self.at(request).get("/version", request, query={}, read=data)

    @operation("safe")
    async def get_cluster_status(self, request: GetClusterStatus) -> ClusterStatus:
        """Return whether the cluster has its quorum, and which nodes are online."""
        read = answers.cluster
        return await self.at(request).get("/cluster/status", request, query={}, read=read)

    @operation("safe")
    async def get_nodes(self, request: GetNodes) -> Nodes:
        """List the nodes of the cluster."""
        return await self.at(request).get("/nodes", request, query={}, read=listed("nodes"))

    @operation("safe")
    async def get_node_status(self, request: GetNodeStatus) -> NodeStatus:
        """Return how one node does."""
        return await self.at(request).get("/nodes/{node}/status", request, query={}, read=data)

    @operation("safe")
    async def list_resources(self, request: ListResources) -> Resources:
        """List guests, nodes and storage of the cluster."""
        query, read = {"type": request.type}, listed("resources")
        return await self.at(request).get("/cluster/resources", request, query=query, read=read)

    @operation("safe")
    async def get_storage(self, request: GetStorage) -> StorageConfigs:
        """List how the storage of the cluster is set up."""
        read = listed("storages", answers.storage)
        return await self.at(request).get("/storage", request, query={}, read=read)

    @operation("safe")
    async def list_node_storage(self, request: ListNodeStorage) -> StorageUses:
        """List how full the storage of one node is."""
        path, read = "/nodes/{node}/storage", listed("storages", answers.storage)
        query = {"enabled": flag(request.enabled_only)}
        return await self.at(request).get(path, request, query=query, read=read)

    @operation("safe")
    async def get_next_id(self, request: GetNextId) -> FreeId:
        """Return a free number for a new guest."""
        query = {"vmid": request.vmid}
        api = self.at(request)
        return await api.get(
            "/cluster/nextid", request, query=query, read=lambda answer: {"vmid": data(answer)}
        )

    @operation("safe")
    async def get_permissions(self, request: GetPermissions) -> Permissions:
        """Return what the hub's token may do."""
        path, query = "/access/permissions", {"path": request.path}
        return await self.at(request).get(path, request, query=query, read=answers.permissions)

    @operation("safe")
    async def list_tasks(self, request: ListTasks) -> Tasks:
        """List the tasks of a node, the newest first."""
        query = {
            "source": request.source,
            "vmid": request.vmid,
            "typefilter": request.type,
            "errors": flag(request.failed_only),
            "since": request.since and int(request.since.timestamp()),
            "until": request.until and int(request.until.timestamp()),
            "start": request.start,
            "limit": request.limit,
        }
        read = paged("tasks", request.start, answers.past_task)
        return await self.at(request).get("/nodes/{node}/tasks", request, query=query, read=read)

    @operation("safe")
    async def get_task(self, request: GetTask) -> Task:
        """Return how far a task has come."""
        api = self.at(request)
        answer = await api.send(HttpCall("GET", f"{TASK}/status", place(request.upid)))
        return api.parse(answer, Task, lambda found: answers.task(data(found)))

    @operation("safe")
    async def get_task_log(self, request: GetTaskLog) -> TaskLog:
        """Return what a task has written."""
        api, query = self.at(request), {"start": request.start, "limit": request.limit}
        answer = await api.send(HttpCall("GET", f"{TASK}/log", place(request.upid), query))
        return api.parse(answer, TaskLog, paged("lines", request.start))
