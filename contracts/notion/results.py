"""What Notion answers. What its key may not read comes as object and id alone."""

from typing import Annotated, Literal

from pydantic import Field

from contracts._model import Result
from contracts._types import Utc
from contracts.notion.parameters import Id


class RichText(Result):
    """A piece of text: https://developers.notion.com/reference/rich-text."""

    type: str
    """``text``, ``mention`` or ``equation``."""
    plain_text: str
    href: str | None = None
    """Where it links to."""


class Parent(Result):
    """Where something lies: https://developers.notion.com/reference/parent-object."""

    type: str
    """Name of the one field that is set; ``workspace`` for the top."""
    page_id: str | None = None
    data_source_id: str | None = None
    database_id: str | None = None
    block_id: str | None = None


class User(Result):
    """A person or a bot; inside other objects often its id alone."""

    object: Literal["user"]
    id: str
    type: str | None = None
    """``person`` or ``bot``; the field of that name has the rest."""
    name: str | None = None
    avatar_url: str | None = None


class Thing(Result):
    """What pages, blocks, data sources, databases and comments have in common."""

    id: str
    created_time: Utc | None = None
    last_edited_time: Utc | None = None
    created_by: User | None = None
    last_edited_by: User | None = None
    parent: Parent | None = None
    in_trash: bool = False


class PropertyValue(Result):
    """One property of one page; the field named as `type` has the value."""

    id: str
    type: str


class PropertySchema(Result):
    """One property of a data source; the field named as `type` has its settings."""

    id: str
    name: str
    type: str


class Page(Thing):
    """A page, or a row: its properties, not its blocks."""

    object: Literal["page"]
    url: str | None = None
    public_url: str | None = None
    """Where anyone can read it, if it is published."""
    properties: dict[str, PropertyValue] = {}
    """By name."""


class DataSource(Thing):
    """A table: its schema, not its rows."""

    object: Literal["data_source"]
    url: str | None = None
    title: list[RichText] = []
    description: list[RichText] = []
    properties: dict[str, PropertySchema] = {}
    """By name."""
    database_parent: Parent | None = None
    """Where its database lies."""


class DataSourceName(Result):
    """One table of a database."""

    id: Id
    name: str


class Database(Thing):
    """A holder of data sources."""

    object: Literal["database"]
    url: str | None = None
    title: list[RichText] = []
    description: list[RichText] = []
    data_sources: list[DataSourceName] = []


class Block(Thing):
    """A piece of a page; the field named as `type` has its content."""

    object: Literal["block"]
    type: str | None = None
    has_children: bool = False


class Comment(Thing):
    """One comment of a discussion."""

    object: Literal["comment"]
    discussion_id: str | None = None
    rich_text: list[RichText] = []


class Completeness(Result):
    """Whether all that match can be reached by paging."""

    type: str
    """``complete`` or ``incomplete``."""
    incomplete_reason: str | None = None


class Part(Result):
    """One part of a longer list."""

    has_more: bool
    next_cursor: str | None = None
    """What `start_cursor` has to be for the next part."""


class Found(Part):
    """Pages and data sources."""

    results: list[Annotated[Page | DataSource, Field(discriminator="object")]]
    request_status: Completeness | None = None
    """Set where the vendor cuts a long list short."""


class Blocks(Part):
    """Blocks, in their order."""

    results: list[Block]


class Appended(Blocks):
    """The blocks that were made."""


class Users(Part):
    """People and bots of the workspace."""

    results: list[User]


class Comments(Part):
    """Unresolved comments, oldest first."""

    results: list[Comment]


class PropertyItems(Part):
    """The value of one property, item by item; most kinds have one."""

    results: list[PropertyValue]


class Template(Result):
    """A template of a data source."""

    id: str
    name: str
    is_default: bool


class Templates(Part):
    """Templates of a data source."""

    templates: list[Template]


class PageMarkdown(Result):
    """A page as enhanced Markdown."""

    object: Literal["page_markdown"]
    id: str
    markdown: str
    truncated: bool
    """Whether it was too long: ask for the `unknown_block_ids`, one by one, for the rest."""
    unknown_block_ids: list[str]
