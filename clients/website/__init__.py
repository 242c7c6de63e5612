"""Mycosoft's website: what anyone may ask it, and Worldview, which sells data.

https://github.com/MycosoftLabs/website https://mycosoft.com/agent
"""

from clients.website import site, worldview


class Website(site.Site, worldview.Worldview):
    """mycosoft.com; only Worldview needs a key, and money on it."""

    exempt = {"limits": "The site sets no limit for its public routes; Worldview has its own."}
