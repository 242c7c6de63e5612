"""Intellectual property and its anchors."""

from typing import Any, Final

from clients._body import fields
from clients._operation import operation
from clients.mindex import answers, server
from contracts.mindex import (
    AnchorIpAssetHypergraph,
    AnchorIpAssetOrdinal,
    BindIpAssetSolana,
    BitcoinOrdinal,
    GetIpAsset,
    GetIpAssets,
    HypergraphAnchor,
    IpAsset,
    IpAssets,
    SolanaBinding,
)

_FIND: Final = "mindex.get_ip_asset shows all anchors of it."


class Ownership(server.Server):
    """What is owned; MINDEX 0.2.0 itself fails at new anchors (500)."""

    @operation("safe")
    async def get_ip_assets(self, request: GetIpAssets) -> IpAssets:
        """Return a page of assets."""
        return await self.api.get("/api/mindex/ip/assets", request, read=answers.page)

    @operation("safe")
    async def get_ip_asset(self, request: GetIpAsset) -> IpAsset:
        """Return one asset with its anchors."""
        return await self.api.get("/api/mindex/ip/assets/{asset_id}", request)

    @operation("unsafe", look=_FIND)
    async def anchor_ip_asset_hypergraph(
        self, request: AnchorIpAssetHypergraph
    ) -> HypergraphAnchor:
        """Anchor the hash of a payload in the hypergraph."""
        path = "/api/mindex/ip/assets/{asset_id}/anchor/hypergraph"
        return await self.api.post(path, request, json=_payload(request))

    @operation("unsafe", look=_FIND)
    async def anchor_ip_asset_ordinal(self, request: AnchorIpAssetOrdinal) -> BitcoinOrdinal:
        """Note a Bitcoin inscription as the asset's."""
        path = "/api/mindex/ip/assets/{asset_id}/anchor/ordinal"
        return await self.api.post(path, request, json=_payload(request))

    @operation("unsafe", look=_FIND)
    async def bind_ip_asset_solana(self, request: BindIpAssetSolana) -> SolanaBinding:
        """Note a Solana token as the asset's."""
        return await self.api.post("/api/mindex/ip/assets/{asset_id}/bind/solana", request)


def _payload(request: AnchorIpAssetHypergraph | AnchorIpAssetOrdinal) -> dict[str, Any]:
    body = fields(request, "asset_id")
    return {"payload_b64": body.pop("payload"), **body}
