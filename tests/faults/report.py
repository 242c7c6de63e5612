"""A run as a page of the reference. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from tests.faults.history import History
from tests.faults.oracle import RECOVERY, Verdict
from tests.faults.plan import AGENTS, NAMES, SDK_AGENTS, Fault, Plan

_INTRO: Final = """\
# Fault run

Written by `{command}`.

{requests} requests of {agents} agents ({sdk} of them on the SDK) to nine integrations, three hubs \
that share one broker and one record of calls, and {faults} faults, one after the other, while \
calls are in flight. Two of the upstreams are dead, one hangs, one reads every eighth request and \
closes, two are limited to 20/s burst 10. One request of a hundred is malformed or hostile, one of \
twenty is published twice for no reason. The same seed makes the same plan; when exactly a fault \
meets a call is the machine's.

The judges are the log of the stub upstreams and the logs of the agents ([`tests/faults/oracle.py`]\
(../../tests/faults/oracle.py)), never a hub's own word, with one exception: when a call *left* \
lies between its arrival and that less the time that the hub says it took. A publish that was not \
confirmed is *unknown*: whatever came of it is judged alike, but that nothing came of it is no loss.
"""


_RECOVERY: Final = """\
Seconds until all upstreams that work were called with success again: after the broker's port was \
open, after a hub was dead, after a network was cut.
"""


def page(plan: Plan, history: History, verdict: Verdict) -> str:
    """Return the page, in Markdown."""
    intro = _INTRO.format(
        command=command(plan),
        requests=f"{plan.requests:,}",
        agents=AGENTS + SDK_AGENTS,
        sdk=SDK_AGENTS,
        faults=len(plan.faults),
    )
    promises = [(name, str(len(found))) for name, found in verdict.broken.items()]
    figures = [(name, f"{value:,}") for name, value in verdict.figures.items()]
    return "\n".join(
        (
            intro,
            "## Promises\n",
            *_table(("what must not be", "found"), promises),
            "\n## Figures\n",
            *_table(("what was seen from outside", "count or seconds"), figures),
            "\n## Recovery\n",
            _RECOVERY,
            *_table(("fault", "promised", "median", "worst", "of"), _recoveries(verdict)),
            "\n## Faults\n",
            *_table(("id", "fault", "lasted", "recovery"), _faults(plan.faults, history, verdict)),
            "",
        )
    )


def command(plan: Plan) -> str:
    """Return what makes this run again."""
    return (
        f"scripts/faults --requests {plan.requests} --faults {len(plan.faults)} --seed {plan.seed}"
    )


def _recoveries(verdict: Verdict) -> Iterator[tuple[str, ...]]:
    for kind, name in NAMES.items():
        found = sorted(s for id_, s in verdict.recovery.items() if id_.partition("-")[0] == kind)
        if found:
            promised = f"{RECOVERY[kind]:g} s" if kind in RECOVERY else ""
            middle = found[len(found) // 2]
            yield name, promised, f"{middle} s", f"{found[-1]} s", str(len(found))


def _faults(
    faults: Iterable[Fault], history: History, verdict: Verdict
) -> Iterator[tuple[str, ...]]:
    lasted = {one.id: one.ended - one.began for one in history.faults}
    for fault in faults:
        recovery = verdict.recovery.get(fault.id)
        told = "" if recovery is None else f"{recovery} s"
        yield fault.id, str(fault).partition(" ")[2], f"{lasted.get(fault.id, 0):.1f} s", told


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
