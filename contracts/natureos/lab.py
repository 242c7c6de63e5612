"""The lab: samples, protocols, workflows; and how the server is."""

from typing import Annotated

from pydantic import Field

from contracts._model import Request, Result
from contracts._types import Utc
from contracts.natureos.parameters import Json, Metadata, Short

Id = Annotated[str, Field(min_length=1, max_length=128)]


class Health(Result):
    """How the server is."""

    status: str
    """``Healthy``, ``Degraded`` or ``Unhealthy``."""


class GetHealth(Request[Health]):
    """Whether the server works."""


class ServerStatus(Result):
    """What the server is."""

    status: str
    timestamp: Utc
    version: str
    environment: str
    features: list[str] = []


class GetStatus(Request[ServerStatus]):
    """Version and features of the server."""


class LabSample(Result):
    """A sample."""

    sample_id: str = Field(alias="sampleId")
    name: str
    species: str | None = None
    substrate_type: str | None = Field(default=None, alias="substrateType")
    collected_at: Utc = Field(alias="collectedAt")
    location: str | None = None
    status: str
    """``Pending`` …"""


class LabSamples(Result):
    """Samples."""

    results: list[LabSample]


class GetLabSamples(Request[LabSamples]):
    """The lab's samples."""

    filter: Short | None = None
    """Part of name or species."""
    limit: Annotated[int, Field(ge=1, le=1000)] = 100


class GetLabSample(Request[LabSample]):
    """One sample."""

    sample_id: Id


class RegisterLabSample(Request[LabSample]):
    """A new sample."""

    name: Short
    species: Short | None = None
    substrate_type: Short | None = None
    collected_at: Utc | None = None
    location: Short | None = None


class LabProtocol(Result):
    """A protocol of the lab."""

    protocol_id: str = Field(alias="protocolId")
    name: str
    description: str | None = None
    step_count: int = Field(alias="stepCount")


class LabProtocols(Result):
    """The lab's protocols."""

    results: list[LabProtocol]


class GetLabProtocols(Request[LabProtocols]):
    """The lab's protocols."""


class WorkflowStep(Result):
    """A step of a workflow."""

    step_id: str = Field(alias="stepId")
    action: str
    parameters: Json | None = None
    """As the action wants them."""


class Workflow(Result):
    """A workflow."""

    workflow_id: str = Field(alias="workflowId")
    name: str
    description: str | None = None
    status: str
    """``Draft`` …"""
    steps: list[WorkflowStep]


class Workflows(Result):
    """All workflows."""

    results: list[Workflow]


class GetWorkflows(Request[Workflows]):
    """All workflows; the server tells the MAS of each time it is asked."""


class Execution(Result):
    """One run of a workflow."""

    execution_id: str = Field(alias="executionId")
    workflow_id: str = Field(alias="workflowId")
    status: str
    started_at: Utc = Field(alias="startedAt")
    completed_at: Utc | None = Field(default=None, alias="completedAt")


class Executions(Result):
    """Runs of workflows."""

    results: list[Execution]


class GetWorkflowHistory(Request[Executions]):
    """Runs of workflows; the server tells the MAS of each time it is asked."""

    workflow_id: Id | None = None
    """Absent: of all."""
    limit: Annotated[int, Field(ge=1, le=1000)] = 50


class Executed(Result):
    """How a run has ended."""

    execution_id: str = Field(alias="executionId")
    success: bool
    message: str | None = None
    completed_at: Utc | None = Field(default=None, alias="completedAt")


class ExecuteWorkflow(Request[Executed]):
    """A run of a workflow: it acts.

    Since 30 September 2026 NatureOS has nothing to run it with and refuses; before, it said that it
    had run, and did nothing.
    """

    workflow_id: Id
    parameters: Metadata = {}
    """As its steps want them."""
