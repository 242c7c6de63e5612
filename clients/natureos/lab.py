"""The lab's samples, protocols and workflows; and how the server is."""

from clients._operation import operation
from clients._reading import Whole
from clients._target import text
from clients.natureos import answers, server
from contracts.natureos import (
    Executed,
    ExecuteWorkflow,
    Executions,
    GetHealth,
    GetLabProtocols,
    GetLabSample,
    GetLabSamples,
    GetStatus,
    GetWorkflowHistory,
    GetWorkflows,
    Health,
    LabProtocols,
    LabSample,
    LabSamples,
    RegisterLabSample,
    ServerStatus,
    Workflows,
)


class Lab(server.Server):
    """Reading workflows makes the server tell the MAS of it: a minute's cache spares it that."""

    @operation("safe")
    async def get_health(self, request: GetHealth) -> Health:
        """Return whether the server works."""
        read = Whole(lambda answer: {"status": answer.body.decode()})
        return await self.api.get("/health", request, read=read)

    @operation("safe", ttl=60)
    async def get_status(self, request: GetStatus) -> ServerStatus:
        """Return version and features of the server."""
        return await self.api.get("/api/status", request)

    @operation("safe")
    async def get_lab_samples(self, request: GetLabSamples) -> LabSamples:
        """Return the lab's samples."""
        return await self.api.get("/api/LabTools/samples", request, read=answers.listed)

    @operation("safe")
    async def get_lab_sample(self, request: GetLabSample) -> LabSample:
        """Return one sample."""
        return await self.api.get("/api/LabTools/samples/{sample_id}", request)

    @operation("unsafe", look="natureos.get_lab_samples with its name as the filter shows it.")
    async def register_lab_sample(self, request: RegisterLabSample) -> LabSample:
        """Register a new sample."""
        told = {
            "name": request.name,
            "species": request.species,
            "substrateType": request.substrate_type,
            "location": request.location,
            "collectedAt": text(request.collected_at) if request.collected_at else None,
        }
        body = {name: value for name, value in told.items() if value is not None}
        return await self.api.post("/api/LabTools/samples", request, json=body)

    @operation("safe", ttl=60)
    async def get_lab_protocols(self, request: GetLabProtocols) -> LabProtocols:
        """Return the lab's protocols."""
        return await self.api.get("/api/LabTools/protocols", request, read=answers.listed)

    @operation("safe", ttl=60)
    async def get_workflows(self, request: GetWorkflows) -> Workflows:
        """Return all workflows."""
        return await self.api.get("/api/Workflow", request, read=answers.listed)

    @operation("safe", ttl=60)
    async def get_workflow_history(self, request: GetWorkflowHistory) -> Executions:
        """Return runs of workflows."""
        query = {"workflowId": request.workflow_id, "limit": request.limit}
        path = "/api/Workflow/history"
        return await self.api.get(path, request, query=query, read=answers.listed)

    @operation("unsafe", timeout=120, look="natureos.get_workflow_history shows its runs.")
    async def execute_workflow(self, request: ExecuteWorkflow) -> Executed:
        """Run a workflow."""
        path = "/api/Workflow/{workflow_id}/execute"
        return await self.api.post(path, request, json=request.parameters)
