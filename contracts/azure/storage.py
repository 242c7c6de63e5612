"""What Blob storage answers: https://learn.microsoft.com/rest/api/storageservices/."""

from contracts._model import Content, Result
from contracts._types import MaybeInt, Utc
from contracts.azure.results import Part


class BlobContainer(Result):
    """A container of blobs."""

    name: str
    etag: str
    last_modified: Utc
    lease_state: str | None = None
    public_access: str | None = None
    """blob or container, where anyone may read."""


class BlobContainers(Part):
    """Containers, by name."""

    results: list[BlobContainer]


class Blob(Result):
    """A blob, without its content."""

    name: str
    size: MaybeInt = None
    """Bytes."""
    media_type: str | None = None
    etag: str
    last_modified: Utc
    created_at: Utc | None = None
    blob_type: str | None = None
    """BlockBlob, PageBlob or AppendBlob."""
    access_tier: str | None = None
    """Hot, Cool, Cold or Archive."""
    metadata: dict[str, str] = {}
    """Only where one blob was asked for."""


class Blobs(Part):
    """Blobs, by name."""

    results: list[Blob]
    prefixes: list[str] = []
    """The folders at this level, where a delimiter was given."""


class BlobContent(Content):
    """The content of a blob, or a piece of it."""

    etag: str
    last_modified: Utc
    whole_size: int
    """Bytes of the whole blob."""


class Stored(Result):
    """What was stored; a block alone has no state of its own yet."""

    etag: str | None = None
    last_modified: Utc | None = None


class Deleted(Result):
    """What is gone."""

    container: str
    blob: str | None = None


class Copied(Result):
    """A copy, or one under way."""

    etag: str
    copy_id: str
    copy_status: str
    """success or pending: `get_blob_properties` tells on."""
