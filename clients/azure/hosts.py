"""Azure's hosts: how to prove who asks, how often, how each says no.

https://learn.microsoft.com/rest/api/azure/
"""

from typing import Final

from clients._client import Client
from clients._http import HttpResponse
from clients._limits import MINUTE, Rate
from clients._oauth import ClientCredentials
from clients._signals import Dialect
from clients._upstream import Upstream
from clients._verdict import Manners
from clients.azure import blobs
from contracts import Failure

_ARM: Final = "https://management.azure.com"
_LIMITS: Final = (
    "https://learn.microsoft.com/azure/azure-resource-manager/management/"
    "request-limits-and-throttling"
)
_LOOPS: Final = (
    "https://learn.microsoft.com/entra/identity-platform/reference-breaking-changes"
    "#looping-clients-will-be-interrupted"
)
_QUERIES: Final = (
    "https://learn.microsoft.com/azure/governance/resource-graph/concepts/"
    "guidance-for-throttled-requests"
)
_TARGETS: Final = "https://learn.microsoft.com/azure/storage/blobs/scalability-targets"
_PROBE: Final = "/subscriptions?api-version=2022-12-01"
_GRANTS: Final = "/{AZURE_TENANT_ID}/oauth2/v2.0/token"
_ID: Final = ("AZURE_CLIENT_ID",)
_SECRET: Final = ("AZURE_CLIENT_SECRET",)


class Hosts(Client):
    """Azure, as far as one service principal may see it; blobs of one storage account."""

    login = Upstream(
        "https://login.microsoftonline.com",
        needs=("AZURE_TENANT_ID",),
        aliases=("AZURE_AUTHORITY_HOST",),
        limits=[Rate(15, per=MINUTE, source=_LOOPS)],
        probe="/{AZURE_TENANT_ID}/v2.0/.well-known/openid-configuration",
    )
    _arm = ClientCredentials(login, _GRANTS, _ID, _SECRET, f"{_ARM}/.default")
    _storage = ClientCredentials(login, _GRANTS, _ID, _SECRET, "https://storage.azure.com/.default")
    # half of what Azure allows each principal: others share the subscription
    arm_reads = Upstream(
        _ARM,
        auth=_arm,
        aliases=("AZURE_API_URL",),
        limits=[Rate(12, per=1, burst=125, source=_LIMITS)],
        dialects=(
            Dialect("x-ms-ratelimit-remaining-subscription-reads"),
            Dialect("x-ms-ratelimit-remaining-tenant-reads"),
        ),
        probe=_PROBE,
    )
    arm_writes = Upstream(
        _ARM,
        auth=_arm,
        aliases=("AZURE_API_URL",),
        limits=[Rate(5, per=1, burst=100, source=_LIMITS)],
        dialects=(
            Dialect("x-ms-ratelimit-remaining-subscription-writes"),
            Dialect("x-ms-ratelimit-remaining-tenant-writes"),
        ),
        probe=_PROBE,
    )
    arm_deletes = Upstream(
        _ARM,
        auth=_arm,
        aliases=("AZURE_API_URL",),
        limits=[Rate(5, per=1, burst=100, source=_LIMITS)],
        dialects=(
            Dialect("x-ms-ratelimit-remaining-subscription-deletes"),
            Dialect("x-ms-ratelimit-remaining-tenant-deletes"),
        ),
        probe=_PROBE,
    )
    graph = Upstream(
        _ARM,
        auth=_arm,
        aliases=("AZURE_API_URL",),
        limits=[Rate(15, per=5, source=_QUERIES)],
        dialects=(Dialect("x-ms-user-quota-remaining"),),
        probe=_PROBE,
    )
    blob = Upstream(
        "",
        auth=_storage,
        aliases=("AZURE_STORAGE_ACCOUNT",),
        bare="https://{}.blob.core.windows.net",
        headers={"x-ms-version": "2021-10-04"},
        limits=[Rate(200, per=1, burst=400, source=_TARGETS)],
        probe="/?comp=list&maxresults=1",
        manners=Manners(throttled=frozenset({429, 503})),  # ServerBusy: slow down, not executed
    )
    variables = ("AZURE_SUBSCRIPTION_ID",)
    samples = {
        "AZURE_TENANT_ID": "11111111-1111-1111-1111-111111111111",
        "AZURE_SUBSCRIPTION_ID": "00000000-0000-0000-0000-000000000000",
        "AZURE_BLOB_URL": "https://mycosamples.blob.core.windows.net",
    }

    def refusal(self, response: HttpResponse) -> Failure | None:
        """Read Blob storage's refusals: XML, and a header where there is no body."""
        return blobs.refused(response)
