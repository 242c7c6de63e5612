"""Compounds, their drawings and structures, and tools."""

from typing import Any, Final

from clients._operation import operation
from clients._target import commas
from clients.chemspider import server
from contracts import chemspider
from contracts.chemspider import (
    Compound,
    Convert,
    Converted,
    DataSourceNames,
    ExternalReferences,
    GetCompoundDetails,
    GetCompounds,
    GetDataSources,
    GetExternalReferences,
    GetImage,
    GetMol,
    Image,
    Mol,
    ValidateInchikey,
    Validity,
)

_DAY: Final = 86_400.0


class Compounds(server.Server):
    """What ChemSpider knows changes slowly and costs dearly: it is kept for a day."""

    @operation("safe", ttl=_DAY)
    async def get_compound_details(self, request: GetCompoundDetails) -> Compound:
        """Return what is known of one compound."""
        query = {"fields": commas(request.fields)}
        return await self.api.get("/records/{record_id}/details", request, query=query)

    @operation("safe", ttl=_DAY)
    async def get_compounds(self, request: GetCompounds) -> chemspider.Compounds:
        """Return what is known of up to 100 compounds."""
        asked = {"recordIds": request.record_ids, "fields": request.fields}
        return await self.api.post("/records/batch", request, json=asked)

    @operation("safe", ttl=_DAY)
    async def get_image(self, request: GetImage) -> Image:
        """Return a drawing of one compound."""
        return await self.api.get("/records/{record_id}/image", request, read=_image)

    @operation("safe", ttl=_DAY)
    async def get_mol(self, request: GetMol) -> Mol:
        """Return the structure of one compound."""
        return await self.api.get("/records/{record_id}/mol", request)

    @operation("safe", ttl=_DAY)
    async def get_external_references(self, request: GetExternalReferences) -> ExternalReferences:
        """Return where else a compound is found."""
        query = {"dataSources": commas(request.data_sources or ())}
        path = "/records/{record_id}/externalreferences"
        return await self.api.get(path, request, query=query)

    @operation("safe", ttl=_DAY)
    async def get_data_sources(self, request: GetDataSources) -> DataSourceNames:
        """Return the names of all sources."""
        return await self.api.get("/lookups/datasources", request)

    @operation("safe", ttl=_DAY)
    async def convert(self, request: Convert) -> Converted:
        """Write a structure in another format."""
        asked = {
            "input": request.structure,
            "inputFormat": request.input_format,
            "outputFormat": request.output_format,
        }
        return await self.api.post("/tools/convert", request, json=asked)

    @operation("safe", ttl=_DAY)
    async def validate_inchikey(self, request: ValidateInchikey) -> Validity:
        """Tell whether an InChIKey is well formed."""
        return await self.api.post("/tools/validate/inchikey", request)


def _image(raw: Any) -> dict[str, Any]:  # noqa: ANN401  (a vendor's JSON)
    picture = Image.model_validate({"media_type": "image/png", "data": raw["image"], "size": 0})
    return {"media_type": "image/png", "data": picture.data, "size": len(picture.data)}
