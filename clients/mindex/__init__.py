"""MINDEX: life, devices and what they measure, property, search over all of it.

`server` has address, key, limits and probe; each subject has its file.
https://github.com/MycosoftLabs/mindex
"""

from clients.mindex import compounds, devices, life, ownership, search


class Mindex(life.Life, compounds.Compounds, devices.Devices, ownership.Ownership, search.Search):
    """One MINDEX server, as a service that it trusts sees it."""
