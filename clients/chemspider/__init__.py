"""ChemSpider, the Royal Society of Chemistry's database of structures.

`server` has address, key and limits; searches, compounds and tools have their files.
https://developer.rsc.org/compounds-v1/apis
"""

from clients.chemspider import compounds, searches


class ChemSpider(searches.Searches, compounds.Compounds):
    """ChemSpider by its Compounds API, version 1."""
