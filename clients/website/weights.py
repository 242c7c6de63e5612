"""What each dataset takes of the key's limit: the server does not say it in its answers.

https://github.com/MycosoftLabs/website/blob/main/lib/worldview/registry.ts and bundles.ts beside it
"""

from typing import Final

from contracts.website import GetWorldviewBundle, QueryWorldview

SNAPSHOT: Final = 3
_USUAL: Final = 2
_USUAL_BUNDLE: Final = 20
"""Of what is newer than these tables; where it is too little, the server's 429 says so."""

_DATASETS: Final = {
    "crep.cameras.eagle-sources": 4,
    "crep.cameras.stream": 1,
    "crep.devices.ingest-status": 1,
    "crep.devices.mycobrain": 1,
    "crep.devices.mycosoft": 1,
    "crep.devices.network": 1,
    "crep.devices.telemetry-latest": 1,
    "crep.infra.comms.cell-towers-global": 10,
    "crep.infra.defense.myca-verified": 1,
    "crep.infra.defense.sdtj-coverage": 7,
    "crep.infra.power.data-centers-global": 3,
    "crep.infra.power.power-plants-global": 5,
    "crep.infra.power.substations": 4,
    "crep.infra.power.tx-lines-full": 8,
    "crep.infra.power.tx-lines-major": 5,
    "crep.infra.power.tx-lines-sub": 4,
    "crep.infra.transport.drone-no-fly": 1,
    "crep.infra.transport.railways": 3,
    "crep.live.aviation.flightradar24": 3,
    "crep.live.environmental.earthquakes": 1,
    "crep.live.environmental.eonet-events": 1,
    "crep.live.environmental.mindex-weather": 1,
    "crep.live.environmental.nws-alerts": 1,
    "crep.live.environmental.usgs-volcano": 1,
    "crep.live.environmental.wildfires-firms": 3,
    "crep.live.maritime.aisstream": 3,
    "crep.live.maritime.fishing-activity": 3,
    "crep.live.space.debris": 3,
    "crep.live.space.satellites": 5,
    "crep.projects.goffs.overview": 8,
    "crep.projects.oyster.overview": 8,
    "crep.security.shodan.count": 1,
    "crep.security.shodan.host": 5,
    "crep.security.shodan.search": 10,
    "crep.sensors.airquality.airnow-current": 1,
    "crep.sensors.airquality.mindex": 1,
    "crep.sensors.airquality.sdapcd-h2s": 1,
    "crep.sensors.biodiversity.gbif": 3,
    "crep.sensors.water.buoy-detail": 1,
    "crep.sensors.water.ndbc-buoys": 1,
    "mindex.knowledge.taxa": 1,
    "mindex.telemetry.devices": 1,
    "mindex.telemetry.latest": 1,
    "natureos.biodiversity-analytics": 3,
    "natureos.global-events": 1,
    "natureos.live-stats": 1,
    "natureos.mycelium-network": 3,
}
_BUNDLES: Final = {
    "environmental.space-weather": 10,
    "infrastructure.power-grid-us": 30,
    "intel.myca-verified": 5,
    "live.world-movers": 30,
    "mindex.biology-knowledge": 12,
    "mindex.telemetry-all": 8,
    "security.critical-infrastructure": 30,
    "situational.border-crossings": 15,
    "situational.goffs-mojave": 15,
    "situational.san-diego-county": 25,
}


def of_dataset(request: QueryWorldview) -> float:
    """Return the units that a dataset takes."""
    return _DATASETS.get(request.type, _USUAL)


def of_bundle(request: GetWorldviewBundle) -> float:
    """Return the units that a bundle takes."""
    return _BUNDLES.get(request.bundle_id, _USUAL_BUNDLE)
