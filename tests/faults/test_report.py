"""The page of a run says what was broken, and with which command to see it again."""

from tests.faults.history import Happened, History
from tests.faults.oracle import Verdict
from tests.faults.plan import make
from tests.faults.report import page


def test_the_page_has_everything() -> None:
    plan = make(3, 1000, 10)
    first = plan.faults[0]
    history = History(faults=[Happened(first.id, first.kind, 1.0, 3.5, 1.0, {})])
    verdict = Verdict({"lost": ["a", "b"], "conflicting replies": []}, {"requests": 1000.0})
    verdict.recovery = {"F1-1": 2.5}
    text = page(plan, history, verdict)
    assert "scripts/faults --requests 1000 --faults 10 --seed 3" in text
    assert "| lost | 2 |" in text
    assert "| conflicting replies | 0 |" in text
    assert "| requests | 1,000.0 |" in text
    assert "| broker killed and restarted | 5 s | 2.5 s | 2.5 s | 1 |" in text
    assert f"| {first.id} | " in text
    assert all(fault.id in text for fault in plan.faults)
