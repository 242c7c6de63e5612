"""Operations on executions: https://docs.n8n.io/connect/n8n-api/api-reference/."""

from typing import Literal

from contracts._model import Request
from contracts.n8n.parameters import ExecutionId, Id, OnServer, Page
from contracts.n8n.results import Execution, Executions

Status = Literal["canceled", "crashed", "error", "new", "running", "success", "unknown", "waiting"]


class GetExecutions(Page, Request[Executions]):
    """Runs, the newest first."""

    workflow_id: Id | None = None
    status: Status | None = None
    project_id: Id | None = None
    include_data: bool | None = None
    """Whether to answer what went through the nodes: it may be a lot."""


class GetExecution(OnServer, Request[Execution]):
    """One run."""

    execution_id: ExecutionId
    include_data: bool | None = None
    """Whether to answer what went through the nodes: it may be a lot."""


class DeleteExecution(OnServer, Request[Execution]):
    """The end of a run's record; answers it as it was."""

    execution_id: ExecutionId


class RetryExecution(OnServer, Request[Execution]):
    """A failed run once more."""

    execution_id: ExecutionId
    load_workflow: bool = False
    """Whether the workflow as it is now runs, not as it was then."""


class StopExecution(OnServer, Request[Execution]):
    """The end of a run that is under way."""

    execution_id: ExecutionId
