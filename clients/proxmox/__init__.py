"""Proxmox VE: guests, snapshots, backups, tasks, nodes, storage.

Address, key, limits and probe are in `host.py`, the operations in `guests.py` and `cluster.py`.
https://pve.proxmox.com/pve-docs/api-viewer/
"""

from clients.proxmox import cluster, guests


class Proxmox(guests.Guests, cluster.Cluster):
    """One or several Proxmox VE hosts, each a cluster or a node on its own."""
