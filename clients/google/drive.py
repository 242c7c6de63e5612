"""Drive: limits in units, and what each call costs.

https://developers.google.com/workspace/drive/api/guides/limits
"""

import hashlib
from typing import Final

import orjson

from clients._body import Body
from clients._limits import MINUTE, Rate
from clients._operation import operation
from clients._target import Query
from clients._upstream import Upstream
from clients.google.account import Account
from contracts.google import (
    CreateDoc,
    DownloadFile,
    DriveFile,
    DriveFiles,
    ExportFile,
    FileContent,
    GetFileMetadata,
    ListFiles,
    Permission,
    ShareFile,
    ShareFileLink,
    UploadFile,
)

_LIMITS: Final = "https://developers.google.com/workspace/drive/api/guides/limits"
_READ, _LIST, _DOWNLOAD, _CHANGE = 5, 100, 200, 50
_FILE: Final = "id,name,mimeType,modifiedTime,size,parents,webViewLink,trashed"
_PERMISSION: Final = "id,type,role,emailAddress"
_DOC: Final = "application/vnd.google-apps.document"
_NEW: Final = f"supportsAllDrives=true&fields={_FILE}"
_FIND: Final = "google.list_files with `name_contains` shows it."


class Drive(Account):
    """Units of a user; a project has 1,000,000 a minute."""

    drive = Upstream(
        "https://www.googleapis.com",
        auth=Account.user,
        limits=[Rate(325_000, per=MINUTE, source=_LIMITS)],
        probe="/drive/v3/about?fields=user",
    )

    @operation("safe", cost=_LIST)
    async def list_files(self, request: ListFiles) -> DriveFiles:
        """Return a page of files."""
        query: Query = {
            "q": terms(request),
            "pageSize": request.page_size,
            "pageToken": request.page_token,
            "fields": f"nextPageToken,incompleteSearch,files({_FILE})",
            "supportsAllDrives": True,
            "includeItemsFromAllDrives": True,
        }
        return await self.drive.get("/drive/v3/files", request, query=query)

    @operation("safe", cost=_READ)
    async def get_file_metadata(self, request: GetFileMetadata) -> DriveFile:
        """Return one file, not what is in it."""
        query: Query = {"supportsAllDrives": True, "fields": _FILE}
        return await self.drive.get("/drive/v3/files/{file_id}", request, query=query)

    @operation("safe", cost=_DOWNLOAD)
    async def download_file(self, request: DownloadFile) -> FileContent:
        """Return what is in a file."""
        query: Query = {"alt": "media", "supportsAllDrives": True}
        return await self.drive.get("/drive/v3/files/{file_id}", request, query=query)

    @operation("safe", cost=_DOWNLOAD)
    async def export_file(self, request: ExportFile) -> FileContent:
        """Return a Google document, sheet or drawing as a file of another kind."""
        query: Query = {"mimeType": request.mime_type}
        return await self.drive.get("/drive/v3/files/{file_id}/export", request, query=query)

    @operation("unsafe", cost=_CHANGE, look=_FIND)
    async def upload_file(self, request: UploadFile) -> DriveFile:
        """Store a new file."""
        facts = {"name": request.name, "mimeType": request.mime_type}
        body = related(facts | _in_folder(request.folder_id), request.content, request.mime_type)
        path = f"/upload/drive/v3/files?uploadType=multipart&{_NEW}"
        return await self.drive.post(path, request, body=body)

    @operation("unsafe", cost=_CHANGE, look="The file's page shows who may see it.")
    async def share_file(self, request: ShareFile) -> Permission:
        """Let one more person see or change a file."""
        mail = "true" if request.notify else "false"
        path = (
            f"/drive/v3/files/{{file_id}}/permissions?sendNotificationEmail={mail}"
            f"&supportsAllDrives=true&fields={_PERMISSION}"
        )
        grant = {"type": "user", "role": request.role, "emailAddress": request.email}
        return await self.drive.post(path, request, json=grant)

    @operation("unsafe", cost=_CHANGE, look="The file's page shows who may see it.")
    async def share_file_link(self, request: ShareFileLink) -> Permission:
        """Let everyone who knows its address see or change a file."""
        path = (
            f"/drive/v3/files/{{file_id}}/permissions?supportsAllDrives=true&fields={_PERMISSION}"
        )
        return await self.drive.post(path, request, json={"type": "anyone", "role": request.role})

    @operation("unsafe", cost=_CHANGE, look=_FIND)
    async def create_doc(self, request: CreateDoc) -> DriveFile:
        """Make a new and empty document."""
        facts = {"name": request.title, "mimeType": _DOC} | _in_folder(request.folder_id)
        return await self.drive.post(f"/drive/v3/files?{_NEW}", request, json=facts)


def terms(request: ListFiles) -> str:
    """Return what is looked for in Drive's language; texts cannot leave their quotes."""
    found = [f"trashed = {'true' if request.trashed else 'false'}"]
    if request.folder_id:
        found.append(f"{_quoted(request.folder_id)} in parents")
    if request.name_contains:
        found.append(f"name contains {_quoted(request.name_contains)}")
    if request.text_contains:
        found.append(f"fullText contains {_quoted(request.text_contains)}")
    if request.mime_type:
        found.append(f"mimeType = {_quoted(request.mime_type)}")
    if request.query:
        found.append(f"({request.query})")
    return " and ".join(found)


def related(facts: object, content: bytes, media_type: str) -> Body:
    """Return ``multipart/related`` (RFC 2387): what a file is, then what is in it."""
    head = orjson.dumps(facts)
    mark = f"hub-{hashlib.sha256(head + content).hexdigest()}".encode()
    parts = ((b"application/json; charset=UTF-8", head), (media_type.encode(), content))
    lines = [b"--%b\r\nContent-Type: %b\r\n\r\n%b\r\n" % (mark, kind, one) for kind, one in parts]
    whole = b"".join([*lines, b"--%b--\r\n" % mark])
    return Body(whole, f"multipart/related; boundary={mark.decode()}")


def _in_folder(folder_id: str | None) -> dict[str, list[str]]:
    return {"parents": [folder_id]} if folder_id else {}


def _quoted(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{plain}'"
