"""What n8n answers: https://docs.n8n.io/connect/n8n-api/api-reference/."""

from typing import Annotated

from pydantic import Field, JsonValue

from contracts._model import Result
from contracts._types import Utc

Text = Annotated[str, Field(coerce_numbers_to_str=True)]
"""An id: text, a number in older servers and in what a deletion answers."""


class Kept(Result):
    """When something was made and changed."""

    created_at: Utc | None = Field(default=None, alias="createdAt")
    updated_at: Utc | None = Field(default=None, alias="updatedAt")


class Part(Result):
    """One part of a longer list."""

    next_cursor: str | None = Field(default=None, alias="nextCursor")
    """What `cursor` has to be for the next part; null at the end."""


class Tag(Kept):
    """A label of workflows."""

    id: Text
    name: str


class Tags(Part):
    """Labels."""

    results: list[Tag] = Field(alias="data")


class WorkflowTags(Result):
    """The labels of one workflow."""

    results: list[Tag]


class Node(Result):
    """One step of a workflow."""

    name: str
    type: str
    """``n8n-nodes-base.webhook`` and the like."""
    id: str | None = None
    type_version: float | None = Field(default=None, alias="typeVersion")
    disabled: bool = False
    webhook_id: str | None = Field(default=None, alias="webhookId")
    parameters: dict[str, JsonValue] = {}
    """In the shape of its own type."""


class Graph(Kept):
    """Steps, and what leads from one to the next."""

    name: str | None = None
    nodes: list[Node] = []
    connections: dict[str, JsonValue] = {}
    """By the name of the node they come from, in n8n's own shape."""


class WorkflowVersion(Graph):
    """A workflow as it once was."""

    version_id: str = Field(alias="versionId")
    workflow_id: Text = Field(alias="workflowId")
    authors: str | None = None


class Workflow(Graph):
    """A workflow, as it was saved last."""

    id: Text
    name: str
    active: bool
    """Whether its triggers run."""
    settings: dict[str, JsonValue] | None = None
    """In n8n's own shape."""
    static_data: JsonValue = Field(default=None, alias="staticData")
    """What it keeps between executions."""
    tags: list[Tag] = []
    is_archived: bool = Field(default=False, alias="isArchived")
    version_id: str | None = Field(default=None, alias="versionId")
    active_version_id: str | None = Field(default=None, alias="activeVersionId")
    """The version that runs, in servers that publish versions."""
    active_version: WorkflowVersion | None = Field(default=None, alias="activeVersion")
    """That version itself: what was saved since does not run yet."""
    trigger_count: int | None = Field(default=None, alias="triggerCount")
    """Triggers that run."""


class Workflows(Part):
    """Workflows."""

    results: list[Workflow] = Field(alias="data")


class Transferred(Result):
    """Where a workflow belongs now."""

    workflow_id: str
    project_id: str


class Execution(Result):
    """One run of a workflow."""

    id: Text
    status: str | None = None
    """canceled, crashed, error, new, running, success, unknown or waiting."""
    mode: str
    """What started it: cli, error, integrated, manual, retry, trigger, webhook …"""
    finished: bool | None = None
    workflow_id: Text | None = Field(default=None, alias="workflowId")
    started_at: Utc | None = Field(default=None, alias="startedAt")
    """Null while it is queued."""
    stopped_at: Utc | None = Field(default=None, alias="stoppedAt")
    wait_till: Utc | None = Field(default=None, alias="waitTill")
    """When a waiting one goes on."""
    retry_of: Text | None = Field(default=None, alias="retryOf")
    retry_success_id: Text | None = Field(default=None, alias="retrySuccessId")
    """The retry of it that succeeded."""
    data: JsonValue = None
    """What went through its nodes, in their own shapes; only where it was asked for."""
    custom_data: JsonValue = Field(default=None, alias="customData")
    """What the workflow itself noted."""


class Executions(Part):
    """Runs, the newest first."""

    results: list[Execution] = Field(alias="data")


class WebhookReply(Result):
    """What a webhook answered: at once that it was started, or what the workflow says."""

    status: int
    """Of HTTP, 200 to 299."""
    media_type: str
    answer: JsonValue = None
    """JSON as it is, text as text, other bytes as Base64, null where there is none."""


class User(Kept):
    """A person with an account."""

    id: str
    email: str
    first_name: str | None = Field(default=None, alias="firstName")
    last_name: str | None = Field(default=None, alias="lastName")
    is_pending: bool | None = Field(default=None, alias="isPending")
    """Whether the invitation is still open."""
    role: str | None = None
    """``global:owner``, ``global:admin``, ``global:member`` …"""


class Users(Part):
    """People."""

    results: list[User] = Field(alias="data")


class Credential(Kept):
    """A credential that nodes use, without its secrets."""

    id: Text
    name: str
    type: str


class Credentials(Part):
    """Credentials, without their secrets."""

    results: list[Credential] = Field(alias="data")


class CredentialSchema(Result):
    """What the data of a type of credential has to hold, as JSON Schema."""

    type: str
    properties: dict[str, JsonValue]
    """By field, each a JSON Schema."""
    required: list[str] = []


class Place(Result):
    """Where a risk lies; the other fields tell more."""

    kind: str
    """node, credential, community or custom."""


class Risk(Result):
    """One risk."""

    title: str
    description: str
    recommendation: str
    location: list[Place] = []


class Report(Result):
    """The risks of one kind."""

    risk: str
    """credentials, database, nodes, filesystem or instance."""
    sections: list[Risk]


class Audit(Result):
    """What a security audit found."""

    reports: list[Report]
    """Empty where all is well."""
