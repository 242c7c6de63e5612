"""Intellectual property, and where it is anchored: hypergraph, Bitcoin, Solana."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts._model import Request, Result
from contracts._types import Upload, Utc
from contracts.mindex.parameters import Json, Limit, Metadata, Offset, Page, Short

Address = Annotated[str, Field(pattern=r"^[1-9A-HJ-NP-Za-km-z]{32,44}$", max_length=44)]
"""A Solana address: Base58, 32 to 44 characters."""


class HypergraphAnchor(Result):
    """A hash in the hypergraph."""

    id: UUID
    anchor_hash: str
    """Hexadecimal."""
    sample_id: UUID | None = None
    anchored_at: Utc
    metadata: Json = {}
    """What was told of it besides."""


class BitcoinOrdinal(Result):
    """An inscription on Bitcoin."""

    id: UUID
    content_hash: str
    """Hexadecimal."""
    inscription_id: str
    inscription_address: str | None = None
    inscribed_at: Utc
    metadata: Json = {}
    """What was told of it besides."""


class SolanaBinding(Result):
    """A token on Solana."""

    id: UUID
    mint_address: str
    token_account: str | None = None
    bound_at: Utc
    metadata: Json = {}
    """What was told of it besides."""


class IpAsset(Result):
    """Something owned, with all its anchors."""

    id: UUID
    name: str
    description: str | None = None
    taxon_id: UUID | None = None
    created_by: str | None = None
    content_hash: str | None = None
    """Hexadecimal."""
    content_uri: str | None = None
    hypergraph_anchors: list[HypergraphAnchor] = []
    bitcoin_ordinals: list[BitcoinOrdinal] = []
    solana_bindings: list[SolanaBinding] = []
    metadata: Json = {}
    """What was told of it besides."""
    created_at: Utc
    updated_at: Utc | None = None


class IpAssets(Page):
    """A page of assets, the newest first."""

    results: list[IpAsset]


class GetIpAssets(Request[IpAssets]):
    """Assets by name or description."""

    q: Short | None = None
    """Part of the name or the description."""
    limit: Limit = 25
    offset: Offset = 0


class GetIpAsset(Request[IpAsset]):
    """One asset."""

    asset_id: UUID


class AnchorIpAssetHypergraph(Request[HypergraphAnchor]):
    """The hash of a payload, anchored in the hypergraph."""

    asset_id: UUID
    payload: Upload
    """Hashed there, not kept."""
    sample_id: UUID | None = None
    """Sample of telemetry it belongs to."""
    metadata: Metadata = {}


class AnchorIpAssetOrdinal(Request[BitcoinOrdinal]):
    """A Bitcoin inscription that was made elsewhere, noted with the hash of its content."""

    asset_id: UUID
    payload: Upload
    """Its content; hashed there, not kept."""
    inscription_id: Short
    inscription_address: Short | None = None
    metadata: Metadata = {}


class BindIpAssetSolana(Request[SolanaBinding]):
    """A Solana token that was made elsewhere, noted as the asset's."""

    asset_id: UUID
    mint_address: Address
    token_account: Address | None = None
    metadata: Metadata = {}
