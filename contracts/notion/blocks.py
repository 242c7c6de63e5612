"""Operations on blocks and comments: https://developers.notion.com/reference/block."""

from pydantic import model_validator

from contracts._model import Request
from contracts._types import Cursor
from contracts.notion.parameters import (
    BlockList,
    Id,
    Json,
    PageSize,
    RichTexts,
    Text,
    exactly_one,
)
from contracts.notion.results import Appended, Block, Blocks, Comment, Comments


class GetBlock(Request[Block]):
    """One block, without what lies in it."""

    block_id: Id


class GetBlockChildren(Request[Blocks]):
    """The blocks directly in a page or a block."""

    block_id: Id
    """Of the block, or of the page."""
    start_cursor: Cursor | None = None
    page_size: PageSize = 100


class AppendBlocks(Request[Appended]):
    """New blocks in a page or a block."""

    page_id: Id
    """Of the page, or of the block."""
    children: BlockList
    after: Id | None = None
    """The block in it that they follow; absent: at the end."""


class AppendText(Request[Appended]):
    """One new paragraph at the end of a page or a block."""

    page_id: Id
    """Of the page, or of the block."""
    text: Text


class UpdateBlock(Request[Block]):
    """New content for a block, or the trash."""

    block_id: Id
    content: Json | None = None
    """By the block's own type, which cannot change: ``{"paragraph": {"rich_text": […]}}``."""
    in_trash: bool | None = None
    """Whether it lies in the trash from now on."""

    @model_validator(mode="after")
    def _something(self) -> "UpdateBlock":
        if not self.content and self.in_trash is None:
            raise ValueError("give at least one of content, in_trash")
        return self


class DeleteBlock(Request[Block]):
    """A block, with what lies in it, to the trash."""

    block_id: Id


class ListComments(Request[Comments]):
    """Unresolved comments on a page or a block."""

    block_id: Id
    """Of the block, or of the page."""
    start_cursor: Cursor | None = None
    page_size: PageSize = 100


class CreateComment(Request[Comment]):
    """A new comment: on a page, or in a discussion."""

    page_id: Id | None = None
    discussion_id: Id | None = None
    text: Text | None = None
    rich_text: RichTexts | None = None
    """In place of `text`: with links and mentions."""

    @model_validator(mode="after")
    def _one(self) -> "CreateComment":
        exactly_one(page_id=self.page_id, discussion_id=self.discussion_id)
        exactly_one(text=self.text, rich_text=self.rich_text)
        return self
