"""Files in buckets.

https://supabase.github.io/storage/
"""

from functools import partial
from typing import Any, Final

from clients._api import HttpCall
from clients._body import Body, json_of
from clients._call import Class
from clients._operation import operation
from clients.supabase.project import Project
from contracts import supabase as asked

_LOOK: Final = "supabase.storage_list of the folders shows where the file is."
_LOOK_BUCKET: Final = "supabase.storage_get_bucket shows whether it is there."


class Storage(Project):
    """Supabase Storage. A file of more than a message holds goes by a signed address."""

    @operation("idempotent", timeout=120)  # the same bytes at the same place
    async def storage_upload(self, request: asked.StorageUpload) -> asked.Stored:
        """Store a file."""
        body = Body(request.content, request.content_type)
        path, values = _place("/object", request.bucket, request.path)
        api = self.storage.saying({"x-upsert": "true" if request.upsert else "false"})
        # a second one would find the first one's file, and say that nothing was stored
        kind: Class | None = None if request.upsert else "unsafe"
        call = HttpCall("POST", path, values, body=body, kind=kind)
        return api.parse(await api.send(call), asked.Stored)

    @operation("safe", timeout=120)
    async def storage_download(self, request: asked.StorageDownload) -> asked.File:
        """Read a file."""
        path, values = _place("/object/authenticated", request.bucket, request.path)
        api = self.storage
        return api.parse(await api.send(HttpCall("GET", path, values)), asked.File)

    @operation("safe")
    async def storage_get_info(self, request: asked.StorageGetInfo) -> asked.ObjectInfo:
        """Tell what is known of a file."""
        path, values = _place("/object/info", request.bucket, request.path)
        api = self.storage
        return api.parse(await api.send(HttpCall("GET", path, values)), asked.ObjectInfo)

    @operation("safe")
    async def storage_list(self, request: asked.StorageList) -> asked.Objects:
        """List files and folders in a folder."""
        order = "desc" if request.descending else "asc"
        body = {
            "prefix": request.folder or "",
            "limit": request.limit,
            "offset": request.offset,
            "sortBy": {"column": request.sort_by, "order": order},
        }
        search = {"search": request.search} if request.search else {}
        read = partial(_listed, "objects", request)
        path = "/object/list/{bucket}"
        return await self.storage.post(path, request, json=body | search, read=read)

    @operation("idempotent")
    async def storage_delete(self, request: asked.StorageDelete) -> asked.DeletedObjects:
        """Delete files."""
        body = json_of({"prefixes": request.paths})  # whole names, whatever it is called
        api = self.storage
        answer = await api.send(HttpCall("DELETE", "/object/{bucket}", vars(request), body=body))
        return api.parse(answer, asked.DeletedObjects, lambda raw: {"objects": raw})

    @operation("unsafe", look=_LOOK)  # a second move finds nothing there
    async def storage_move(self, request: asked.StorageMove) -> asked.Moved:
        """Move a file."""
        return await self.storage.post("/object/move", request, json=_both(request))

    @operation("unsafe", look=_LOOK)  # a second copy finds its place taken
    async def storage_copy(self, request: asked.StorageCopy) -> asked.Stored:
        """Copy a file."""
        return await self.storage.post("/object/copy", request, json=_both(request))

    @operation("safe")  # nothing is kept of it
    async def storage_sign_url(self, request: asked.StorageSignUrl) -> asked.SignedUrl:
        """Make an address to read a file at."""
        path, values = _place("/object/sign", request.bucket, request.path)
        api, body = self.storage, json_of({"expiresIn": request.expires_in})
        base = api.upstream.address(self.env)
        answer = await api.send(HttpCall("POST", path, values, body=body))
        return api.parse(answer, asked.SignedUrl, partial(_signed, base, request.expires_in))

    @operation("safe")
    async def storage_list_buckets(self, request: asked.StorageListBuckets) -> asked.Buckets:
        """List the buckets."""
        read = partial(_listed, "buckets", request)
        return await self.storage.get("/bucket", request, read=read)

    @operation("safe")
    async def storage_get_bucket(self, request: asked.StorageGetBucket) -> asked.StoredBucket:
        """Tell about a bucket."""
        return await self.storage.get("/bucket/{bucket}", request)

    @operation("unsafe", look=_LOOK_BUCKET)
    async def storage_create_bucket(
        self, request: asked.StorageCreateBucket
    ) -> asked.CreatedBucket:
        """Make a bucket."""
        body = {
            "id": request.bucket,
            "name": request.bucket,
            "public": request.public,
            "file_size_limit": request.file_size_limit,
            "allowed_mime_types": request.allowed_mime_types,
        }
        return await self.storage.post("/bucket", request, json=body)


def _place(at: str, bucket: str, path: str) -> tuple[str, dict[str, str]]:
    """Return template and values of a file's address: each folder is a part of its own."""
    parts = {f"part_{at}": part for at, part in enumerate(path.split("/"))}
    template = "/".join([at, "{bucket}", *(f"{{{name}}}" for name in parts)])
    return template, {"bucket": bucket, **parts}


def _both(request: asked.StorageMove | asked.StorageCopy) -> dict[str, str]:
    ends = {
        "bucketId": request.bucket,
        "sourceKey": request.source,
        "destinationKey": request.destination,
    }
    other = request.destination_bucket
    return ends | ({"destinationBucket": other} if other else {})


def _listed(
    name: str, request: asked.StorageList | asked.StorageListBuckets, raw: list[Any]
) -> dict[str, Any]:
    more = len(raw) == request.limit
    return {name: raw, "next_offset": request.offset + len(raw) if more else None}


def _signed(base: str, seconds: int, raw: dict[str, Any]) -> dict[str, Any]:
    """Its address is told from the part's own."""
    path = str(raw["signedURL"])
    if not path.startswith("/object/sign/"):
        raise ValueError("signedURL is no path of a signed object")
    return {"url": f"{base}{path}", "expires_in": seconds}
