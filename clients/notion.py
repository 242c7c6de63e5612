"""Notion: pages, blocks, tables, comments.

https://developers.notion.com/reference
"""

from typing import Any, Final
from urllib.parse import unquote

from clients._api import HttpCall
from clients._auth import Bearer
from clients._body import fields
from clients._client import Client
from clients._limits import Rate
from clients._operation import operation
from clients._upstream import Upstream
from clients._verdict import Manners
from contracts import Facts, FieldError, InvalidRequest
from contracts.notion import (
    AppendBlocks,
    Appended,
    AppendText,
    Block,
    Blocks,
    Comment,
    Comments,
    CreateComment,
    CreateDataSource,
    CreatePage,
    Database,
    DataSource,
    DeleteBlock,
    Found,
    GetBlock,
    GetBlockChildren,
    GetDatabase,
    GetDataSource,
    GetMe,
    GetPage,
    GetPageMarkdown,
    GetPageProperty,
    GetUser,
    ListComments,
    ListDataSourceTemplates,
    ListUsers,
    MovePage,
    Page,
    PageMarkdown,
    PropertyItems,
    QueryDatabase,
    QueryDataSource,
    Search,
    Templates,
    UpdateBlock,
    UpdateDataSource,
    UpdatePage,
    UpdatePageMarkdown,
    User,
    Users,
)

_MARKDOWN: Final = {"Notion-Version": "2026-03-11"}  # the first version that has it


class Notion(Client):
    """A Notion workspace, as far as it is shared with one connection."""

    api = Upstream(
        "https://api.notion.com/v1",
        auth=Bearer("NOTION_API_KEY", "NOTION_TOKEN"),
        headers={"Notion-Version": "2025-09-03"},
        limits=[
            Rate(
                3, per=1, burst=10, source="https://developers.notion.com/reference/request-limits"
            )
        ],
        probe="/users/me",
        manners=Manners(throttled=frozenset({429, 529})),
    )
    variables = ("NOTION_DATABASE_ID",)
    samples = {"NOTION_DATABASE_ID": "d9824bdc-8445-4327-be8b-5b47500af6ce"}

    @operation("safe")
    async def search(self, request: Search) -> Found:
        """Find pages and data sources by title."""
        body = fields(request, "kind", "direction")
        if request.kind:
            body["filter"] = {"property": "object", "value": request.kind}
        if request.direction:
            body["sort"] = {"timestamp": "last_edited_time", "direction": request.direction}
        return await self.api.post("/search", request, json=body)

    @operation("safe")
    async def query_database(self, request: QueryDatabase) -> Found:
        """Return rows of a database with one data source; of several it tells the names."""
        at = {"database_id": request.database_id or self._own_database()}
        answer = await self.api.send(HttpCall("GET", "/databases/{database_id}", at))
        sources = self.api.parse(answer, Database).data_sources
        if len(sources) != 1:
            names = ", ".join(f"{one.name} ({one.id})" for one in sources) or "none it may read"
            raise _unfit(f"has not one data source, but: {names}; ask notion.query_data_source")
        rows = QueryDataSource(data_source_id=sources[0].id, **fields(request, "database_id"))
        return await self.query_data_source(rows)

    @operation("safe")
    async def query_data_source(self, request: QueryDataSource) -> Found:
        """Return rows of a data source."""
        path = "/data_sources/{data_source_id}/query{?filter_properties}"
        return await self.api.post(path, request)

    @operation("safe")
    async def get_database(self, request: GetDatabase) -> Database:
        """Return a database, with the names of its data sources."""
        return await self.api.get("/databases/{database_id}", request)

    @operation("safe")
    async def get_data_source(self, request: GetDataSource) -> DataSource:
        """Return the schema of a data source."""
        return await self.api.get("/data_sources/{data_source_id}", request)

    @operation("unsafe")  # Notion has no idempotency key
    async def create_data_source(self, request: CreateDataSource) -> DataSource:
        """Add a data source to a database."""
        parent = {"type": "database_id", "database_id": request.database_id}
        body = {"parent": parent, **fields(request, "database_id")}
        return await self.api.post("/data_sources", request, json=body)

    @operation("unsafe")  # a property renamed by its name is not found again
    async def update_data_source(self, request: UpdateDataSource) -> DataSource:
        """Change title or schema of a data source."""
        return await self.api.patch("/data_sources/{data_source_id}", request)

    @operation("safe")
    async def list_data_source_templates(self, request: ListDataSourceTemplates) -> Templates:
        """List the templates of a data source."""
        return await self.api.get("/data_sources/{data_source_id}/templates", request)

    @operation("safe")
    async def get_page(self, request: GetPage) -> Page:
        """Return one page by its id."""
        return await self.api.get("/pages/{page_id}", request)

    @operation("safe")
    async def get_page_property(self, request: GetPageProperty) -> PropertyItems:
        """Return one property of a page in full."""
        path = "/pages/{page_id}/properties/{property_id}{?start_cursor,page_size}"
        # a page shows the id quoted, for use in addresses
        at = {**vars(request), "property_id": unquote(request.property_id)}
        answer = await self.api.send(HttpCall("GET", path, at))
        return self.api.parse(answer, PropertyItems, _items)

    @operation("unsafe")
    async def create_page(self, request: CreatePage) -> Page:
        """Add a page under a page, or a row to a table."""
        parents = ("data_source_id", "database_id", "page_id")
        kind = next((one for one in parents if getattr(request, one)), "database_id")
        parent = {"type": kind, kind: getattr(request, kind) or self._own_database()}
        body = {"parent": parent, **fields(request, *parents)}
        return await self.api.post("/pages", request, json=body)

    @operation("idempotent")
    async def update_page(self, request: UpdatePage) -> Page:
        """Set some properties of a page, or move it to the trash or back."""
        return await self.api.patch("/pages/{page_id}", request)

    @operation("idempotent")
    async def move_page(self, request: MovePage) -> Page:
        """Move a page under another parent."""
        kind = "page_id" if request.to_page_id else "data_source_id"
        parent = {"type": kind, kind: request.to_page_id or request.to_data_source_id}
        return await self.api.post("/pages/{page_id}/move", request, json={"parent": parent})

    @operation("safe")
    async def get_page_markdown(self, request: GetPageMarkdown) -> PageMarkdown:
        """Return a page, or a block, as Markdown."""
        return await self.api.saying(_MARKDOWN).get("/pages/{page_id}/markdown", request)

    @operation("unsafe")  # what was inserted or replaced once must not be again
    async def update_page_markdown(self, request: UpdatePageMarkdown) -> PageMarkdown:
        """Replace, edit or extend a page's content, as Markdown."""
        api, body = self.api.saying(_MARKDOWN), _command(request)
        return await api.patch("/pages/{page_id}/markdown", request, json=body)

    @operation("safe")
    async def get_block(self, request: GetBlock) -> Block:
        """Return one block."""
        return await self.api.get("/blocks/{block_id}", request)

    @operation("safe")
    async def get_block_children(self, request: GetBlockChildren) -> Blocks:
        """Return the blocks in a page or a block."""
        return await self.api.get("/blocks/{block_id}/children", request)

    @operation("unsafe")
    async def append_blocks(self, request: AppendBlocks) -> Appended:
        """Add blocks to a page or a block."""
        return await self.api.patch("/blocks/{page_id}/children", request)

    @operation("unsafe")
    async def append_text(self, request: AppendText) -> Appended:
        """Add one paragraph at the end of a page."""
        paragraph = {"type": "paragraph", "paragraph": {"rich_text": _plain(request.text)}}
        path, body = "/blocks/{page_id}/children", {"children": [paragraph]}
        return await self.api.patch(path, request, json=body)

    @operation("idempotent")
    async def update_block(self, request: UpdateBlock) -> Block:
        """Set the content of a block, or move it to the trash or back."""
        body = {**(request.content or {}), **fields(request, "block_id", "content")}
        return await self.api.patch("/blocks/{block_id}", request, json=body)

    @operation("idempotent")
    async def delete_block(self, request: DeleteBlock) -> Block:
        """Move a block to the trash."""
        return await self.api.delete("/blocks/{block_id}", request)

    @operation("safe")
    async def list_comments(self, request: ListComments) -> Comments:
        """List the unresolved comments on a page or a block."""
        return await self.api.get("/comments", request)

    @operation("unsafe")
    async def create_comment(self, request: CreateComment) -> Comment:
        """Comment on a page, or go on with a discussion."""
        body = fields(request, "page_id", "text")
        if request.page_id:
            body["parent"] = {"page_id": request.page_id}
        if request.text:
            body["rich_text"] = _plain(request.text)
        return await self.api.post("/comments", request, json=body)

    @operation("safe")
    async def get_me(self, request: GetMe) -> User:
        """Return the bot behind the hub's key."""
        return await self.api.get("/users/me", request)

    @operation("safe")
    async def get_user(self, request: GetUser) -> User:
        """Return one person or bot."""
        return await self.api.get("/users/{user_id}", request)

    @operation("safe")
    async def list_users(self, request: ListUsers) -> Users:
        """List people and bots of the workspace."""
        return await self.api.get("/users", request)

    def _own_database(self) -> str:
        found = self.env.get("NOTION_DATABASE_ID")
        if found is None:
            raise _unfit("is needed where NOTION_DATABASE_ID is not set")
        return found


def _unfit(message: str) -> InvalidRequest:
    errors = (FieldError(field="database_id", message=message),)
    return InvalidRequest(f"database_id {message}.", Facts(errors=errors))


def _plain(text: str) -> list[dict[str, Any]]:
    return [{"type": "text", "text": {"content": text}}]


def _items(answer: dict[str, Any]) -> dict[str, Any]:
    # most kinds of property come as the one item itself
    return answer if answer["object"] == "list" else {"results": [answer], "has_more": False}


def _command(request: UpdatePageMarkdown) -> dict[str, Any]:
    may = {"allow_deleting_content": request.allow_deleting_content}
    if request.replace is not None:
        return _typed("replace_content", {"new_str": request.replace, **may})
    if request.insert is not None:
        at = {"position": {"type": request.at}}
        return _typed("insert_content", {"content": request.insert, **at})
    edits = [
        {"old_str": one.old, "new_str": one.new, "replace_all_matches": one.everywhere}
        for one in request.edits or ()
    ]
    return _typed("update_content", {"content_updates": edits, **may})


def _typed(kind: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"type": kind, kind: value}
