"""Platform One: Iron Bank's images (Harbor) and Repo One's pipelines (GitLab).

https://github.com/goharbor/harbor/blob/main/api/v2.0/swagger.yaml, https://docs.gitlab.com/api/
"""

from typing import Final
from urllib.parse import quote

from clients._api import HttpCall
from clients._operation import operation
from clients._reading import Whole
from clients.defense import answers
from clients.defense.platforms import Platforms
from contracts import defense as asked

_IMAGES: Final = "/projects/ironbank/repositories"
_ARTIFACTS: Final = f"{_IMAGES}/{{image}}/artifacts"
_LOOK: Final = "defense.list_deployments of the project, and its pipelines, show whether it ran."


class PlatformOne(Platforms):
    """Iron Bank and Repo One."""

    @operation("safe", ttl=60)
    async def get_iron_bank_images(
        self, request: asked.GetIronBankImages
    ) -> asked.ImageRepositories:
        """List repositories of hardened images."""
        search = f"name=~{request.search}" if request.search else None
        query = {"q": search, "page": request.page, "page_size": request.page_size}
        read = answers.registry("repositories", request.page, request.page_size)
        return await self.iron_bank.get(_IMAGES, request, query=query, read=Whole(read))

    @operation("safe")
    async def list_image_artifacts(self, request: asked.ListImageArtifacts) -> asked.Artifacts:
        """List the images of a repository."""
        query = {
            "with_scan_overview": True,
            "page": request.page,
            "page_size": request.page_size,
        }
        read = Whole(answers.registry("artifacts", request.page, request.page_size))
        call = HttpCall("GET", _ARTIFACTS, {"image": _twice(request.image)}, query)
        return self.iron_bank.parse(await self.iron_bank.send(call), asked.Artifacts, read)

    @operation("idempotent")  # it finds the same once more
    async def trigger_scan(self, request: asked.TriggerScan) -> asked.ScanStarted:
        """Scan an image."""
        values = {"image": _twice(request.image), "reference": request.reference}
        await self.iron_bank.send(HttpCall("POST", f"{_ARTIFACTS}/{{reference}}/scan", values))
        return asked.ScanStarted(image=request.image, reference=request.reference)

    @operation("safe")
    async def list_deployments(self, request: asked.ListDeployments) -> asked.Deployments:
        """List the deployments of a project."""
        query = {
            "environment": request.environment,
            "order_by": "created_at",
            "sort": "desc",
            "page": request.page,
            "per_page": request.page_size,
        }
        path, read = "/projects/{project}/deployments", Whole(answers.deployments)
        return await self.repo_one.get(path, request, query=query, read=read)

    @operation("safe")
    async def get_pipeline_status(self, request: asked.GetPipelineStatus) -> asked.Pipeline:
        """Tell how far a pipeline is."""
        return await self.repo_one.get("/projects/{project}/pipelines/{pipeline_id}", request)

    @operation("unsafe", look=_LOOK)
    async def deploy_application(self, request: asked.DeployApplication) -> asked.Pipeline:
        """Run a project's pipeline."""
        variables = [{"key": key, "value": value} for key, value in request.variables.items()]
        body = {"ref": request.ref, "variables": variables}
        return await self.repo_one.post("/projects/{project}/pipeline", request, json=body)


def _twice(image: str) -> str:
    """Return a repository's name quoted, as Harbor wants it, before it is quoted once more."""
    return quote(image, safe="")
