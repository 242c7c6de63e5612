"""What Resource Manager answers: https://learn.microsoft.com/rest/api/resources/."""

from pydantic import Field, JsonValue

from contracts._model import Result
from contracts._types import Utc


class Part(Result):
    """One part of a longer list."""

    next_cursor: str | None = None
    """What `cursor` has to be for the next part; null at the end."""


class Subscription(Result):
    """What resources are billed to."""

    id: str
    """``/subscriptions/<subscription_id>``."""
    subscription_id: str = Field(alias="subscriptionId")
    display_name: str = Field(alias="displayName")
    state: str
    """Enabled, Warned, PastDue, Disabled or Deleted."""


class Subscriptions(Part):
    """Subscriptions; none means that the hub's principal has no role in any."""

    results: list[Subscription]


class Thing(Result):
    """What resources have in common."""

    id: str
    """The whole path."""
    name: str
    location: str | None = None
    tags: dict[str, str] = {}
    provisioning_state: str | None = None
    """Succeeded, Failed, Canceled, or what is under way."""


class ResourceGroup(Thing):
    """A folder of resources."""


class ResourceGroups(Part):
    """Folders of resources."""

    results: list[ResourceGroup]


class Resource(Thing):
    """Anything that a resource group holds."""

    type: str
    """``Microsoft.Compute/virtualMachines`` and the like."""
    kind: str | None = None
    created_at: Utc | None = None
    changed_at: Utc | None = None


class Resources(Part):
    """Resources."""

    results: list[Resource]


class Problem(Result):
    """Why something failed."""

    code: str | None = None
    message: str | None = None


class Deployment(Thing):
    """A template on its way, or where it has led."""

    mode: str | None = None
    """Incremental or Complete."""
    timestamp: Utc | None = None
    duration: str | None = None
    """ISO 8601."""
    outputs: dict[str, JsonValue] = {}
    """By the template's own names, each with type and value."""
    error: Problem | None = None


class Deployments(Part):
    """Deployments."""

    results: list[Deployment]


class VirtualMachine(Thing):
    """A virtual machine."""

    vm_id: str | None = None
    size: str | None = None
    """``Standard_D2s_v5`` and the like."""
    os: str | None = None
    """Linux or Windows."""
    power_state: str | None = None
    """running, deallocated, stopped …; null where it was not asked for."""


class VirtualMachines(Part):
    """Virtual machines, without their power state."""

    results: list[VirtualMachine]


class StorageAccount(Thing):
    """A storage account."""

    kind: str | None = None
    sku: str | None = None
    """``Standard_LRS`` and the like."""
    created_at: Utc | None = None
    blob_url: str | None = None


class StorageAccounts(Part):
    """Storage accounts."""

    results: list[StorageAccount]


class Task(Result):
    """Something that takes its time, and how far it has come."""

    state: str
    """Succeeded, Failed, Canceled, or what Azure says while it is under way."""
    done: bool
    status_path: str | None = None
    """What `get_operation` takes, where it is not done."""
    error: Problem | None = None
    """Why it failed; of one that is not done, why the hub could not ask on."""


class Rows(Part):
    """The rows of a query."""

    results: list[dict[str, JsonValue]]
    """By column: the query says which there are."""
    total: int
    """Rows that match."""
    truncated: bool
    """Whether Azure has cut the rows short."""
