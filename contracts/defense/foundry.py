"""Operations on Palantir Foundry, API v2: https://www.palantir.com/docs/foundry/api/v2/."""

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from contracts._model import Content, Part, Request, Result
from contracts._types import Cursor, MaybeInt, Utc
from contracts.defense.parameters import ApiName, Branch, FilePath, GivenJson, Json, Key, Rid

Ontology = ApiName | Rid
PageSize = Annotated[int, Field(ge=1, le=1000)]


class OntologySummary(Result):
    """An ontology."""

    rid: str
    api_name: str = Field(alias="apiName")
    display_name: str = Field(alias="displayName")
    description: str | None = None


class Ontologies(Result):
    """The ontologies that the hub may see."""

    ontologies: list[OntologySummary]


class ObjectType(Result):
    """A type of objects."""

    rid: str
    api_name: str = Field(alias="apiName")
    display_name: str | None = Field(None, alias="displayName")
    description: str | None = None
    status: str | None = None
    primary_key: str = Field(alias="primaryKey")
    """Name of the property."""
    properties: dict[str, JsonValue] = {}
    """By name; each in Foundry's own description of types."""


class ObjectTypes(Result):
    """A page of types."""

    object_types: list[ObjectType]
    next_cursor: str | None


class Objects(Result):
    """A page of objects, each with the properties that its type has in the ontology."""

    objects: list[Json]
    total: MaybeInt = None
    next_cursor: str | None


class FoundryObject(Result):
    """One object, with the properties that its type has in the ontology."""

    properties: Json


class Aggregates(Result):
    """Groups, each with its key and its metrics, as they were asked for."""

    groups: list[Json]
    accuracy: str
    """``ACCURATE`` or ``APPROXIMATE``."""
    excluded_items: int | None = Field(None, alias="excludedItems")


class ActionOutcome(Result):
    """What an action did; its own words are free in form."""

    validation: Json | None = None
    """``result`` is ``VALID`` or ``INVALID``, with the reasons."""
    edits: Json | None = None
    """What it changed, where that was asked for."""


class QueryOutcome(Result):
    """What a query returned: a value, an object or a list, as its author decided."""

    value: JsonValue


class Resource(Result):
    """A dataset, a folder, or what else there is in a folder."""

    rid: str
    name: str = Field(alias="displayName")
    type: str
    """``FOUNDRY_DATASET``, ``COMPASS_FOLDER`` …"""
    path: str | None = None
    updated_at: Utc | None = Field(None, alias="updatedTime")


class Resources(Result):
    """A page of what is in a folder."""

    resources: list[Resource]
    next_cursor: str | None


class Dataset(Result):
    """A dataset."""

    rid: str
    name: str
    parent_folder_rid: str = Field(alias="parentFolderRid")


class DatasetFile(Result):
    """A file of a dataset."""

    path: str
    transaction_rid: str = Field(alias="transactionRid")
    size_bytes: MaybeInt = Field(None, alias="sizeBytes")
    updated_at: Utc = Field(alias="updatedTime")


class DatasetFiles(Result):
    """A page of files."""

    files: list[DatasetFile]
    next_cursor: str | None


class FileContent(Content):
    """A file as it is."""


class Build(Result):
    """A run of a pipeline."""

    rid: str
    status: str
    """``RUNNING``, ``SUCCEEDED``, ``FAILED`` or ``CANCELED``."""
    branch_name: str | None = Field(None, alias="branchName")
    created_at: Utc | None = Field(None, alias="createdTime")


class ListOntologies(Request[Ontologies]):
    """List the ontologies."""


class ListObjectTypes(Request[ObjectTypes]):
    """List the types of objects of an ontology."""

    ontology: Ontology
    page_size: PageSize = 100
    cursor: Cursor | None = None


class Sorting(Part):
    """One property to sort by."""

    field: ApiName
    direction: Literal["asc", "desc"] = "asc"


class QueryOntology(Request[Objects]):
    """Search objects of one type."""

    ontology: Ontology
    object_type: ApiName
    where: GivenJson | None = None
    """A condition in Foundry's own form, ``{"type": "eq", "field": "age", "value": 21}``; absent:
    all objects. https://www.palantir.com/docs/foundry/api/v2/ontologies-v2-resources/ontology-objects/search-objects."""
    select: Annotated[list[ApiName], Field(max_length=200)] = []
    """Properties to answer; none named: all."""
    order_by: Annotated[list[Sorting], Field(max_length=10)] = []
    page_size: PageSize = 100
    cursor: Cursor | None = None


class GetObject(Request[FoundryObject]):
    """Return one object."""

    ontology: Ontology
    object_type: ApiName
    primary_key: Key


class GetObjectGraph(Request[Objects]):
    """List the objects that one is linked to by one type of link."""

    ontology: Ontology
    object_type: ApiName
    primary_key: Key
    link_type: ApiName
    page_size: PageSize = 100
    cursor: Cursor | None = None


class AggregateObjects(Request[Aggregates]):
    """Count or measure objects of one type, by groups."""

    ontology: Ontology
    object_type: ApiName
    aggregation: Annotated[list[GivenJson], Field(min_length=1, max_length=20)]
    """Metrics in Foundry's own form: ``{"type": "count", "name": "how_many"}``."""
    group_by: Annotated[list[GivenJson], Field(max_length=10)] = []
    """Groups in Foundry's own form: ``{"type": "exact", "field": "department"}``."""
    where: GivenJson | None = None


class ApplyAction(Request[ActionOutcome]):
    """Run an action of the ontology, which may change objects."""

    ontology: Ontology
    action: ApiName
    parameters: Annotated[Json, Field(max_length=200)]
    """As the action's type names them."""
    validate_only: bool = False
    """Tell whether it would run, and change nothing."""
    return_edits: bool = False


class ExecuteQuery(Request[QueryOutcome]):
    """Run a query function of the ontology, which only reads."""

    ontology: Ontology
    query: ApiName
    parameters: Annotated[Json, Field(max_length=200)] = {}


class ListDatasets(Request[Resources]):
    """List what is in a folder, datasets among it (public beta of Foundry's)."""

    folder_rid: Rid
    page_size: Annotated[int, Field(ge=1, le=2000)] = 100
    cursor: Cursor | None = None


class GetDataset(Request[Dataset]):
    """Tell about a dataset."""

    dataset_rid: Rid


class ListDatasetFiles(Request[DatasetFiles]):
    """List the files of a dataset."""

    dataset_rid: Rid
    branch: Branch | None = None
    page_size: PageSize = 100
    cursor: Cursor | None = None


class GetDatasetFile(Request[FileContent]):
    """Read a file of a dataset."""

    dataset_rid: Rid
    path: FilePath
    branch: Branch | None = None


class RunPipeline(Request[Build]):
    """Build datasets: what makes them runs."""

    target_rids: Annotated[list[Rid], Field(min_length=1, max_length=100)]
    branch: Branch = "master"
    fallback_branches: Annotated[list[Branch], Field(max_length=10)] = []
    force: bool = False
    """Build what is up to date, too."""


class GetBuild(Request[Build]):
    """Tell how far a build has come."""

    build_rid: Rid
