"""What the hub imports before somebody asks, and what its command line costs."""

import resource
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
HUB = "from service.commands import main; main()"
HELP_WITHIN = 0.4
"""Seconds of processor time: a wall clock would measure the machine's other work."""
TRIES = 5


def ran(*words: str) -> str:
    done = subprocess.run(  # noqa: S603  (our own command)
        [sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_the_hub_imports_no_client_and_no_contract_of_one() -> None:
    code = (
        "import sys, service.process, service.web.server, sdk, clients._registry\n"
        "assert len(clients._registry.names()) > 3\n"
        "print([one for one in sys.modules if one.partition('.')[0] in {'clients', 'contracts'}"
        " and '.' in one and not one.partition('.')[2].startswith('_')])"
    )
    assert ran("-c", code) == "[]"


def test_one_integration_imports_no_other() -> None:
    code = (
        "import sys\n"
        "from clients import _registry\n"
        "_registry.load('notion')\n"
        "print(sorted({one.split('.')[1] for one in sys.modules if one.startswith('clients.')"
        " and not one.startswith('clients._')}))"
    )
    assert ran("-c", code) == "['notion']"


def spent(*words: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ran(*words)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_the_help_is_quick() -> None:
    least = min(spent("-c", HUB, "--help") for _ in range(TRIES))
    assert least < HELP_WITHIN
