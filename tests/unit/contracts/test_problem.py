from contracts._problem import Problem

OLD = {
    "type": "urn:hub:problem:expired",
    "title": "t",
    "status": 504,
    "detail": "d",
    "code": "expired",
    "retryable": True,
    "outcome": "not_sent",
}


def test_the_least_that_a_problem_says() -> None:
    problem = Problem.model_validate(OLD)
    assert problem.model_dump(exclude_unset=True) == OLD
    assert problem.errors == ()


def test_what_a_newer_hub_adds_is_kept() -> None:
    assert Problem.model_validate(OLD | {"hint": "x"}).model_extra == {"hint": "x"}
