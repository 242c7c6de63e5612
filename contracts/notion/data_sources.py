"""Operations on databases and their tables: https://developers.notion.com/reference/data-source."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from contracts._model import Request
from contracts._types import Cursor, Name
from contracts.notion.parameters import (
    Id,
    Json,
    PageSize,
    PropertyIds,
    RichTexts,
    Schema,
    Sort,
)
from contracts.notion.results import Database, DataSource, Found, Templates

Filter = Json
"""https://developers.notion.com/reference/filter-data-source-entries."""

Sorts = Annotated[list[Sort], Field(max_length=100)]
"""The first counts most."""


class QueryDatabase(Request[Found]):
    """Rows of a database that has one data source; costs two calls, `query_data_source` one."""

    database_id: Id | None = None
    """Absent: NOTION_DATABASE_ID."""
    filter: Filter | None = None
    sorts: Sorts | None = None
    filter_properties: PropertyIds | None = None
    """Only these properties of each row; absent: all."""
    start_cursor: Cursor | None = None
    page_size: PageSize = 100


class GetDatabase(Request[Database]):
    """A database, with the names of its data sources."""

    database_id: Id


class QueryDataSource(Request[Found]):
    """Rows of a data source."""

    data_source_id: Id
    filter: Filter | None = None
    sorts: Sorts | None = None
    filter_properties: PropertyIds | None = None
    """Only these properties of each row; absent: all."""
    start_cursor: Cursor | None = None
    page_size: PageSize = 100
    in_trash: bool | None = None
    """Rows in the trash in place of the others."""
    result_type: Literal["page", "data_source"] | None = None
    """Of a wiki: only those; absent: both."""


class GetDataSource(Request[DataSource]):
    """A data source: its schema, not its rows."""

    data_source_id: Id


class CreateDataSource(Request[DataSource]):
    """A further table in a database."""

    database_id: Id
    properties: Schema
    title: RichTexts | None = None


class UpdateDataSource(Request[DataSource]):
    """A new title or schema for a data source, or the trash."""

    data_source_id: Id
    title: RichTexts | None = None
    properties: Schema | None = None
    """Those that change; null drops one, ``{"name": …}`` renames one."""
    in_trash: bool | None = None
    """Whether it lies in the trash from now on."""

    @model_validator(mode="after")
    def _something(self) -> "UpdateDataSource":
        if self.title is None and self.properties is None and self.in_trash is None:
            raise ValueError("give at least one of title, properties, in_trash")
        return self


class ListDataSourceTemplates(Request[Templates]):
    """The templates of a data source."""

    data_source_id: Id
    name: Name | None = None
    """Part of the name, in any case; absent: all."""
    start_cursor: Cursor | None = None
    page_size: PageSize = 100
