"""Files: https://developers.google.com/workspace/drive/api/reference/rest/v3."""

from typing import Annotated, Literal

from pydantic import Field

from contracts._model import Content, Request, Result
from contracts._types import Cursor, MaybeInt, Name, Upload, Utc
from contracts.google.parameters import FileId, MailAddress

MimeType = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9.+-]+/[A-Za-z0-9.+-]+$", max_length=128, examples=["text/plain"]),
]

Words = Annotated[str, Field(min_length=1, max_length=500)]


class DriveFile(Result):
    """A file or a folder, not what is in it."""

    id: str
    name: str
    mime_type: str | None = Field(default=None, alias="mimeType")
    modified_at: Utc | None = Field(default=None, alias="modifiedTime")
    size_bytes: MaybeInt = Field(default=None, alias="size")
    """Absent of folders and of Google's own kinds."""
    parents: list[str] = []
    url: str | None = Field(default=None, alias="webViewLink")
    trashed: bool | None = None


class DriveFiles(Result):
    """A page of files."""

    files: list[DriveFile]
    next_page_token: str | None = Field(default=None, alias="nextPageToken")
    incomplete: bool = Field(default=False, alias="incompleteSearch")
    """Whether some shared drives were not searched."""


class FileContent(Content):
    """What is in a file."""


class Permission(Result):
    """Who may do what."""

    id: str
    type: str
    """``user``, ``group``, ``domain`` or ``anyone``."""
    role: str
    email: str | None = Field(default=None, alias="emailAddress")


class ListFiles(Request[DriveFiles]):
    """Files for which all that is given is true."""

    folder_id: FileId | None = None
    """Directly in it; absent: anywhere."""
    name_contains: Words | None = None
    """Of each word the beginning."""
    text_contains: Words | None = None
    """In name, description or content."""
    mime_type: MimeType | None = None
    query: Annotated[str, Field(min_length=1, max_length=2000)] | None = None
    """Further terms: https://developers.google.com/workspace/drive/api/guides/ref-search-terms."""
    trashed: bool = False
    """Those in the trash in place of the others."""
    page_size: Annotated[int, Field(ge=1, le=1000)] = 20
    page_token: Cursor | None = None


class GetFileMetadata(Request[DriveFile]):
    """One file, not what is in it."""

    file_id: FileId


class DownloadFile(Request[FileContent]):
    """What is in a file; Google's own kinds need `export_file`."""

    file_id: FileId


class ExportFile(Request[FileContent]):
    """A Google document, sheet or drawing as a file of another kind, up to 10 MB.

    https://developers.google.com/workspace/drive/api/guides/ref-export-formats
    """

    file_id: FileId
    mime_type: MimeType = "application/pdf"


class UploadFile(Request[DriveFile]):
    """A new file; one of the same name stays beside it."""

    name: Name
    content: Upload
    folder_id: FileId | None = None
    """Absent: the user's own folder."""
    mime_type: MimeType = "application/octet-stream"


class ShareFile(Request[Permission]):
    """A file for one more person."""

    file_id: FileId
    email: MailAddress
    role: Literal["reader", "commenter", "writer"] = "reader"
    notify: bool = True
    """Whether that person gets a mail; needed where there is no Google account."""


class ShareFileLink(Request[Permission]):
    """A file for everyone who knows its address."""

    file_id: FileId
    role: Literal["reader", "commenter", "writer"] = "reader"
