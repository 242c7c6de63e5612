from service.answer import Answer
from service.metrics import Metrics

OK = Answer(ok=True, body=b"{}")
FAILED = Answer(ok=False, body=b"{}", served="replay")


def series(metrics: Metrics, start: str) -> dict[str, float]:
    lines = metrics.text().decode().splitlines()
    pairs = (line.rpartition(" ") for line in lines if line.startswith(start))
    return {name: float(value) for name, _, value in pairs}


def test_answers_are_counted_by_how_and_from_where() -> None:
    metrics = Metrics()
    metrics.know(["notion.get_page", "notion.search"])
    metrics.know(["twilio.send_message"])
    metrics.answered("notion.get_page", OK, 0.25)
    metrics.answered("notion.get_page", OK, 40.0)
    metrics.answered("notion.search", FAILED, 0.25)
    assert series(metrics, "hub_requests_total") == {
        'hub_requests_total{operation="notion.get_page",served="live",status="ok"}': 2,
        'hub_requests_total{operation="notion.search",served="replay",status="failed"}': 1,
    }
    assert series(metrics, "hub_request_seconds_sum") == {
        'hub_request_seconds_sum{integration="notion"}': 40.5,
    }


def test_what_askers_make_up_is_no_label() -> None:
    metrics = Metrics()
    metrics.know(["notion.get_page"])
    for number in range(100):
        metrics.answered(f"notion.made_up_{number}", FAILED, 0.1)
        metrics.answered(f"made{number}.up", FAILED, 0.1)
    assert len(series(metrics, "hub_requests_total")) == 1
    assert series(metrics, "hub_request_seconds_count") == {
        'hub_request_seconds_count{integration="unknown"}': 200
    }


def test_attempts_dead_letters_and_ownership() -> None:
    metrics = Metrics()
    metrics.attempted("notion", "api", "ok")
    metrics.dead("reply_forbidden")
    metrics.unheard()
    metrics.owns("notion", held=True)
    metrics.owns("twilio", held=True)
    metrics.owns("twilio", held=False)
    attempts = 'hub_upstream_attempts_total{integration="notion",result="ok",upstream="api"}'
    assert series(metrics, "hub_upstream_attempts_total") == {attempts: 1}
    assert series(metrics, "hub_dead_letters_total") == {
        'hub_dead_letters_total{reason="reply_forbidden"}': 1
    }
    assert series(metrics, "hub_owned") == {
        'hub_owned{integration="notion"}': 1,
        'hub_owned{integration="twilio"}': 0,
    }


def test_limits_are_shown_while_this_hub_owns_them() -> None:
    metrics = Metrics()
    metrics.limit("notion", "api", 7.5, 2)
    metrics.limit("shop", "api", float("inf"), 0)
    left = 'hub_limit_tokens_left{integration="notion",upstream="api"}'
    waiting = 'hub_limit_waiting{{integration="{}",upstream="api"}}'.format
    assert series(metrics, "hub_limit_tokens_left") == {left: 7.5}
    assert series(metrics, "hub_limit_waiting") == {waiting("notion"): 2, waiting("shop"): 0}
    metrics.no_limit("notion", "api")
    metrics.no_limit("shop", "api")
    metrics.no_limit("never", "seen")
    assert series(metrics, "hub_limit_") == {}


def test_the_process_itself_is_measured() -> None:
    assert series(Metrics(), "process_resident_memory_bytes")
