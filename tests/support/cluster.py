"""A RabbitMQ cluster of private nodes: what is in a quorum queue outlives the death of one.

::

    async with Cluster(folder) as cluster:
        cluster.nodes[0].kill()
        await cluster.nodes[0].start()      # it comes back, and catches up
"""

import asyncio
import json
import secrets
import subprocess
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final, Self

from service.node.home import Ports
from service.node.node import Node
from tests.support.wait import wait_until

NODES: Final = 3
_FORMED_WITHIN: Final = 120.0
# https://www.rabbitmq.com/docs/cluster-formation#peer-discovery-classic-config
_FOUND: Final = "cluster_formation.peer_discovery_backend = classic_config\n"
_RUNNING: Final = "length(rabbit_nodes:all_running())."


class Member(Node):
    """One node of a cluster; the port mapper is that of the first."""

    def __init__(self, folder: Path, first: "Member | None" = None) -> None:
        super().__init__(folder)
        self._first = first

    @property
    def mapper(self) -> subprocess.Popen[bytes]:
        """Where the nodes find each other."""
        return self._running["epmd"]

    async def _start_port_mapper(self) -> None:
        if self._first:
            self._running["epmd"] = self._first.mapper
        else:
            await super()._start_port_mapper()


class Cluster:
    """Three nodes on one host, with one cookie, one password and one port mapper."""

    def __init__(self, folder: Path) -> None:
        self._secrets = {name: secrets.token_hex(16) for name in ("password", "cookie")}
        self.names = [f"hub-{secrets.token_hex(6)}@localhost" for _ in range(NODES)]
        epmd = Ports.choose().epmd
        folders = [folder / f"node{number}" for number in range(NODES)]
        for place, name in zip(folders, self.names, strict=True):
            self._prepare(place, name, epmd)
        self.nodes = [first := Member(folders[0]), *(Member(one, first) for one in folders[1:])]

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self.nodes[0])
            await asyncio.gather(*map(stack.enter_async_context, self.nodes[1:]))
            await wait_until(self._formed, _FORMED_WITHIN, "three nodes in the cluster")
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def _formed(self) -> bool:
        return (await self.nodes[0].ctl("eval", _RUNNING)).strip() == str(NODES)

    def _prepare(self, folder: Path, name: str, epmd: int) -> None:
        """Write what a node's home remembers, and whom it looks for at its first start."""
        more = folder / "conf.d"
        more.mkdir(parents=True)
        ports = Ports.choose()
        (folder / "node.json").write_text(json.dumps({"name": name, **self._secrets}))
        (folder / "ports.json").write_text(
            json.dumps({"amqp": ports.amqp, "dist": ports.dist, "epmd": epmd})
        )
        found = (
            f"cluster_formation.classic_config.nodes.{number} = {other}\n"
            for number, other in enumerate(self.names, 1)
        )
        (more / "cluster.conf").write_text(_FOUND + "".join(found))
