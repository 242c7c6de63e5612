"""Fungi, and all events."""

from typing import Any

from clients._operation import operation
from clients._target import text
from clients.natureos import server
from contracts.natureos import (
    Abundance,
    AnalyzeSymbiosisNetwork,
    Biodiversity,
    CreateEvent,
    Dispersal,
    Event,
    Events,
    GetBiodiversity,
    GetEvent,
    GetEvents,
    GetFungaEvents,
    GetSpeciesAbundance,
    GetSpeciesPreferences,
    Network,
    Preferences,
    TrackSpores,
)


class Funga(server.Server):
    """What lives, as devices tell it."""

    @operation("safe")
    async def get_funga_events(self, request: GetFungaEvents) -> Events:
        """Return a page of events of fungi."""
        query = _page(request) | {
            "sourceDevice": request.source_device,
            "phylum": request.phylum,
            "substrateType": request.substrate_type,
            "tempMin": request.temperature_min,
            "tempMax": request.temperature_max,
            "humidityMin": request.humidity_min,
            "humidityMax": request.humidity_max,
            "pHMin": request.ph_min,
            "pHMax": request.ph_max,
            "mycorrhizalOnly": request.mycorrhizal_only or None,
        }
        return await self.api.get("/api/Funga/events", request, query=query)

    @operation("safe")
    async def analyze_symbiosis_network(self, request: AnalyzeSymbiosisNetwork) -> Network:
        """Return the network of fungi around a place."""
        query = {
            "latitude": request.latitude,
            "longitude": request.longitude,
            "radiusMeters": request.radius_meters,
        }
        return await self.api.get("/api/Funga/network/analyze", request, query=query)

    @operation("safe")
    async def track_spores(self, request: TrackSpores) -> Dispersal:
        """Return how spores have spread around a place."""
        place = {"latitude": request.latitude, "longitude": request.longitude}
        query = place | _times(request)
        return await self.api.get("/api/Funga/spores/dispersal", request, query=query)

    @operation("safe", ttl=60)
    async def get_biodiversity(self, request: GetBiodiversity) -> Biodiversity:
        """Return how diverse the fungi are."""
        query = _times(request) | {
            "sourceDevice": request.source_device,
            "phylum": request.phylum,
            "substrateType": request.substrate_type,
        }
        return await self.api.get("/api/Funga/biodiversity", request, query=query)

    @operation("safe", ttl=60)
    async def get_species_abundance(self, request: GetSpeciesAbundance) -> Abundance:
        """Return how often each species was seen."""
        query = _times(request) | {"genus": request.genus, "habitat": request.habitat}
        return await self.api.get("/api/Funga/abundance", request, query=query)

    @operation("safe", ttl=60)
    async def get_species_preferences(self, request: GetSpeciesPreferences) -> Preferences:
        """Return where a species grows."""
        return await self.api.get("/api/Funga/species/{scientific_name}/preferences", request)

    @operation("safe")
    async def get_events(self, request: GetEvents) -> Events:
        """Return a page of events."""
        query = _page(request) | {
            "sourceDevice": request.source_device,
            "kingdomDomain": request.kingdom_domain,
            "tenantId": request.tenant_id,
        }
        return await self.api.get("/api/Events", request, query=query)

    @operation("safe")
    async def get_event(self, request: GetEvent) -> Event:
        """Return one event."""
        query = {"sourceDevice": request.source_device}
        return await self.api.get("/api/Events/{event_id}", request, query=query)

    @operation("unsafe", look="natureos.get_events with the same source_device shows it.")
    async def create_event(self, request: CreateEvent) -> Event:
        """Store a new event."""
        return await self.api.post("/api/Events", request, json=_event(request))


def _times(request: Any) -> dict[str, Any]:  # noqa: ANN401  (any request with both)
    return {"startTime": request.start_time, "endTime": request.end_time}


def _page(request: GetEvents | GetFungaEvents) -> dict[str, Any]:
    return _times(request) | {
        "pageSize": request.page_size,
        "continuationToken": request.cursor,
        "sortOrder": request.order,
    }


def _event(request: CreateEvent) -> dict[str, Any]:
    body: dict[str, Any] = {
        "source_device": request.source_device,
        "kingdom_domain": request.kingdom_domain,
        "signal_vector": request.signal_vector,
    }
    if request.timestamp:
        body["timestamp"] = text(request.timestamp)
    told: dict[str, Any] = {}
    if request.latitude is not None:
        told["location"] = {"latitude": request.latitude, "longitude": request.longitude}
    if request.scientific_name:
        told["taxonomy"] = {"scientific_name": request.scientific_name}
    return body | ({"references": told} if told else {})
