"""Defence platforms: Palantir Foundry, Anduril Lattice, Platform One, contractors' portals.

Addresses, keys, limits and probes are in `platforms.py`, the operations in a file for each.
https://www.palantir.com/docs/foundry/api/v2/, https://developer.anduril.com/
"""

from clients.defense import foundry, lattice, platform_one, portals


class Defense(
    foundry.Foundry,
    lattice.Lattice,
    platform_one.PlatformOne,
    portals.Portals,
):
    """Defence platforms: off unless HUB_INTEGRATIONS names `defense`."""

    opt_in = True
