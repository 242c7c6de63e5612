"""Space weather from NOAA SWPC and NASA, ground weather from the US National Weather Service.

Each upstream has its file: address, key, limits and probe on top, its operations below.
https://www.swpc.noaa.gov/content/data-access https://api.nasa.gov
https://www.weather.gov/documentation/services-web-api
"""

from clients.space_weather import nasa, nws, swpc


class SpaceWeather(swpc.Swpc, nasa.Nasa, nws.Nws):
    """The Sun, the wind from it, Earth's answer; and the weather of the US.

    Only what NASA serves needs a key; the rest answers without any.
    """
