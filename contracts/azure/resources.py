"""Operations on subscriptions, groups, resources and deployments."""

from typing import Annotated, Literal

from pydantic import Field

from contracts._model import Request
from contracts._types import Cursor
from contracts.azure.parameters import (
    Filter,
    GroupName,
    InGroup,
    Json,
    Location,
    Paged,
    ResourceName,
    SubscriptionId,
    Tags,
)
from contracts.azure.results import (
    Deployment,
    Deployments,
    ResourceGroup,
    ResourceGroups,
    Resources,
    Rows,
    Subscriptions,
    Task,
)

Top = Annotated[int, Field(ge=1, le=1000)]


class ListSubscriptions(Request[Subscriptions]):
    """The subscriptions that the hub's principal may see."""

    cursor: Cursor | None = None


class ListResourceGroups(Paged, Request[ResourceGroups]):
    """The groups of a subscription."""

    filter: Filter | None = None
    """By tag: ``tagName eq 'env' and tagValue eq 'lab'``."""
    top: Top | None = None


class GetResourceGroup(InGroup, Request[ResourceGroup]):
    """One group."""


class CreateResourceGroup(InGroup, Request[ResourceGroup]):
    """A group, made, or its tags replaced."""

    location: Location
    tags: Tags = {}


class DeleteResourceGroup(InGroup, Request[Task]):
    """The end of a group and of all that it holds."""

    wait: bool = True
    """Whether to answer only once it is done, or nearly five minutes have passed."""


class ListResources(Paged, Request[Resources]):
    """The resources of a subscription, or of one group."""

    resource_group: GroupName | None = None
    filter: Filter | None = None
    expand: (
        Annotated[
            list[Literal["createdTime", "changedTime", "provisioningState"]],
            Field(min_length=1, max_length=3),
        ]
        | None
    ) = None
    """What else to tell of each."""
    top: Top | None = None
    all_pages: bool = False
    """Whether to go on from page to page, ten at most."""


class QueryResources(Request[Rows]):
    """A query of Resource Graph over many resources at once.

    https://learn.microsoft.com/azure/governance/resource-graph/concepts/query-language
    """

    query: Annotated[str, Field(min_length=1, max_length=20_000)]
    """Kusto: ``Resources | project id, name | order by name asc``."""
    subscriptions: Annotated[list[SubscriptionId], Field(min_length=1, max_length=300)] | None = (
        None
    )
    """Absent: all that the hub's principal may read."""
    top: Top = 100
    cursor: Cursor | None = None


class ListDeployments(Paged, Request[Deployments]):
    """The deployments of a group, the newest first."""

    resource_group: GroupName
    top: Top | None = None


class GetDeployment(InGroup, Request[Deployment]):
    """One deployment."""

    name: ResourceName


class CreateDeployment(InGroup, Request[Task]):
    """A template, applied to a group."""

    name: Annotated[str, Field(pattern=r"^[\w().-]+$", max_length=64)]
    template: Json
    """https://learn.microsoft.com/azure/azure-resource-manager/templates/syntax."""
    parameters: Json = {}
    """By name, each ``{"value": …}``."""
    mode: Literal["Incremental", "Complete"] = "Incremental"
    """Complete deletes what the group has and the template has not."""
    wait: bool = True
    """Whether to answer only once it is done, or nearly five minutes have passed."""


class GetOperation(Request[Task]):
    """How far something has come."""

    status_path: Annotated[
        str,
        Field(
            pattern=(
                r"^/subscriptions/[A-Za-z0-9/._~%-]*[Oo]peration[A-Za-z]*/"
                r"[A-Za-z0-9/._~%-]+\?[A-Za-z0-9._~%&=+:,/-]+$"
            ),
            max_length=8000,
        ),
    ]
    """As the task before said."""
