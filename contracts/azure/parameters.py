"""Kinds of parameters that several Azure operations share."""

from typing import Annotated

from pydantic import Field, JsonValue

from contracts._model import Contract
from contracts._types import Cursor

SubscriptionId = Annotated[
    str,
    Field(
        pattern=r"^[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$",
        max_length=36,
        examples=["00000000-0000-0000-0000-000000000000"],
    ),
]
"""A UUID."""

GroupName = Annotated[str, Field(pattern=r"^[\w().-]+$", max_length=90)]
"""Letters, digits, ``_-.()``."""

ResourceName = Annotated[str, Field(pattern=r"^[\w().-]+$", max_length=80)]
"""Letters, digits, ``_-.()``."""

Location = Annotated[str, Field(pattern=r"^[A-Za-z0-9 ]+$", max_length=64, examples=["westeurope"])]
"""A region."""

Filter = Annotated[str, Field(min_length=1, max_length=1000)]
"""OData: ``resourceType eq 'Microsoft.Compute/virtualMachines'``."""

Tags = Annotated[dict[str, Annotated[str, Field(max_length=256)]], Field(max_length=50)]
"""Names and values."""

Json = Annotated[dict[str, JsonValue], Field(max_length=1000)]
"""An object in the vendor's own shape."""

Container = Annotated[
    str, Field(pattern=r"^(?:\$root|\$web|\$logs|[a-z0-9][a-z0-9-]+)$", max_length=63)
]
"""Lower-case letters, digits and hyphens."""

BlobName = Annotated[str, Field(min_length=1, max_length=1024)]
"""May have slashes, as folders have."""

MetadataName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=128)]
MetadataValue = Annotated[str, Field(pattern=r"^[!-~](?:[ -~]*[!-~])?$", max_length=1024)]
Metadata = Annotated[dict[MetadataName, MetadataValue], Field(max_length=50)]
"""Names as in C#, values in printable ASCII."""

MediaType = Annotated[
    str, Field(pattern=r"^[\w.+-]+/[\w.+-]+(?:; ?[\w-]+=[\w.+-]+)*$", max_length=128)
]
"""``text/plain; charset=utf-8``."""

BlockId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=48)]
"""The agent's own name of a block; all of one blob have the same length."""

ETag = Annotated[str, Field(pattern=r'^(?:\*|(?:W/)?"[!#-~]*")$', max_length=128)]
"""Quoted, as Azure answers it."""


class InSubscription(Contract):
    """Which subscription."""

    subscription_id: SubscriptionId | None = None
    """Absent: AZURE_SUBSCRIPTION_ID, where the hub has one."""


class InGroup(InSubscription):
    """Which resource group."""

    resource_group: GroupName


class Paged(InSubscription):
    """Which part of a list."""

    cursor: Cursor | None = None
    """The `next_cursor` of the part before."""


class OnMachine(InGroup):
    """Which virtual machine, and whether to wait."""

    name: ResourceName
    wait: bool = True
    """Whether to answer only once it is done, or nearly five minutes have passed."""


class OfBlob(Contract):
    """Which blob of the hub's storage account."""

    container: Container
    blob: BlobName
