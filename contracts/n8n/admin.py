"""Operations on labels, people, credentials; the audit.

https://docs.n8n.io/connect/n8n-api/api-reference/
"""

from typing import Annotated, Literal

from pydantic import Field

from contracts._model import Request
from contracts._types import Name
from contracts.n8n.parameters import Id, Json, OnServer, Page
from contracts.n8n.results import (
    Audit,
    Credential,
    Credentials,
    CredentialSchema,
    Tag,
    Tags,
    Users,
)

TagName = Annotated[str, Field(min_length=1, max_length=24)]
"""Up to 24 characters."""

CredentialType = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9_.-]+$", max_length=128, examples=["githubApi"])
]
"""As nodes name it."""


class GetTags(Page, Request[Tags]):
    """All labels."""


class GetTag(OnServer, Request[Tag]):
    """One label."""

    tag_id: Id


class CreateTag(OnServer, Request[Tag]):
    """A new label."""

    name: TagName


class UpdateTag(OnServer, Request[Tag]):
    """A new name for a label."""

    tag_id: Id
    name: TagName


class DeleteTag(OnServer, Request[Tag]):
    """The end of a label; answers it as it was."""

    tag_id: Id


class GetUsers(Page, Request[Users]):
    """People; only the owner's key may ask."""

    include_role: bool = False
    project_id: Id | None = None


class GetCredentials(Page, Request[Credentials]):
    """Credentials without their secrets; only keys of owner and admins may ask."""


class CreateCredential(OnServer, Request[Credential]):
    """A new credential. Its secrets go to n8n, which never answers them."""

    name: Name
    type: CredentialType
    data: Annotated[Json, Field(max_length=100)]
    """As `get_credential_schema` says."""


class DeleteCredential(OnServer, Request[Credential]):
    """The end of a credential."""

    credential_id: Id


class GetCredentialSchema(OnServer, Request[CredentialSchema]):
    """What a type of credential needs."""

    type: CredentialType


class GenerateAudit(OnServer, Request[Audit]):
    """A security audit of the server."""

    categories: (
        Annotated[
            list[Literal["credentials", "database", "nodes", "filesystem", "instance"]],
            Field(min_length=1, max_length=5),
        ]
        | None
    ) = None
    """Absent: all."""
    days_abandoned_workflow: Annotated[int, Field(ge=1, le=3650)] | None = None
    """Days without a run after which a workflow counts as abandoned; absent: n8n's 90."""
