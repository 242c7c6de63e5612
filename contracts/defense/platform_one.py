"""Operations on Platform One: Iron Bank is a Harbor registry, Repo One a GitLab.

https://github.com/goharbor/harbor/blob/main/api/v2.0/swagger.yaml, https://docs.gitlab.com/api/.
That the two hosts answer as these programs do is unverified: they are closed to us.
"""

from typing import Annotated

from pydantic import Field

from contracts._model import Request, Result
from contracts._types import Utc
from contracts.defense.parameters import Branch, Hundred, Image, Json, PageNumber, Project


class ImageRepository(Result):
    """A repository of images."""

    name: str
    """With its project: ``ironbank/redhat/ubi/ubi9``."""
    artifact_count: int = 0
    pull_count: int = 0
    updated_at: Utc | None = Field(None, alias="update_time")


class ImageRepositories(Result):
    """A page of repositories."""

    repositories: list[ImageRepository]
    total: int | None
    next_page: int | None


class Tag(Result):
    """A name of an image."""

    name: str


class Artifact(Result):
    """An image."""

    digest: str
    size: int = 0
    """Bytes."""
    tags: list[Tag] = []
    pushed_at: Utc | None = Field(None, alias="push_time")
    scan_overview: Json | None = None
    """By the report's media type: ``scan_status``, ``severity``, ``summary``."""


class Artifacts(Result):
    """A page of images."""

    artifacts: list[Artifact]
    total: int | None
    next_page: int | None


class ScanStarted(Result):
    """The image whose scan has begun; `list_image_artifacts` shows what it found."""

    image: str
    reference: str


class Environment(Result):
    """Where something is deployed to."""

    id: int
    name: str


class Deployment(Result):
    """A deployment."""

    id: int
    status: str
    ref: str | None = None
    sha: str | None = None
    environment: Environment | None = None
    created_at: Utc | None = None
    updated_at: Utc | None = None


class Deployments(Result):
    """A page of deployments, the newest first."""

    deployments: list[Deployment]
    next_page: int | None


class Pipeline(Result):
    """A run of a project's pipeline."""

    id: int
    status: str
    """``created``, ``pending``, ``running``, ``success``, ``failed``, ``canceled`` …"""
    ref: str
    sha: str | None = None
    web_url: str | None = None
    created_at: Utc | None = None
    finished_at: Utc | None = None


class GetIronBankImages(Request[ImageRepositories]):
    """List repositories of hardened images."""

    search: Annotated[str, Field(max_length=100, pattern=r"^[a-z0-9][a-z0-9._/-]*$")] | None = None
    """Part of a name."""
    page: PageNumber = 1
    page_size: Hundred = 50


class ListImageArtifacts(Request[Artifacts]):
    """List the images of a repository, with what scans have found."""

    image: Image
    page: PageNumber = 1
    page_size: Hundred = 50


class TriggerScan(Request[ScanStarted]):
    """Scan an image for vulnerabilities once more."""

    image: Image
    reference: Annotated[
        str, Field(max_length=128, pattern=r"^(sha256:[0-9a-f]{64}|[A-Za-z0-9_][A-Za-z0-9_.-]*)$")
    ]
    """Tag or digest."""


class ListDeployments(Request[Deployments]):
    """List the deployments of a project."""

    project: Project
    environment: Annotated[str, Field(min_length=1, max_length=255)] | None = None
    page: PageNumber = 1
    page_size: Hundred = 20


class GetPipelineStatus(Request[Pipeline]):
    """Tell how far a pipeline is."""

    project: Project
    pipeline_id: Annotated[int, Field(ge=1, le=2**53)]


class DeployApplication(Request[Pipeline]):
    """Run a project's pipeline: Platform One deploys what a repository has, not what is sent."""

    project: Project
    ref: Branch
    """Branch or tag."""
    variables: Annotated[
        dict[
            Annotated[str, Field(max_length=100, pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")],
            Annotated[str, Field(max_length=2000)],
        ],
        Field(max_length=50),
    ] = {}
