"""Operations on files: https://supabase.github.io/storage/."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from contracts._model import Content, Request, Result
from contracts._types import Upload, Utc
from contracts.supabase.parameters import Bucket, Json, ObjectPath


class StoredBucket(Result):
    """A bucket."""

    id: str
    name: str
    public: bool = False
    """Whether anyone who knows a file's address may read it."""
    file_size_limit: int | None = None
    """Bytes; None: the project's."""
    allowed_mime_types: list[str] | None = None
    created_at: Utc | None = None


class Buckets(Result):
    """Buckets, up to so many as were asked for."""

    buckets: list[StoredBucket]
    next_offset: int | None


class CreatedBucket(Result):
    """The bucket that was made."""

    name: str


class Stored(Result):
    """Where a file is now."""

    key: str = Field(alias="Key")
    """Bucket and path."""
    id: str | None = Field(None, alias="Id")


class StoredObject(Result):
    """A file, or a folder: that has a name and nothing else."""

    name: str
    """In a list: within the folder."""
    id: str | None = None
    created_at: Utc | None = None
    updated_at: Utc | None = None
    metadata: Json | None = None
    """What was noted of the file, free in form: ``size`` in bytes, ``mimetype``, ``eTag`` …"""


class ObjectInfo(Result):
    """What is known of one file."""

    id: str
    name: str
    bucket_id: str
    size: int | None = None
    """Bytes."""
    content_type: str | None = None
    etag: str | None = None
    created_at: Utc | None = None
    last_modified: Utc | None = None
    metadata: Json | None = None
    """The uploader's own, free in form."""


class Objects(Result):
    """A page of files and folders."""

    objects: list[StoredObject]
    next_offset: int | None
    """Where the next page begins; None where there is none."""


class DeletedObjects(Result):
    """The files that are gone; one that was not there is not among them."""

    objects: list[StoredObject]


class Moved(Result):
    """What became of a file that was to be moved."""

    message: str


class File(Content):
    """A file as it is stored."""


class SignedUrl(Result):
    """An address that anyone may read the file at, for a time."""

    url: str
    expires_in: int
    """Seconds."""


class StorageUpload(Request[Stored]):
    """Store a file."""

    bucket: Bucket
    path: ObjectPath
    content: Upload
    content_type: Annotated[
        str, Field(max_length=127, pattern=r"^[\w.+-]+/[\w.+-]+(;[ ]?[\w-]+=[\w.+-]+)?$")
    ] = "application/octet-stream"
    upsert: bool = True
    """Whether a file of that name is written over; if not, it is refused."""


class StorageDownload(Request[File]):
    """Read a file."""

    bucket: Bucket
    path: ObjectPath


class StorageGetInfo(Request[ObjectInfo]):
    """Tell what is known of a file."""

    bucket: Bucket
    path: ObjectPath


class StorageList(Request[Objects]):
    """List files and folders in a folder."""

    bucket: Bucket
    folder: ObjectPath | None = None
    """Absent: the top of the bucket."""
    search: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    """Only those whose name begins so."""
    sort_by: Literal["name", "created_at", "updated_at", "last_accessed_at"] = "name"
    descending: bool = False
    limit: Annotated[int, Field(ge=1, le=1000)] = 100
    offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0


class StorageDelete(Request[DeletedObjects]):
    """Delete files."""

    bucket: Bucket
    paths: Annotated[list[ObjectPath], Field(min_length=1, max_length=1000)]


class StorageMove(Request[Moved]):
    """Give a file another name, or another bucket."""

    bucket: Bucket
    source: ObjectPath
    destination: ObjectPath
    destination_bucket: Bucket | None = None

    @model_validator(mode="after")
    def _elsewhere(self) -> Self:
        if self.source == self.destination and self.destination_bucket in {None, self.bucket}:
            raise ValueError("source and destination are the same")
        return self


class StorageCopy(Request[Stored]):
    """Copy a file."""

    bucket: Bucket
    source: ObjectPath
    destination: ObjectPath
    destination_bucket: Bucket | None = None


class StorageSignUrl(Request[SignedUrl]):
    """Make an address at which anyone may read a file for a time."""

    bucket: Bucket
    path: ObjectPath
    expires_in: Annotated[int, Field(ge=1, le=31_536_000)] = 3600
    """Seconds, up to a year."""


class StorageListBuckets(Request[Buckets]):
    """List the buckets."""

    search: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 100
    offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0


class StorageGetBucket(Request[StoredBucket]):
    """Tell about a bucket."""

    bucket: Bucket


class StorageCreateBucket(Request[CreatedBucket]):
    """Make a bucket."""

    bucket: Bucket
    public: bool = False
    file_size_limit: Annotated[int, Field(ge=0, le=2**50)] | None = None
    """Bytes; absent: the project's."""
    allowed_mime_types: (
        Annotated[list[Annotated[str, Field(max_length=127)]], Field(max_length=100)] | None
    ) = None
