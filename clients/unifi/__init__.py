"""UniFi: consoles of one's own, and all consoles of an account.

Addresses, keys, limits and probes are in `console.py` (one console) and `cloud.py` (the account).
https://developer.ui.com
"""

from clients.unifi import cloud, devices, guests, networks


class Unifi(devices.UnifiDevices, guests.Guests, networks.SiteNetworks, cloud.SiteManager):
    """Networks under UniFi consoles, and the account that sees all of them."""
