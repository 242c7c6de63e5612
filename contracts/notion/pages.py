"""Operations on pages: https://developers.notion.com/reference/page."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from contracts._model import Part, Request
from contracts._types import Cursor, Name
from contracts.notion.parameters import (
    BlockList,
    Direction,
    Id,
    Json,
    Markdown,
    PageSize,
    PropertyIds,
    Values,
    exactly_one,
)
from contracts.notion.results import Found, Page, PageMarkdown, PropertyItems


class Search(Request[Found]):
    """Pages and data sources shared with the connection, by title."""

    query: Annotated[str, Field(max_length=2000)] | None = None
    """Words of the title; absent: all."""
    kind: Literal["page", "data_source"] | None = None
    """Only those; absent: both."""
    direction: Direction | None = None
    """By time of the last edit; absent: by relevance."""
    start_cursor: Cursor | None = None
    page_size: PageSize = 100


class GetPage(Request[Page]):
    """One page: its properties, not its blocks."""

    page_id: Id
    filter_properties: PropertyIds | None = None
    """Only these properties; absent: all."""


class GetPageProperty(Request[PropertyItems]):
    """One property of a page in full: pages cut lists at 25 items."""

    page_id: Id
    property_id: Name
    """As the page shows it (``M%3BBw``)."""
    start_cursor: Cursor | None = None
    page_size: PageSize = 100


class CreatePage(Request[Page]):
    """A new page, or a new row."""

    data_source_id: Id | None = None
    """Table of the new row."""
    database_id: Id | None = None
    """Database of the new row, if it has one data source only."""
    page_id: Id | None = None
    """Page above the new page. Without any parent: the database NOTION_DATABASE_ID."""
    properties: Values = {}
    children: BlockList | None = None
    """Its content, as blocks."""
    markdown: Markdown | None = None
    """Its content, as Markdown, in place of `children`."""
    icon: Json | None = None
    """``{"emoji": "🐞"}``, or an external file."""
    cover: Json | None = None
    """An external file."""

    @model_validator(mode="after")
    def _plain(self) -> "CreatePage":
        parents = (self.data_source_id, self.database_id, self.page_id)
        if sum(parent is not None for parent in parents) > 1:
            raise ValueError("give one of data_source_id, database_id, page_id, or none")
        if self.children is not None and self.markdown is not None:
            raise ValueError("give children or markdown, not both")
        return self


class UpdatePage(Request[Page]):
    """New values for some properties of a page, or the trash."""

    page_id: Id
    properties: Values | None = None
    in_trash: bool | None = None
    """Whether it lies in the trash from now on."""
    icon: Json | None = None
    cover: Json | None = None

    @model_validator(mode="after")
    def _something(self) -> "UpdatePage":
        if all(v is None for v in (self.properties, self.in_trash, self.icon, self.cover)):
            raise ValueError("give at least one of properties, in_trash, icon, cover")
        return self


class MovePage(Request[Page]):
    """A page under another parent."""

    page_id: Id
    to_page_id: Id | None = None
    to_data_source_id: Id | None = None

    @model_validator(mode="after")
    def _one(self) -> "MovePage":
        exactly_one(to_page_id=self.to_page_id, to_data_source_id=self.to_data_source_id)
        return self


class GetPageMarkdown(Request[PageMarkdown]):
    """A page, or one of its blocks, as Markdown."""

    page_id: Id
    """Of the page, or one of the `unknown_block_ids` of a truncated answer."""
    include_transcript: bool = False
    """Whether meeting notes bring their transcript."""


class Edit(Part):
    """One text in place of another."""

    old: Annotated[str, Field(min_length=1, max_length=200_000)]
    """Exactly as the page's Markdown has it, once unless `everywhere`."""
    new: Markdown
    everywhere: bool = False


class UpdatePageMarkdown(Request[PageMarkdown]):
    """New content for a page, as Markdown."""

    page_id: Id
    replace: Markdown | None = None
    """The whole new content."""
    edits: Annotated[list[Edit], Field(min_length=1, max_length=100)] | None = None
    insert: Markdown | None = None
    """Further content."""
    at: Literal["start", "end"] = "end"
    """Where `insert` goes."""
    allow_deleting_content: bool = False
    """Whether child pages and databases may go with what is replaced."""

    @model_validator(mode="after")
    def _one(self) -> "UpdatePageMarkdown":
        exactly_one(replace=self.replace, edits=self.edits, insert=self.insert)
        return self
