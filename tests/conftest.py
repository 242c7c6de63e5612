"""Fixtures of every level: the broker (see `tests/support/broker.py`) and names on it."""

import os
import re
import zlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, settings

from clients import _registry
from contracts._names import Names
from service.node.node import Node
from tests.support.absent import absent
from tests.support.broker import (
    URL_VARIABLE,
    Broker,
    NoBroker,
    OwnNames,
    delete_all,
    node_is_possible,
    open_broker,
    opened,
)
from tests.support.ports import settled
from tests.support.postgres import NoPostgres, Postgres

settings.register_profile(
    "busy machines too",
    parent=settings(),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("busy machines too")

WAITING: Final = ("tests/broker/", "tests/end_to_end/", "tests/faults/")
MOSTLY: Final = 0.75
"""Before so much of the rest is done, all that waits has begun."""
BROKER_FIXTURES: Final = {"broker", "module_node"}
INTEGRATIONS: Final = frozenset(_registry.names())
USED: Final = pytest.StashKey[str]()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what needs a RabbitMQ, however indirectly.

    Workers take them in mixed order: what waits for a broker leaves a processor to what computes,
    and the last ones are short.
    """
    for item in items:
        if BROKER_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker("broker")
    if hasattr(config, "workerinput"):
        items.sort(key=_place)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:  # noqa: ANN401  (no types)
    """Give a file to one worker, or what a file has for one integration: a node starts once then.

    `--dist loadgroup` alone does not: pytest-xdist 3.8 writes groups where pytest 9.2 has no ids.
    """
    from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # noqa: PLC0415

    class Groups(LoadScopeScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            return _group(nodeid)

    return Groups(config, log) if config.getvalue("dist") == "loadgroup" else None


def _group(nodeid: str) -> str:
    file, _, test = nodeid.partition("::")
    words = re.split(r"[^a-z_0-9]+", test.partition("[")[2])
    return f"{file}:{next((word for word in words if word in INTEGRATIONS), '')}"


def _place(item: pytest.Item) -> float:
    mixed = zlib.crc32(_group(item.nodeid).encode())
    return mixed * (MOSTLY if item.nodeid.startswith(WAITING) else 1)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say which broker the tests used."""
    terminalreporter.write_line(f"broker: {config.stash.get(USED, 'no test asked for one')}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Tell the process that runs the workers which broker this worker used."""
    if USED in session.config.stash and hasattr(session.config, "workeroutput"):
        session.config.workeroutput["broker"] = session.config.stash[USED]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:  # noqa: ANN401  (pytest-xdist has no types)
    """Take note of the broker that a worker used."""
    if used := getattr(node, "workeroutput", {}).get("broker"):
        node.config.stash[USED] = f"{used}, one for each worker"


@pytest.fixture(scope="session")
def broker(pytestconfig: pytest.Config) -> Iterator[Broker]:
    """The session's RabbitMQ; where there is none, the test is skipped, or fails if CI=true.

    A broker that was named and does not answer is a failure everywhere.
    """
    try:
        with opened(open_broker(os.environ)) as one:
            pytestconfig.stash[USED] = str(one)
            yield one
    except NoBroker as reason:
        pytestconfig.stash[USED] = f"none: {reason}"
        if os.environ.get(URL_VARIABLE):
            pytest.fail(str(reason), pytrace=False)
        absent(str(reason))


@pytest.fixture
def amqp_url(broker: Broker) -> str:
    """The address of the session's broker."""
    return broker.url


@pytest.fixture
async def names(broker: Broker) -> AsyncIterator[OwnNames]:
    """Names of this test's own on the session's broker; all that bears them goes afterwards."""
    mine = OwnNames()
    yield mine
    await delete_all(broker.url, mine)


@pytest.fixture
def own_names() -> Names:
    """Names of this test's own on a node of its own (`own_node`)."""
    return OwnNames()


@pytest.fixture(scope="module")
def module_node(
    pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Node]:
    """One private node for the tests of a module; they ask for `own_node`."""
    if not node_is_possible():
        absent("rabbitmq-server is not installed, and this test kills or freezes one")
    with opened(Node(settled(tmp_path_factory.mktemp("node")))) as node:
        pytestconfig.stash.setdefault(USED, f"RabbitMQ {node.version}, private nodes")
        yield node


@pytest.fixture
async def own_node(module_node: Node) -> AsyncIterator[Node]:
    """A running RabbitMQ node which the test may kill, freeze and start again."""
    await module_node.start()
    yield module_node
    if module_node.alive:
        module_node.thaw()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The session's PostgreSQL; where there is none, the test is skipped, or fails if CI=true."""
    try:
        with Postgres() as cluster:
            yield cluster
    except NoPostgres as reason:
        absent(str(reason))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a new database of either kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/calls.sqlite3"
    else:
        with request.getfixturevalue("postgres").database() as url:
            yield url
