"""The judge of a run: what was promised, against what agents and vendors saw. Pure.

The hubs' own logs and counters are no evidence. A publish that was never confirmed is Jepsen's
`info`: it may have happened or not, and whatever came of it is judged alike.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from tests.faults.history import Dead, Got, Happened, History, Sent
from tests.faults.hostile import CASES
from tests.faults.lanes import BUSY, CLOSING, HANGING, LIMIT, LIMITED, REFUSING, SHUT
from tests.faults.stub import Seen
from tests.faults.windows import excess, surely_over

LATE: Final = 1.5
"""Seconds after its deadline in which a call may still arrive: a process that is stopped between
its look at the clock and the socket sends late, and a busy machine stops it."""
JITTER: Final = 1.0
"""Calls that may be over the limit, wherever between two known moments each call left."""
SEEN_JITTER: Final = 6.0
"""The same of calls as they arrived, on a machine that has much else to do; a hub that forgets at a
takeover what was spent is over by 7."""
STARVED: Final = 8
"""Connections that hubs may lose without a fault: a busy machine misses heartbeats. Content that
cuts connections cuts one for each hostile message, twenty times over."""
AFTERWARDS: Final = 20.0
"""Seconds after a fault in which connections are made again because of it."""
BREAKER: Final = 90.0
"""Seconds for which a vendor's misbehaviour is remembered."""
STALLED: Final = 1.5
"""Seconds without a renewal after which a hub is no owner any more. On a busy machine hubs stand
still for longer; who was cut short then says `outcome_unknown`, and may be wrong."""
RECOVERY: Final = {"F1": 5.0, "F11": 10.0}
"""Seconds promised."""
STEADY: Final = ("twilio", "notion", "supabase")
"""Vendors that are called all the time: a hub has recovered when it calls them all again."""

_EVERYWHERE: Final = {"F1", "F2", "F3", "F8"}
_OF_AGENTS: Final = {"F9", "F15"}
_IN_TIME: Final = {"expired", "would_miss_deadline", "circuit_open", "upstream_throttled"}
_NOT_EXECUTED: Final = {"throttled"}


@dataclass
class Verdict:
    """What is broken, by promise; every list is empty in a good run."""

    broken: dict[str, list[str]]
    figures: dict[str, float] = field(default_factory=dict)
    recovery: dict[str, float] = field(default_factory=dict)
    """Seconds, by the id of the fault."""

    @property
    def good(self) -> bool:
        return not any(self.broken.values())


class Case:
    """Everything that is known of one request."""

    def __init__(self, sent: Sent) -> None:
        self.sent = sent
        self.got: list[Got] = []
        self.calls: list[Seen] = []
        self.dead: list[Dead] = []

    def __str__(self) -> str:
        said = ", ".join(f"{one.code}/{one.outcome}/{one.served}" for one in self.got)
        did = ", ".join(f"{one.how} at {one.at:.2f}" for one in self.calls)
        return (
            f"{self.sent.token} {self.sent.hostile or self.sent.operation} by {self.sent.agent}"
            f" at {self.sent.began:.2f}: replies [{said}], calls [{did}],"
            f" graves {[one.reason for one in self.dead]}"
        )

    @property
    def vendor(self) -> str:
        return self.sent.operation.partition(".")[0]

    @property
    def recorded(self) -> bool:
        return self.sent.kind != "safe" or self.sent.keyed

    @property
    def executed(self) -> list[Seen]:
        """The calls that may have done something."""
        return [one for one in self.calls if one.how not in _NOT_EXECUTED]

    @property
    def until(self) -> float:
        return max((one.at for one in self.got), default=float("inf"))


def judge(history: History) -> Verdict:
    """Return what is broken."""
    cases = {one.token: Case(one) for one in history.sent}
    strangers = _sort(history, cases)
    found = list(cases.values())
    faults, lost = [*history.faults, *_stalls(history.calls)], list(_disconnects(history))
    broken = {
        "lost": [str(one) for one in found if _lost(one)],
        "unexplained dead letters": [*strangers, *_unexplained(found, faults)],
        "second unsafe calls": [str(one) for one in found if _twice(one)],
        "conflicting replies": [str(one) for one in found if _conflicting(one)],
        "limit violations": [*_over_limit(found), *_seen_over_limit(history.calls)],
        "misclassified outcomes": [str(one) for one in found if _misclassified(one, faults)],
        "calls after the deadline": [str(one) for one in found if _late(one) > LATE],
        "hostile requests let through": [str(one) for one in found if _let_through(one)],
        "unexplained failures": [str(one) for one in found if _unexplained_failure(one, faults)],
        "disconnects caused by content": lost if len(lost) > STARVED else [],
        "messages left in queues": [f"{name}: {n}" for name, n in history.left.items() if n],
    }
    return Verdict(broken, _figures(history, found), dict(_recoveries(history)))


def _sort(history: History, cases: dict[int, Case]) -> Iterator[str]:
    """Give each request what belongs to it; return what belongs to none."""
    for call in history.calls:
        if call.token in cases:
            cases[call.token].calls.append(call)
    for got in history.got:
        if got.token in cases:
            cases[got.token].got.append(got)
    strangers = []
    for dead in history.dead:
        if dead.token in cases:
            cases[dead.token].dead.append(dead)
        else:
            strangers.append(f"{dead}")
    return iter(strangers)


def _lost(one: Case) -> bool:
    return one.sent.confirmed and not one.got and not one.dead


def _unexplained(found: list[Case], faults: list[Happened]) -> Iterator[str]:
    for one in found:
        for dead in one.dead:
            expected = one.sent.hostile and CASES[one.sent.hostile]
            if expected and not expected.answered and dead.reason == expected.expected:
                continue
            if dead.reason == "reply_unroutable" and any(_took_queue(one, f) for f in faults):
                continue
            yield str(one)


def _took_queue(one: Case, fault: Happened) -> bool:
    mine = fault.kind == "F9" and fault.params["agent"] == one.sent.agent
    return mine and one.sent.began < fault.ended + AFTERWARDS


def _twice(one: Case) -> bool:
    return one.sent.kind == "unsafe" and len(one.executed) > 1


def _conflicting(one: Case) -> bool:
    return one.recorded and len({got.digest for got in one.got}) > 1


def _over_limit(found: list[Case]) -> Iterator[str]:
    spans = defaultdict(list)
    for one in found:
        if len(one.calls) == len(one.got) == 1 and one.vendor in LIMITED:
            call, got = one.calls[0], one.got[0]
            spans[call.upstream].append((call.at - got.upstream, call.at))
    for upstream, some in spans.items():
        if (over := surely_over(LIMIT, some)) > JITTER:
            yield f"{upstream}: {over:.2f} calls over in the worst window, for certain"


def _seen_over_limit(calls: list[Seen]) -> Iterator[str]:
    times = defaultdict(list)
    for call in calls:
        times[call.upstream].append(call.at)
    for upstream, some in times.items():
        if upstream.partition("/")[0] in LIMITED and (over := excess(LIMIT, some)) > SEEN_JITTER:
            yield f"{upstream}: {over:.2f} calls over in the worst window, as they arrived"


def _misclassified(one: Case, faults: list[Happened]) -> bool:
    return any(_wrong(one, got, faults) for got in one.got if not one.sent.hostile)


def _wrong(one: Case, got: Got, faults: list[Happened]) -> bool:
    before = [call for call in one.executed if call.at <= got.at]
    again = any(_meets(fault, one, got) for fault in faults)
    if got.code == "ok":
        return got.counter not in {call.counter for call in before}
    if got.outcome == "not_sent":
        return bool(before) and (one.recorded or (one.sent.publishes == 1 and not again))
    if one.calls or one.vendor == SHUT:
        return False
    return one.vendor == REFUSING or not again


def _late(one: Case) -> float:
    if one.sent.deadline is None:
        return 0.0
    return max((call.at - one.sent.deadline for call in one.calls), default=0.0)


def _let_through(one: Case) -> bool:
    if not one.sent.hostile:
        return False
    case = CASES[one.sent.hostile]
    wrong = {got.code for got in one.got} - ({case.expected} if case.answered else set())
    return bool(one.calls or wrong)


def _unexplained_failure(one: Case, faults: list[Happened]) -> bool:
    return any(_no_reason(one, got, faults) for got in one.got if not one.sent.hostile)


def _no_reason(one: Case, got: Got, faults: list[Happened]) -> bool:
    """Return whether nothing that happened is a reason for this failure."""
    if got.code in {"ok", "internal"}:
        return got.code == "internal"
    odd = one.vendor in {HANGING, SHUT, REFUSING, CLOSING} or any(c.how != "ok" for c in one.calls)
    late = one.sent.deadline is not None and (
        got.code in _IN_TIME or (one.sent.deadline < got.at and got.code == "outcome_unknown")
    )
    return not (odd or late or any(_explains(fault, one, got) for fault in faults))


def _explains(fault: Happened, one: Case, got: Got) -> bool:
    if fault.params.get("vendor") == one.vendor:
        return fault.began < got.at and one.sent.began < fault.ended + BREAKER
    return _meets(fault, one, got) and got.code == "outcome_unknown" and fault.kind != "F14"


def _meets(fault: Happened, one: Case, got: Got) -> bool:
    """Return whether it may have come between this request's hub, or vendor, and its call."""
    whose = fault.params.get("stalled", fault.params.get("vendor", one.vendor))
    nobodys = fault.kind in _OF_AGENTS or fault.params.get("of") == "agents"
    mine = whose == one.vendor and not nobodys
    return mine and one.sent.began < fault.ended and fault.began < got.at


def _stalls(calls: list[Seen]) -> Iterator[Happened]:
    """Yield when nobody called a vendor: its owner stood still, and was taken for dead."""
    last: dict[str, float] = {}
    for call in calls:
        vendor = call.upstream.partition("/")[0]
        since = last.get(vendor, call.at)
        if call.at - since > STALLED:
            params = {"stalled": vendor}
            yield Happened("stall", "stall", since, call.at + STALLED, since, params)
        last[vendor] = call.at


def _disconnects(history: History) -> Iterator[str]:
    for one in history.joined:
        if one.hub == "agents" or one.at < history.began:
            continue
        if not any(_cuts(fault, one.hub, one.at) for fault in history.faults):
            yield f"hub {one.hub} connected at {one.at:.2f}, and no fault explains it"


def _cuts(fault: Happened, hub: str, at: float) -> bool:
    mine = hub in {fault.params.get("hub"), fault.params.get("of")}
    return (mine or fault.kind in _EVERYWHERE) and fault.began <= at <= fault.ended + AFTERWARDS


def _figures(history: History, found: list[Case]) -> dict[str, float]:
    limits = [
        excess(LIMIT, [call.at for call in history.calls if call.upstream == upstream])
        for upstream in {c.upstream for c in history.calls if c.upstream.split("/")[0] in LIMITED}
    ]
    return {
        "requests": len(found),
        "accepted": sum(one.sent.confirmed for one in found),
        "unknown publishes": sum(not one.sent.confirmed for one in found),
        "published again": sum(one.sent.publishes > 1 for one in found),
        "hostile": sum(bool(one.sent.hostile) for one in found),
        "dead letters": len(history.dead),
        "calls that vendors saw": len(history.calls),
        "replies": len(history.got),
        "duplicate replies": sum(max(0, len(one.got) - 1) for one in found),
        "outcome unknown": sum("outcome_unknown" in {g.code for g in one.got} for one in found),
        "worst excess over a limit": round(max(limits, default=0.0), 2),
        "latest call after a deadline": round(max(map(_late, found), default=0.0), 3),
        "connections lost without a fault": len(list(_disconnects(history))),
        "longest silence": round(_silence(history.got), 1),
    }


def _silence(got: list[Got]) -> float:
    times = sorted(one.at for one in got)
    return max((later - earlier for earlier, later in pairwise(times)), default=0.0)


def _recoveries(history: History) -> Iterator[tuple[str, float]]:
    """Yield how long it took until all steady vendors were called with success again."""
    good = {got.token: got.at for got in reversed(history.got) if got.code == "ok"}
    for fault in history.faults:
        if fault.kind in {"F14", "F9", "F15"}:
            continue
        worst = 0.0
        for vendor in set(STEADY) & set(BUSY):
            if any(_spoilt(vendor, fault, other) for other in history.faults):
                continue
            later = [
                good[call.token]
                for call in history.calls
                if call.at > fault.since
                and call.token in good
                and call.upstream.startswith(f"{vendor}/")
            ]
            worst = max(worst, min(later, default=float("inf")) - fault.since)
        yield fault.id, round(worst, 1)


def _spoilt(vendor: str, fault: Happened, other: Happened) -> bool:
    mine = other.params.get("vendor") == vendor
    return mine and other.began - 1 < fault.since < other.ended + BREAKER
