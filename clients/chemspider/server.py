"""Where ChemSpider is, who may ask, and how much.

https://developer.rsc.org/compounds-v1/apis
"""

from typing import Final

from clients._auth import Key
from clients._client import Client
from clients._limits import MONTH, Rate
from clients._upstream import Upstream
from clients._verdict import Manners

_PLATFORM: Final = (
    "https://github.com/MycosoftLabs/mindex/blob/main/mindex_etl/sources/chemspider.py"
)
_MONTH: Final = "https://github.com/mcs07/ChemSpiPy/blob/v2.0.0/docs/guide/intro.rst"


class Server(Client):
    """A developer's key is good for 1000 calls a month; others say a day: set the limit then."""

    api = Upstream(
        "https://api.rsc.org/compounds/v1",
        auth=Key("apikey", ("CHEMSPIDER_API_KEY",)),
        limits=[
            Rate(1, per=1, burst=3, source=_PLATFORM),  # the vendor names none: 0.6 s apart there
            Rate(1000, per=MONTH, source=_MONTH),
        ],
        manners=Manners(unauthorized=frozenset({401, 403})),
    )
    exempt = {"probe": "Each call counts against 1000 a month: probes would eat them in a day."}
