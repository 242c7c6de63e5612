"""Azure: Resource Manager, Resource Graph and Blob storage.

https://learn.microsoft.com/rest/api/azure/
"""

from typing import Final, TypeVar

from clients._api import HttpCall
from clients._body import fields, json_of
from clients._operation import operation
from clients._pages import all_pages
from clients._target import Query, commas
from clients.azure import shapes, storage, tasks
from contracts import Facts, FieldError, InvalidRequest, Request, Result, azure
from contracts._model import Contract
from contracts.azure.parameters import OnMachine

R = TypeVar("R", bound=Result)
Q = TypeVar("Q", bound=Contract)

_RESOURCES: Final = "?api-version=2021-04-01"
_COMPUTE: Final = "?api-version=2024-07-01"
_STORAGE: Final = "?api-version=2023-05-01"
_SUBSCRIPTION: Final = "/subscriptions/{subscription_id}"
_GROUP: Final = f"{_SUBSCRIPTION}/resourcegroups/{{resource_group}}"
_DEPLOYMENTS: Final = f"{_GROUP}/providers/Microsoft.Resources/deployments"
_MACHINES: Final = "/providers/Microsoft.Compute/virtualMachines"
_ACCOUNTS: Final = "/providers/Microsoft.Storage/storageAccounts"
_LONG: Final = 290.0
"""Seconds that may pass until something is done that takes its time."""


class Azure(storage.Storage):
    """Azure, as far as one service principal may see it; its hosts and limits are in `Hosts`."""

    @operation("safe")
    async def list_subscriptions(self, request: azure.ListSubscriptions) -> azure.Subscriptions:
        """Return a page of subscriptions."""
        query = {"api-version": "2022-12-01", "$skiptoken": request.cursor}
        read = shapes.listed(self.arm_reads, shapes.plain)
        return await self.arm_reads.get("/subscriptions", request, query=query, read=read)

    @operation("safe")
    async def list_resource_groups(self, request: azure.ListResourceGroups) -> azure.ResourceGroups:
        """Return a page of a subscription's groups."""
        query = {"$filter": request.filter, "$top": request.top, "$skiptoken": request.cursor}
        read = shapes.listed(self.arm_reads, shapes.thing)
        return await self._get(f"{_SUBSCRIPTION}/resourcegroups{_RESOURCES}", request, query, read)

    @operation("safe")
    async def get_resource_group(self, request: azure.GetResourceGroup) -> azure.ResourceGroup:
        """Return one group."""
        return await self._get(f"{_GROUP}{_RESOURCES}", request, {}, shapes.thing)

    @operation("idempotent")
    async def create_resource_group(
        self, request: azure.CreateResourceGroup
    ) -> azure.ResourceGroup:
        """Make a group, or replace its tags."""
        body = {"location": request.location, "tags": request.tags}
        path, at = f"{_GROUP}{_RESOURCES}", self._in(request)
        return await self.arm_writes.put(path, at, json=body, read=shapes.thing)

    @operation("idempotent", timeout=_LONG)  # a second delete answers 404, and changes nothing
    async def delete_resource_group(self, request: azure.DeleteResourceGroup) -> azure.Task:
        """Delete a group and all that it holds."""
        call = HttpCall("DELETE", f"{_GROUP}{_RESOURCES}", vars(self._in(request)))
        return await tasks.follow(self.arm_deletes, self.arm_reads, call, wait=request.wait)

    @operation("safe")
    async def list_resources(self, request: azure.ListResources) -> azure.Resources:
        """Return a page of the resources of a subscription or a group."""
        path = f"{_GROUP if request.resource_group else _SUBSCRIPTION}/resources{_RESOURCES}"
        query = {"$filter": request.filter, "$expand": commas(request.expand or ())}
        read = shapes.listed(self.arm_reads, shapes.resource)

        async def page(cursor: str | None) -> azure.Resources:
            asked = {**query, "$top": request.top, "$skiptoken": cursor}
            return await self._get(path, request, asked, read)

        pages, after = await all_pages(
            page,
            lambda one: one.next_cursor,
            start=request.cursor,
            most=10 if request.all_pages else 1,
        )
        found = [one for part in pages for one in part.results]
        return azure.Resources(results=found, next_cursor=after)

    @operation("safe")
    async def query_resources(self, request: azure.QueryResources) -> azure.Rows:
        """Query many resources at once."""
        options = {"resultFormat": "objectArray", "$top": request.top}
        if request.cursor:
            options["$skipToken"] = request.cursor
        body = fields(request, "top", "cursor") | {"options": options}
        path = "/providers/Microsoft.ResourceGraph/resources?api-version=2021-03-01"
        return await self.graph.post(path, request, json=body, read=shapes.rows)

    @operation("safe")
    async def list_deployments(self, request: azure.ListDeployments) -> azure.Deployments:
        """Return a page of a group's deployments."""
        query = {"$top": request.top, "$skiptoken": request.cursor}
        read = shapes.listed(self.arm_reads, shapes.deployment)
        return await self._get(f"{_DEPLOYMENTS}{_RESOURCES}", request, query, read)

    @operation("safe")
    async def get_deployment(self, request: azure.GetDeployment) -> azure.Deployment:
        """Return one deployment."""
        path = f"{_DEPLOYMENTS}/{{name}}{_RESOURCES}"
        return await self._get(path, request, {}, shapes.deployment)

    @operation("idempotent", timeout=_LONG)
    async def create_deployment(self, request: azure.CreateDeployment) -> azure.Task:
        """Apply a template to a group."""
        body = {"properties": fields(request, "subscription_id", "resource_group", "name", "wait")}
        path, at = f"{_DEPLOYMENTS}/{{name}}{_RESOURCES}", vars(self._in(request))
        call = HttpCall("PUT", path, at, body=json_of(body))
        return await tasks.follow(self.arm_writes, self.arm_reads, call, wait=request.wait)

    @operation("safe")
    async def list_virtual_machines(
        self, request: azure.ListVirtualMachines
    ) -> azure.VirtualMachines:
        """Return a page of the machines of a subscription or a group."""
        where = _GROUP if request.resource_group else _SUBSCRIPTION
        read = shapes.listed(self.arm_reads, shapes.machine)
        query = {"$skiptoken": request.cursor}
        return await self._get(f"{where}{_MACHINES}{_COMPUTE}", request, query, read)

    @operation("safe")
    async def get_virtual_machine(self, request: azure.GetVirtualMachine) -> azure.VirtualMachine:
        """Return one machine, with its power state."""
        path = f"{_GROUP}{_MACHINES}/{{name}}{_COMPUTE}"
        return await self._get(path, request, {"$expand": "instanceView"}, shapes.machine)

    @operation("idempotent", timeout=_LONG)
    async def start_virtual_machine(self, request: azure.StartVirtualMachine) -> azure.Task:
        """Start a machine."""
        return await self._machine(request, "start")

    @operation("idempotent", timeout=_LONG)
    async def deallocate_virtual_machine(
        self, request: azure.DeallocateVirtualMachine
    ) -> azure.Task:
        """Stop a machine and give its computing resources back."""
        return await self._machine(request, "deallocate")

    @operation("unsafe", timeout=_LONG, look="azure.get_virtual_machine shows its power state.")
    async def restart_virtual_machine(self, request: azure.RestartVirtualMachine) -> azure.Task:
        """Restart a machine."""
        return await self._machine(request, "restart")

    @operation("safe", ttl=60)  # Storage itself allows 100 lists in 5 minutes
    async def list_storage_accounts(
        self, request: azure.ListStorageAccounts
    ) -> azure.StorageAccounts:
        """Return a page of the storage accounts of a subscription or a group."""
        where = _GROUP if request.resource_group else _SUBSCRIPTION
        read = shapes.listed(self.arm_reads, shapes.account)
        query = {"$skiptoken": request.cursor}
        return await self._get(f"{where}{_ACCOUNTS}{_STORAGE}", request, query, read)

    @operation("safe")
    async def get_operation(self, request: azure.GetOperation) -> azure.Task:
        """Return how far something has come that takes its time."""
        return await tasks.ask_once(self.arm_reads, request.status_path)

    async def _get(self, path: str, request: Request[R], query: Query, read: shapes.Shape) -> R:
        return await self.arm_reads.get(path, self._in(request), query=query, read=read)

    async def _machine(self, request: OnMachine, act: str) -> azure.Task:
        path = f"{_GROUP}{_MACHINES}/{{name}}/{act}{_COMPUTE}"
        call = HttpCall("POST", path, vars(self._in(request)))
        return await tasks.follow(self.arm_writes, self.arm_reads, call, wait=request.wait)

    def _in(self, request: Q) -> Q:
        """Return a request with its subscription."""
        if vars(request).get("subscription_id"):
            return request
        own = self.env.get("AZURE_SUBSCRIPTION_ID")
        if own is None:
            message = "is needed where AZURE_SUBSCRIPTION_ID is not set"
            errors = (FieldError(field="subscription_id", message=message),)
            raise InvalidRequest(f"subscription_id {message}.", Facts(errors=errors))
        return request.model_copy(update={"subscription_id": own})
