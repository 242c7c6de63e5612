"""Anduril Lattice: entities, tasks, files.

https://developer.anduril.com/
"""

from typing import Any, Final

from clients._api import HttpCall
from clients._body import Body
from clients._operation import operation
from clients._target import text
from clients.defense import answers
from clients.defense.answers import Json, page
from clients.defense.platforms import Platforms
from contracts import defense as asked

_HELD: Final = 310.0
"""Seconds: where nothing is new, Lattice lets wait for five minutes."""
_TRACKS: Final = ("TEMPLATE_TRACK",)
_POINTS: Final = ("TEMPLATE_SENSOR_POINT_OF_INTEREST", "TEMPLATE_SIGNAL_OF_INTEREST")
_LOOK_TASK: Final = "defense.get_task with the same task_id shows whether it is there."


class Lattice(Platforms):
    """One Lattice environment."""

    @operation("safe", timeout=_HELD)
    async def list_assets(self, request: asked.ListAssets) -> asked.EntityEvents:
        """Tell which entities there are, and what has changed since."""
        meant = (request.template,) if request.template else None
        body = {"sessionToken": request.cursor or "", "batchSize": request.batch_size}
        read = answers.events(meant)
        return await self.lattice.post("/entities/events", request, json=body, read=read)

    @operation("safe", timeout=_HELD)
    async def get_detections(self, request: asked.GetDetections) -> asked.EntityEvents:
        """Tell which tracks there are, and what has changed since."""
        meant = _TRACKS + (_POINTS if request.include_points_of_interest else ())
        body = {"sessionToken": request.cursor or "", "batchSize": request.batch_size}
        read = answers.events(meant)
        return await self.lattice.post("/entities/events", request, json=body, read=read)

    @operation("safe")
    async def get_asset(self, request: asked.GetAsset) -> asked.Entity:
        """Return one entity."""
        return await self.lattice.get("/entities/{entity_id}", request, read=answers.entity)

    @operation("idempotent")  # the time at its source decides
    async def publish_entity(self, request: asked.PublishEntity) -> asked.Entity:
        """Put an entity on the picture."""
        body = _entity(request) | (request.components or {})
        return await self.lattice.put("/entities", request, json=body, read=answers.entity)

    @operation("idempotent")  # it sets a value
    async def override_entity(self, request: asked.OverrideEntity) -> asked.Entity:
        """Set one field of another source's entity."""
        path, body = "/entities/{entity_id}/override/{field_path}", {"entity": request.entity}
        return await self.lattice.put(path, request, json=body, read=answers.entity)

    @operation("idempotent")
    async def remove_entity_override(self, request: asked.RemoveEntityOverride) -> asked.Entity:
        """Give a field back to its source."""
        path = "/entities/{entity_id}/override/{field_path}"
        return await self.lattice.delete(path, request, read=answers.entity)

    @operation("unsafe", look=_LOOK_TASK)
    async def create_task(self, request: asked.CreateTask) -> asked.LatticeTask:
        """Give an agent a task."""
        return await self.lattice.post("/tasks", request, json=_task(request))

    @operation("safe")
    async def get_task(self, request: asked.GetTask) -> asked.LatticeTask:
        """Return a task."""
        return await self.lattice.get("/tasks/{task_id}", request)

    @operation("idempotent")  # the version decides
    async def update_task_status(self, request: asked.UpdateTaskStatus) -> asked.LatticeTask:
        """Tell how far a task is."""
        body = {"statusVersion": request.status_version, "newStatus": {"status": request.status}}
        return await self.lattice.put("/tasks/{task_id}/status", request, json=body)

    @operation("idempotent")  # what is cancelled stays so
    async def cancel_task(self, request: asked.CancelTask) -> asked.LatticeTask:
        """Cancel a task."""
        return await self.lattice.put("/tasks/{task_id}/cancel", request, json={})

    @operation("safe")
    async def query_tasks(self, request: asked.QueryTasks) -> asked.LatticeTasks:
        """Search tasks."""
        read = page("tasks", of="tasks")
        return await self.lattice.post("/tasks/query", request, json=_search(request), read=read)

    @operation("safe")
    async def list_files(self, request: asked.ListFiles) -> asked.FileList:
        """List the files of an environment."""
        query = {
            "prefix": request.prefix,
            "sinceTimestamp": request.since,
            "allObjectsInMesh": request.all_of_mesh or None,
            "maxPageSize": request.page_size,
            "pageToken": request.cursor,
        }
        return await self.lattice.get("/objects", request, query=query, read=answers.files)

    @operation("safe", timeout=120)
    async def get_file(self, request: asked.GetFile) -> asked.StoredFile:
        """Read a file."""
        answer = await self.lattice.send(HttpCall("GET", *_place(request.path)))
        return self.lattice.parse(answer, asked.StoredFile)

    @operation("idempotent", timeout=120)  # the same bytes at the same place
    async def upload_file(self, request: asked.UploadFile) -> asked.FileMetadata:
        """Store a file."""
        body = Body(request.content, "application/octet-stream")
        answer = await self.lattice.send(HttpCall("POST", *_place(request.path), body=body))
        return self.lattice.parse(answer, asked.FileMetadata, answers.file)

    @operation("idempotent")  # what is gone stays gone
    async def delete_file(self, request: asked.DeleteFile) -> asked.DeletedFile:
        """Delete a file."""
        await self.lattice.send(HttpCall("DELETE", *_place(request.path)))
        return asked.DeletedFile(path=request.path)


def _entity(request: asked.PublishEntity) -> Json:
    position = {
        "latitudeDegrees": request.latitude,
        "longitudeDegrees": request.longitude,
        "altitudeHaeMeters": request.altitude_m,
    }
    return _given(
        {
            "entityId": request.entity_id,
            "description": request.description,
            "isLive": request.is_live,
            "expiryTime": text(request.expiry_time),
            "aliases": _given({"name": request.name}),
            "ontology": _given(
                {"template": request.template, "platformType": request.platform_type}
            ),
            "milView": _given({"disposition": request.disposition}),
            "location": _given({"position": _given(position)}),
            "provenance": {
                "integrationName": request.integration_name,
                "dataType": request.data_type,
                "sourceUpdateTime": text(request.source_update_time),
            },
        }
    )


def _task(request: asked.CreateTask) -> Json:
    assignee = {"system": {"entityId": request.assignee_entity_id}}
    relations = {
        "assignee": assignee if request.assignee_entity_id else None,
        "parentTaskId": request.parent_task_id,
    }
    return _given(
        {
            "taskId": request.task_id,
            "displayName": request.display_name,
            "description": request.description,
            "specification": request.specification,
            "relations": _given(relations),
            "isExecutedElsewhere": request.is_executed_elsewhere,
        }
    )


def _search(request: asked.QueryTasks) -> Json:
    span = {"startTime": request.updated_after, "endTime": request.updated_before}
    return _given(
        {
            "pageToken": request.cursor,
            "parentTaskId": request.parent_task_id,
            "statusFilter": _given({"status": request.status}),
            "updateTimeRange": {name: text(one) for name, one in span.items() if one},
        }
    )


def _given(values: Json) -> Json:
    """Return what was given: neither None nor an empty object."""
    return {name: value for name, value in values.items() if value is not None and value != {}}


def _place(path: str) -> tuple[str, dict[str, Any]]:
    """Return template and values of a file's address: each folder is a part of its own."""
    parts = {f"part_{at}": part for at, part in enumerate(path.split("/"))}
    return "/".join(["/objects", *(f"{{{name}}}" for name in parts)]), parts
