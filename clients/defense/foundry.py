"""Palantir Foundry: ontologies, datasets, builds.

https://www.palantir.com/docs/foundry/api/v2/
"""

from typing import Any, Final

from clients._operation import operation
from clients.defense.answers import Json, executed, objects, page, under
from clients.defense.platforms import Platforms
from contracts import defense as asked

_TYPES: Final = "/v2/ontologies/{ontology}/objectTypes"
_OBJECTS: Final = "/v2/ontologies/{ontology}/objects/{object_type}"
_FILES: Final = "/v2/datasets/{dataset_rid}/files"
_LOOK_ACTION: Final = "The objects that it changes show whether it ran: defense.query_ontology."
_LOOK_BUILD: Final = "defense.get_dataset_file shows what was built; a second build does no harm."


class Foundry(Platforms):
    """Foundry, API v2."""

    @operation("safe", ttl=60)
    async def list_ontologies(self, request: asked.ListOntologies) -> asked.Ontologies:
        """List the ontologies."""
        read = page("ontologies")
        return await self.foundry.get("/v2/ontologies", request, read=read)

    @operation("safe", ttl=60)
    async def list_object_types(self, request: asked.ListObjectTypes) -> asked.ObjectTypes:
        """List the types of objects of an ontology."""
        query, read = _page(request), page("object_types")
        return await self.foundry.get(_TYPES, request, query=query, read=read)

    @operation("safe")
    async def query_ontology(self, request: asked.QueryOntology) -> asked.Objects:
        """Search objects of one type."""
        sorting = {"fields": [one.model_dump() for one in request.order_by]}
        body = {
            "where": request.where,
            "select": request.select,
            "orderBy": sorting if request.order_by else None,
            "pageSize": request.page_size,
            "pageToken": request.cursor,
        }
        path = f"{_OBJECTS}/search"
        return await self.foundry.post(path, request, json=_given(body), read=objects)

    @operation("safe")
    async def get_object(self, request: asked.GetObject) -> asked.FoundryObject:
        """Return one object."""
        path, read = f"{_OBJECTS}/{{primary_key}}", under("properties")
        return await self.foundry.get(path, request, read=read)

    @operation("safe")
    async def get_object_graph(self, request: asked.GetObjectGraph) -> asked.Objects:
        """List the objects that one is linked to."""
        path = f"{_OBJECTS}/{{primary_key}}/links/{{link_type}}"
        return await self.foundry.get(path, request, query=_page(request), read=objects)

    @operation("safe")
    async def aggregate_objects(self, request: asked.AggregateObjects) -> asked.Aggregates:
        """Count or measure objects, by groups."""
        body = {
            "aggregation": request.aggregation,
            "groupBy": request.group_by,
            "where": request.where,
        }
        path, read = f"{_OBJECTS}/aggregate", page("groups")
        return await self.foundry.post(path, request, json=_given(body), read=read)

    @operation("unsafe", timeout=120, look=_LOOK_ACTION)
    async def apply_action(self, request: asked.ApplyAction) -> asked.ActionOutcome:
        """Run an action."""
        mode = "VALIDATE_ONLY" if request.validate_only else "VALIDATE_AND_EXECUTE"
        edits = "ALL" if request.return_edits else "NONE"
        body = {
            "parameters": request.parameters,
            "options": {"mode": mode, "returnEdits": edits},
        }
        path = "/v2/ontologies/{ontology}/actions/{action}/apply"
        read = None if request.validate_only else executed
        return await self.foundry.post(path, request, json=body, read=read)

    @operation("safe", timeout=60)
    async def execute_query(self, request: asked.ExecuteQuery) -> asked.QueryOutcome:
        """Run a query function."""
        path, body = "/v2/ontologies/{ontology}/queries/{query}/execute", request.parameters
        return await self.foundry.post(path, request, json={"parameters": body})

    @operation("safe")
    async def list_datasets(self, request: asked.ListDatasets) -> asked.Resources:
        """List what is in a folder."""
        path, query = "/v2/filesystem/folders/{folder_rid}/children", _page(request)
        query |= {"preview": True}  # asked for as long as it is a beta
        return await self.foundry.get(path, request, query=query, read=page("resources"))

    @operation("safe")
    async def get_dataset(self, request: asked.GetDataset) -> asked.Dataset:
        """Tell about a dataset."""
        return await self.foundry.get("/v2/datasets/{dataset_rid}", request)

    @operation("safe")
    async def list_dataset_files(self, request: asked.ListDatasetFiles) -> asked.DatasetFiles:
        """List the files of a dataset."""
        query = _page(request) | {"branchName": request.branch}
        return await self.foundry.get(_FILES, request, query=query, read=page("files"))

    @operation("safe", timeout=120)
    async def get_dataset_file(self, request: asked.GetDatasetFile) -> asked.FileContent:
        """Read a file of a dataset."""
        path, query = f"{_FILES}/{{path}}/content", {"branchName": request.branch}
        return await self.foundry.get(path, request, query=query)

    @operation("unsafe", look=_LOOK_BUILD)
    async def run_pipeline(self, request: asked.RunPipeline) -> asked.Build:
        """Build datasets."""
        body = {
            "target": {"type": "manual", "targetRids": request.target_rids},
            "branchName": request.branch,
            "fallbackBranches": request.fallback_branches,
            "forceBuild": request.force,
        }
        return await self.foundry.post("/v2/orchestration/builds/create", request, json=body)

    @operation("safe")
    async def get_build(self, request: asked.GetBuild) -> asked.Build:
        """Tell how far a build has come."""
        return await self.foundry.get("/v2/orchestration/builds/{build_rid}", request)


def _page(
    request: asked.ListObjectTypes
    | asked.GetObjectGraph
    | asked.ListDatasets
    | asked.ListDatasetFiles,
) -> dict[str, Any]:
    return {"pageSize": request.page_size, "pageToken": request.cursor}


def _given(body: Json) -> Json:
    return {name: value for name, value in body.items() if value is not None}
