"""Operations on Blob storage, in the one account that the hub is set up for."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from contracts._model import Request
from contracts._types import Cursor, Upload
from contracts.azure.parameters import (
    BlobName,
    BlockId,
    Container,
    ETag,
    MediaType,
    Metadata,
    OfBlob,
)
from contracts.azure.storage import (
    Blob,
    BlobContainers,
    BlobContent,
    Blobs,
    Copied,
    Deleted,
    Stored,
)

PageSize = Annotated[int, Field(ge=1, le=5000)]
Prefix = Annotated[str, Field(min_length=1, max_length=1024)]
Bytes = Annotated[int, Field(ge=0, le=2**62)]


class ListContainers(Request[BlobContainers]):
    """The account's containers."""

    prefix: Annotated[str, Field(min_length=1, max_length=63)] | None = None
    page_size: PageSize = 500
    cursor: Cursor | None = None


class CreateContainer(Request[Stored]):
    """A new container, closed to the public; one of that name already is a refusal."""

    container: Container
    metadata: Metadata = {}


class DeleteContainer(Request[Deleted]):
    """The end of a container and all its blobs."""

    container: Container


class ListBlobs(Request[Blobs]):
    """The blobs of a container."""

    container: Container
    prefix: Prefix | None = None
    delimiter: Annotated[str, Field(min_length=1, max_length=8)] | None = None
    """``/`` answers one level of folders, not all that lies below."""
    page_size: PageSize = 500
    cursor: Cursor | None = None


class GetBlob(OfBlob, Request[BlobContent]):
    """A blob's content, or a piece of it."""

    offset: Bytes | None = None
    """First byte, from 0."""
    length: Annotated[int, Field(ge=1, le=2**31)] | None = None
    """Bytes from there on; absent: to the end. Replies have a limit: HUB_MAX_REPLY_BYTES."""

    @model_validator(mode="after")
    def _from_somewhere(self) -> Self:
        if self.length is not None and self.offset is None:
            raise ValueError("length needs an offset")
        return self


class GetBlobProperties(OfBlob, Request[Blob]):
    """What is known of a blob, without its content."""


class PutBlob(OfBlob, Request[Stored]):
    """A whole blob; a larger one goes in blocks."""

    data: Upload
    media_type: MediaType = "application/octet-stream"
    metadata: Metadata = {}
    access_tier: Literal["Hot", "Cool", "Archive"] | None = None
    """Cold needs a newer version of the API (2021-12-02) than the hub speaks."""
    if_match: ETag | None = None
    """Only in place of the blob with this etag."""
    create_only: bool = False
    """Whether a blob of that name already is a refusal."""


class PutBlock(OfBlob, Request[Stored]):
    """One block of a blob to come; `put_block_list` makes it of its blocks."""

    block_id: BlockId
    data: Upload


class PutBlockList(OfBlob, Request[Stored]):
    """A blob, of blocks that were put before."""

    block_ids: Annotated[list[BlockId], Field(min_length=1, max_length=5000)]
    """In their order."""
    media_type: MediaType = "application/octet-stream"
    metadata: Metadata = {}


class CopyBlob(OfBlob, Request[Copied]):
    """A copy of another blob of the same account."""

    source_container: Container
    source_blob: BlobName


class SetBlobMetadata(OfBlob, Request[Stored]):
    """Metadata in place of what a blob has."""

    metadata: Metadata


class DeleteBlob(OfBlob, Request[Deleted]):
    """The end of a blob, with its snapshots."""
