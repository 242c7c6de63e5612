"""Operations on Anduril Lattice: https://developer.anduril.com/reference/rest/.

Paths and fields are those of the vendor's reference; no answer of a real environment was seen.
"""

from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from contracts._model import Content, Contract, Request, Result
from contracts._types import Cursor, Latitude, Longitude, Upload, Utc
from contracts.defense.parameters import EntityId, FieldPath, FilePath, GivenJson, Json, TaskId

Template = Annotated[str, Field(max_length=64, pattern=r"^TEMPLATE_[A-Z_]+$")]
"""What kind of thing: ``TEMPLATE_ASSET``, ``TEMPLATE_TRACK``, ``TEMPLATE_GEO`` …"""
Name = Annotated[str, Field(min_length=1, max_length=200)]
TaskState = Annotated[str, Field(max_length=64, pattern=r"^STATUS_[A-Z_]+$")]
"""``STATUS_CREATED``, ``STATUS_EXECUTING``, ``STATUS_DONE_OK``, ``STATUS_DONE_NOT_OK`` …"""


_OWN: Final = frozenset({"entityId", "isLive", "expiryTime", "provenance"})
"""What a parameter says of an entity, checked: no component may say it otherwise."""


class Entity(Result):
    """Something on the common operational picture; all its components are in it."""

    entity_id: str = Field(alias="entityId")
    is_live: bool | None = Field(None, alias="isLive")
    description: str | None = None
    name: str | None = None
    template: str | None = None
    platform_type: str | None = None
    disposition: str | None = None
    """``DISPOSITION_FRIENDLY`` …"""
    latitude: float | None = None
    """Degrees north."""
    longitude: float | None = None
    """Degrees east."""
    altitude_m: float | None = None
    """Metres above the WGS 84 ellipsoid."""
    source_updated_at: Utc | None = None
    expiry_time: Utc | None = Field(None, alias="expiryTime")


class EntityEvent(Result):
    """A change of an entity."""

    event_type: str = Field(alias="eventType")
    """``EVENT_TYPE_PREEXISTING``, ``EVENT_TYPE_CREATED``, ``EVENT_TYPE_UPDATE``, …"""
    time: Utc | None = None
    entity: Entity


class EntityEvents(Result):
    """Changes, those that were asked for, in order."""

    events: list[EntityEvent]
    next_cursor: str | None
    """The session: asked with it, Lattice tells what is new, and waits up to five minutes for it.
    Where the hub gives up before, ask with the same one."""


class TaskStatus(Result):
    """How far a task is."""

    status: str | None = None
    """``STATUS_DONE_OK`` and ``STATUS_DONE_NOT_OK`` are final."""
    task_error: Json | None = Field(None, alias="taskError")
    """``code`` and ``message``."""


class TaskVersion(Result):
    """Which state of a task this is."""

    task_id: str = Field(alias="taskId")
    definition_version: int | None = Field(None, alias="definitionVersion")
    status_version: int | None = Field(None, alias="statusVersion")
    """What `update_task_status` wants."""


class LatticeTask(Result):
    """Work for an agent: what is to be done is in `specification`, in the task's own form."""

    version: TaskVersion
    display_name: str | None = Field(None, alias="displayName")
    description: str | None = None
    status: TaskStatus | None = None
    specification: Json | None = None
    create_time: Utc | None = Field(None, alias="createTime")
    last_update_time: Utc | None = Field(None, alias="lastUpdateTime")


class LatticeTasks(Result):
    """A page of tasks."""

    tasks: list[LatticeTask]
    next_cursor: str | None


class FileMetadata(Result):
    """A file in Lattice."""

    path: str
    sha256: str | None = None
    size_bytes: int
    last_updated_at: Utc
    expiry_time: Utc | None = None


class FileList(Result):
    """A page of files."""

    files: list[FileMetadata]
    next_cursor: str | None


class StoredFile(Content):
    """A file as it is."""


class DeletedFile(Result):
    """The file that is gone."""

    path: str


class Polling(Contract):
    """Where to go on, and how far."""

    batch_size: Annotated[int, Field(ge=1, le=2000)] = 100
    """Events to fetch at most; only those that fit are answered."""
    cursor: Cursor | None = None
    """Absent: a new session, which begins with all that is there."""


class ListAssets(Polling, Request[EntityEvents]):
    """Tell which entities there are, and what has changed since."""

    template: Template | None = "TEMPLATE_ASSET"
    """Only such; null: all."""


class GetDetections(Polling, Request[EntityEvents]):
    """Tell which tracks there are, and what has changed since."""

    include_points_of_interest: bool = True
    """Tell points and signals of interest, too."""


class GetAsset(Request[Entity]):
    """Return one entity: an asset, a track or another."""

    entity_id: EntityId


class PublishEntity(Request[Entity]):
    """Put an entity on the picture, or change one's own: what is newer at its source wins."""

    entity_id: EntityId
    name: Name | None = None
    description: Annotated[str, Field(max_length=2000)] | None = None
    template: Template
    platform_type: Annotated[str, Field(max_length=100)] | None = None
    disposition: Annotated[str, Field(max_length=64, pattern=r"^DISPOSITION_[A-Z_]+$")] | None = (
        None
    )
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    altitude_m: Annotated[float, Field(ge=-12_000, le=50_000_000, allow_inf_nan=False)] | None = (
        None
    )
    """Metres above the WGS 84 ellipsoid."""
    is_live: bool = True
    """False takes it off."""
    expiry_time: Utc
    """In the future, within 30 days."""
    integration_name: Name = "integration-hub"
    data_type: Name
    source_update_time: Utc
    """An older one than Lattice knows of changes nothing."""
    components: GivenJson | None = None
    """Further components in Lattice's own form, by name; one that a parameter gives, too, wins."""

    @model_validator(mode="after")
    def _own(self) -> Self:
        if twice := sorted(_OWN & (self.components or {}).keys()):
            raise ValueError(f"of these there are parameters: {', '.join(twice)}")
        return self


class OverrideEntity(Request[Entity]):
    """Set one field of an entity that another source owns."""

    entity_id: EntityId
    field_path: FieldPath
    entity: GivenJson
    """An entity with that field and no more: ``{"milView": {"disposition": "…"}}``."""


class RemoveEntityOverride(Request[Entity]):
    """Give a field back to the source that owns the entity."""

    entity_id: EntityId
    field_path: FieldPath


class CreateTask(Request[LatticeTask]):
    """Give an agent of Lattice a task.

    What the platform called `track_target` and `deploy_asset`: Lattice knows tasks only, whose
    kinds are an environment's own.
    """

    task_id: TaskId
    """Yours: by it a task is found again, whatever becomes of the answer."""
    display_name: Annotated[str, Field(min_length=1, max_length=100)]
    description: Annotated[str, Field(max_length=2000)] | None = None
    specification: GivenJson
    """``{"@type": "type.googleapis.com/…", …}``: the task's kind, with its own fields."""
    assignee_entity_id: EntityId | None = None
    """Who is to do it."""
    parent_task_id: TaskId | None = None
    is_executed_elsewhere: bool = False
    """Only note it: no agent is told."""


class GetTask(Request[LatticeTask]):
    """Return a task, with how far it is."""

    task_id: TaskId


class UpdateTaskStatus(Request[LatticeTask]):
    """Tell how far a task is, as the agent that does it."""

    task_id: TaskId
    status_version: Annotated[int, Field(ge=0, le=2**31)]
    """The one that is known; where Lattice has a newer one this is refused."""
    status: TaskState


class CancelTask(Request[LatticeTask]):
    """Cancel a task: one that an agent has begun ends when the agent agrees."""

    task_id: TaskId


class QueryTasks(Request[LatticeTasks]):
    """Search tasks."""

    parent_task_id: TaskId | None = None
    """Goes with no other filter."""
    status: TaskState | None = None
    updated_after: Utc | None = None
    updated_before: Utc | None = None
    cursor: Cursor | None = None


class ListFiles(Request[FileList]):
    """List the files that a Lattice environment keeps."""

    prefix: Annotated[str, Field(min_length=1, max_length=1024)] | None = None
    since: Utc | None = None
    all_of_mesh: bool = False
    """Those of all nodes, too."""
    page_size: Annotated[int, Field(ge=1, le=1000)] = 100
    cursor: Cursor | None = None


class GetFile(Request[StoredFile]):
    """Read a file of Lattice's."""

    path: FilePath


class UploadFile(Request[FileMetadata]):
    """Store a file in Lattice, up to what fits into a message."""

    path: FilePath
    content: Upload


class DeleteFile(Request[DeletedFile]):
    """Delete a file in Lattice."""

    path: FilePath
