"""Machines and containers, their snapshots and backups."""

from typing import Final

from clients._operation import operation
from clients.proxmox import answers
from clients.proxmox.answers import data
from clients.proxmox.host import Host, flag
from contracts import Facts, FieldError, InvalidRequest
from contracts.proxmox import (
    BackupVm,
    CloneVm,
    CreateSnapshot,
    DeleteSnapshot,
    GetAllVms,
    GetVm,
    GetVmConfig,
    GetVmStatus,
    ListSnapshots,
    ListVms,
    RebootVm,
    RollbackSnapshot,
    ShutdownVm,
    Snapshots,
    StartVm,
    StopVm,
    Task,
    Vm,
    VmConfig,
    Vms,
)

_GUEST: Final = "/nodes/{node}/{kind}/{vmid}"
_LOOK: Final = "proxmox.list_tasks with source all shows whether it was started."
_PATIENCE: Final = 120.0


class Guests(Host):
    """Guests of both kinds."""

    @operation("safe")
    async def list_vms(self, request: ListVms) -> Vms:
        """List the guests of one kind on one node."""
        known = {"node": request.node, "type": request.kind}
        return await self.at(request).get(
            "/nodes/{node}/{kind}",
            request,
            query={},
            read=lambda answer: answers.guests(answer, **known),
        )

    @operation("safe")
    async def get_all_vms(self, request: GetAllVms) -> Vms:
        """List all guests of a cluster."""
        path, query = "/cluster/resources", {"type": "vm"}
        return await self.at(request).get(path, request, query=query, read=answers.guests)

    @operation("safe")
    async def get_vm(self, request: GetVm) -> Vm:
        """Return one guest by its number, wherever in the cluster it is."""
        vms = await self.get_all_vms(GetAllVms(host=request.host))
        found = next((one for one in vms.vms if one.vmid == request.vmid), None)
        if found is None:
            text = "is no guest that the hub's token may see"
            facts = Facts(errors=(FieldError(field="vmid", message=text),))
            raise InvalidRequest(f"{request.vmid} {text}.", facts)
        at = {"host": request.host, "node": found.node, "vmid": found.vmid, "kind": found.kind}
        return await self.get_vm_status(GetVmStatus.model_validate(at))

    @operation("safe")
    async def get_vm_status(self, request: GetVmStatus) -> Vm:
        """Return one guest whose node is known."""
        known = {"node": request.node, "type": request.kind}
        return await self.at(request).get(
            f"{_GUEST}/status/current",
            request,
            query={},
            read=lambda answer: answers.guest(data(answer), **known),
        )

    @operation("safe")
    async def get_vm_config(self, request: GetVmConfig) -> VmConfig:
        """Return how a guest is set up."""
        query = {"current": flag(request.current), "snapshot": request.snapshot}
        path, read = f"{_GUEST}/config", answers.config
        return await self.at(request).get(path, request, query=query, read=read)

    @operation("unsafe", timeout=_PATIENCE, look=_LOOK)
    async def start_vm(self, request: StartVm) -> Task:
        """Start a guest."""
        return await self.run(request, "POST", f"{_GUEST}/status/start")

    @operation("unsafe", timeout=_PATIENCE, look=_LOOK)
    async def stop_vm(self, request: StopVm) -> Task:
        """Take the power from a guest."""
        values = {"overrule-shutdown": flag(request.overrule_shutdown)}
        return await self.run(request, "POST", f"{_GUEST}/status/stop", values)

    @operation("unsafe", timeout=_PATIENCE, look=_LOOK)
    async def shutdown_vm(self, request: ShutdownVm) -> Task:
        """Ask a guest to shut down."""
        values = {"timeout": request.timeout_s, "forceStop": flag(request.force_stop)}
        return await self.run(request, "POST", f"{_GUEST}/status/shutdown", values)

    @operation("unsafe", timeout=_PATIENCE, look=_LOOK)
    async def reboot_vm(self, request: RebootVm) -> Task:
        """Shut a guest down and start it again."""
        values = {"timeout": request.timeout_s}
        return await self.run(request, "POST", f"{_GUEST}/status/reboot", values)

    @operation("unsafe", timeout=_PATIENCE, look=_LOOK)
    async def clone_vm(self, request: CloneVm) -> Task:
        """Copy a guest or a template."""
        values = {
            "newid": request.new_vmid,
            "name" if request.kind == "qemu" else "hostname": request.name,
            "full": int(request.full),
            "target": request.target,
            "storage": request.storage,
            "snapname": request.snapshot,
            "description": request.description,
        }
        return await self.run(request, "POST", f"{_GUEST}/clone", values)

    @operation("safe")
    async def list_snapshots(self, request: ListSnapshots) -> Snapshots:
        """List the snapshots of a guest."""
        path, read = f"{_GUEST}/snapshot", answers.snapshots
        return await self.at(request).get(path, request, query={}, read=read)

    @operation("unsafe", timeout=_PATIENCE, look=_LOOK)
    async def create_snapshot(self, request: CreateSnapshot) -> Task:
        """Take a snapshot of a guest."""
        values = {
            "snapname": request.name,
            "description": request.description,
            "vmstate": flag(request.with_memory),
        }
        return await self.run(request, "POST", f"{_GUEST}/snapshot", values)

    @operation("idempotent", timeout=_PATIENCE)  # a second one fails, and changes nothing
    async def delete_snapshot(self, request: DeleteSnapshot) -> Task:
        """Delete a snapshot."""
        return await self.run(request, "DELETE", f"{_GUEST}/snapshot/{{name}}")

    @operation("unsafe", timeout=_PATIENCE, look=_LOOK)  # a second one loses what came since
    async def rollback_snapshot(self, request: RollbackSnapshot) -> Task:
        """Take a guest back to a snapshot."""
        values = {"start": flag(request.start)}
        return await self.run(request, "POST", f"{_GUEST}/snapshot/{{name}}/rollback", values)

    @operation("unsafe", timeout=_PATIENCE, look=_LOOK)
    async def backup_vm(self, request: BackupVm) -> Task:
        """Back one guest up."""
        values = {
            "vmid": request.vmid,
            "mode": request.mode,
            "compress": request.compress,
            "storage": request.storage,
            "notes-template": request.notes,
            "protected": flag(request.protected),
        }
        return await self.run(request, "POST", "/nodes/{node}/vzdump", values)
