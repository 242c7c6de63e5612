"""Many cases in one test: as a test of its own, each would cost more than what it checks.

::

    @together({Notion: {"get_page": {"page": 1}, "get_block": {"page": 2}}})
    async def test_it_is_read(page: int) -> None: …    # is test_it_is_read[notion]
"""

import functools
import inspect
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar, cast

import pytest

from clients._client import Client

Checked = TypeVar("Checked", bound=Callable[..., Any])
"""A test, or a class of tests."""
Cases = Mapping[str, Mapping[str, Any]]
"""What each case gives to the test, under the name by which a failure tells of it."""


class GoesOn(Exception):
    """There is nothing to judge in this case: what was started goes on, and its result says so."""


def together(groups: Mapping[type[Client], Cases]) -> Callable[[Checked], Checked]:
    """Make one test for each client: it checks all its cases, and names all that are wrong."""

    def made(check: Checked) -> Checked:
        if not inspect.isclass(check):
            return cast("Checked", _test(check, groups))
        for name, method in [*vars(check).items()]:
            if name.startswith("test_"):
                setattr(check, name, _test(method, groups))
        return cast("Checked", check)

    return made


def _test(check: Callable[..., Any], groups: Mapping[type[Client], Cases]) -> Callable[..., Any]:
    @functools.wraps(check)
    async def test(*own: object, facts: type[Client], **fixtures: object) -> None:
        wrong = []
        for name, given in groups[facts].items():
            error = await _error(functools.partial(check, *own, **given, **fixtures))
            if error:
                error.add_note(f"in the case {name}")
                wrong.append(error)
        if wrong:
            raise ExceptionGroup(f"{len(wrong)} of {len(groups[facts])} cases", wrong)

    given = {name for cases in groups.values() for case in cases.values() for name in case}
    told = inspect.signature(check)
    kept = [one for name, one in told.parameters.items() if name not in given]
    kept.append(inspect.Parameter("facts", inspect.Parameter.KEYWORD_ONLY))
    vars(test)["__signature__"] = told.replace(parameters=kept)
    by_client = pytest.mark.parametrize("facts", groups, ids=lambda one: one.name)
    return cast("Callable[..., Any]", by_client(test))


async def _error(check: Callable[[], Awaitable[None] | None]) -> Exception | None:
    try:
        found = check()
        if found is not None:
            await found
    except GoesOn:
        return None
    except Exception as error:  # noqa: BLE001  (told with those of the other cases)
        return error
    return None
