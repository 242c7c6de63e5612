"""Operations on Blob storage: https://learn.microsoft.com/rest/api/storageservices/."""

from email.utils import formatdate
from functools import partial
from typing import Final

from clients._api import Api, HttpCall
from clients._body import Body
from clients._operation import operation
from clients._reading import Whole
from clients._target import target
from clients.azure import blobs
from clients.azure.hosts import Hosts
from contracts import azure

_CONTAINER: Final = "/{container}"
_BLOB: Final = "/{container}/{blob}"
_WITH_SNAPSHOTS: Final = {"x-ms-delete-snapshots": "include"}
_STORED: Final = Whole(blobs.stored)
_NOTHING: Final = Body(b"", "application/octet-stream")


class Storage(Hosts):
    """Blobs of the one account that AZURE_BLOB_URL or AZURE_STORAGE_ACCOUNT names."""

    @operation("safe")
    async def list_containers(self, request: azure.ListContainers) -> azure.BlobContainers:
        """Return a page of the account's containers."""
        query = {
            "comp": "list",
            "prefix": request.prefix,
            "marker": request.cursor,
            "maxresults": request.page_size,
        }
        return await self._blobs().get("/", request, query=query, read=Whole(blobs.containers))

    @operation("idempotent")  # a second is refused, and changes nothing
    async def create_container(self, request: azure.CreateContainer) -> azure.Stored:
        """Make a container."""
        path, more = f"{_CONTAINER}?restype=container", blobs.metadata(request.metadata)
        return await self._blobs(**more).put(path, request, body=_NOTHING, read=_STORED)

    @operation("idempotent")  # a second delete answers 404 or 409, and changes nothing
    async def delete_container(self, request: azure.DeleteContainer) -> azure.Deleted:
        """Delete a container with its blobs."""
        path, gone = f"{_CONTAINER}?restype=container", Whole(lambda _: vars(request))
        return await self._blobs().delete(path, request, read=gone)

    @operation("safe")
    async def list_blobs(self, request: azure.ListBlobs) -> azure.Blobs:
        """Return a page of a container's blobs."""
        query = {
            "restype": "container",
            "comp": "list",
            "prefix": request.prefix,
            "delimiter": request.delimiter,
            "marker": request.cursor,
            "maxresults": request.page_size,
        }
        return await self._blobs().get(_CONTAINER, request, query=query, read=Whole(blobs.blobs))

    @operation("safe", timeout=60)
    async def get_blob(self, request: azure.GetBlob) -> azure.BlobContent:
        """Return a blob, or a piece of it."""
        piece = {}
        if request.offset is not None:
            last = request.offset + request.length - 1 if request.length else ""
            piece["x-ms-range"] = f"bytes={request.offset}-{last}"
        way = self._blobs(**piece)
        return await way.get(_BLOB, request, query={}, read=Whole(blobs.content))

    @operation("safe")
    async def get_blob_properties(self, request: azure.GetBlobProperties) -> azure.Blob:
        """Return what is known of a blob."""
        read = Whole(partial(blobs.properties, request.blob))
        return await self._blobs().head(_BLOB, request, query={}, read=read)

    @operation("idempotent", timeout=60)
    async def put_blob(self, request: azure.PutBlob) -> azure.Stored:
        """Store a blob."""
        more = {"x-ms-blob-type": "BlockBlob", **blobs.metadata(request.metadata)}
        if request.access_tier:
            more["x-ms-access-tier"] = request.access_tier
        if request.if_match:
            more["If-Match"] = request.if_match
        if request.create_only:
            more["If-None-Match"] = "*"
        body = Body(request.data, request.media_type)
        return await self._blobs(**more).put(_BLOB, request, body=body, read=_STORED)

    @operation("idempotent", timeout=60)
    async def put_block(self, request: azure.PutBlock) -> azure.Stored:
        """Store one block of a blob to come."""
        at = {**vars(request), "blockid": blobs.block(request.block_id)}
        call = HttpCall(
            "PUT",
            f"{_BLOB}?comp=block{{&blockid}}",
            at,
            body=Body(request.data, "application/octet-stream"),
        )
        way = self._blobs()
        return way.parse(await way.send(call), azure.Stored, _STORED)

    @operation("idempotent")
    async def put_block_list(self, request: azure.PutBlockList) -> azure.Stored:
        """Make a blob of its blocks."""
        kind = {"x-ms-blob-content-type": request.media_type}
        way, body = (
            self._blobs(**kind, **blobs.metadata(request.metadata)),
            blobs.block_list(request.block_ids),
        )
        return await way.put(f"{_BLOB}?comp=blocklist", request, body=body, read=_STORED)

    @operation("idempotent")
    async def copy_blob(self, request: azure.CopyBlob) -> azure.Copied:
        """Copy a blob inside the account."""
        at = {"container": request.source_container, "blob": request.source_blob}
        source = self.blob.upstream.address(self.env) + target(_BLOB, at, {})
        way = self._blobs(**{"x-ms-copy-source": source})
        return await way.put(_BLOB, request, body=_NOTHING, read=Whole(blobs.copied))

    @operation("idempotent")
    async def set_blob_metadata(self, request: azure.SetBlobMetadata) -> azure.Stored:
        """Replace the metadata of a blob."""
        way = self._blobs(**blobs.metadata(request.metadata))
        return await way.put(f"{_BLOB}?comp=metadata", request, body=_NOTHING, read=_STORED)

    @operation("idempotent")  # a second delete answers 404, and changes nothing
    async def delete_blob(self, request: azure.DeleteBlob) -> azure.Deleted:
        """Delete a blob and its snapshots."""
        way, gone = self._blobs(**_WITH_SNAPSHOTS), Whole(lambda _: vars(request))
        return await way.delete(_BLOB, request, read=gone)

    def _blobs(self, **headers: str) -> Api:
        """Return the calls of Blob storage, dated now."""
        now = formatdate(self._kit.clock.wall(), usegmt=True)
        return self.blob.saying({"x-ms-date": now, **headers})
