"""Operations on workflows: https://docs.n8n.io/connect/n8n-api/api-reference/."""

from typing import Annotated, Literal

from pydantic import Field

from contracts._model import Request
from contracts._types import Name
from contracts.n8n.parameters import Definition, HookPath, Id, Json, OnServer, Page
from contracts.n8n.results import (
    Transferred,
    WebhookReply,
    Workflow,
    Workflows,
    WorkflowTags,
    WorkflowVersion,
)

Data = Annotated[Json, Field(max_length=500)]
"""What the workflow is given: the JSON of a POST, PUT or PATCH, else the query, where lists and
objects stand as JSON."""


class TriggerWorkflow(OnServer, Request[WebhookReply]):
    """A call of a webhook, by its path."""

    path: HookPath
    data: Data = {}
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "POST"


class ExecuteWorkflow(OnServer, Request[WebhookReply]):
    """A run of an active workflow that has one webhook, by its id.

    n8n has no call that runs a workflow by its id: the hub looks up its webhook and calls that.
    """

    workflow_id: Id
    data: Data = {}


class GetWorkflows(Page, Request[Workflows]):
    """Workflows, with their nodes."""

    active: bool | None = None
    tags: Annotated[list[Name], Field(min_length=1, max_length=50)] | None = None
    """Names of labels: only workflows that have all of them."""
    name: Name | None = None
    project_id: Id | None = None
    exclude_pinned_data: bool | None = None
    all_pages: bool = False
    """Whether to go on from page to page, ten at most."""


class GetWorkflow(OnServer, Request[Workflow]):
    """One workflow."""

    workflow_id: Id
    exclude_pinned_data: bool | None = None


class GetWorkflowVersion(OnServer, Request[WorkflowVersion]):
    """One workflow as it once was."""

    workflow_id: Id
    version_id: Id


class CreateWorkflow(Definition, Request[Workflow]):
    """A new workflow; it does not run before it is activated."""


class UpdateWorkflow(Definition, Request[Workflow]):
    """A workflow in place of the one with this id: what is not given is gone.

    Where that one is active, the new one runs from then on.
    """

    workflow_id: Id


class DeleteWorkflow(OnServer, Request[Workflow]):
    """The end of a workflow; answers it as it was."""

    workflow_id: Id


class ActivateWorkflow(OnServer, Request[Workflow]):
    """A start of a workflow's triggers."""

    workflow_id: Id
    version_id: Id | None = None
    """Of servers that publish versions; absent: the latest."""


class DeactivateWorkflow(OnServer, Request[Workflow]):
    """A stop of a workflow's triggers."""

    workflow_id: Id


class TransferWorkflow(OnServer, Request[Transferred]):
    """A workflow's move to another project."""

    workflow_id: Id
    project_id: Id


class GetWorkflowTags(OnServer, Request[WorkflowTags]):
    """The labels of a workflow."""

    workflow_id: Id


class UpdateWorkflowTags(OnServer, Request[WorkflowTags]):
    """Labels in place of those that a workflow has."""

    workflow_id: Id
    tag_ids: Annotated[list[Id], Field(max_length=100)]
