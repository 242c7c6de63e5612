"""The air: OpenAQ, AirNow, PurpleAir, IQAir, Safecast, WAQI, Ambee and Open-Meteo.

Each upstream has its file: address, key, limits and probe on top, its operations below.
https://docs.openaq.org https://docs.airnowapi.org https://api.purpleair.com
https://api-docs.iqair.com https://api.safecast.org https://aqicn.org/json-api/doc
https://docs.ambeedata.com https://open-meteo.com/en/docs/air-quality-api
"""

from clients._http import HttpResponse
from clients.environmental import (
    airnow,
    ambee,
    iqair,
    open_meteo,
    openaq,
    purpleair,
    refusals,
    safecast,
    waqi,
)
from contracts import Failure


class Environmental(
    openaq.OpenAq,
    airnow.AirNow,
    purpleair.PurpleAir,
    iqair.IqAir,
    safecast.Safecast,
    waqi.Waqi,
    ambee.Ambee,
    open_meteo.OpenMeteo,
):
    """The air of places: pollutants, radiation, pollen and fires, measured and forecast.

    Safecast and Open-Meteo answer without a key; the rest needs one each, and works alone.
    """

    def refusal(self, response: HttpResponse) -> Failure | None:
        """What these vendors hide in a 200, or say in envelopes of their own."""
        return refusals.refusal(response)
