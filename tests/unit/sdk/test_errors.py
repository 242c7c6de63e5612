"""The errors of the package are those that are drawn, and only one leaves it."""

import inspect
import re

import sdk
from sdk import _errors


def test_the_tree_is_drawn_whole() -> None:
    drawn = set(re.findall(r"^ +(?:[├└]── )?(\w+) {2,}\S", _errors.__doc__ or "", re.MULTILINE))
    made = {name for name, one in vars(_errors).items() if inspect.isclass(one)}
    assert drawn == made


def test_two_of_them_leave_the_package() -> None:
    public = {name: getattr(sdk, name) for name in sdk.__all__}
    classes = {name for name, one in public.items() if isinstance(one, type)}
    raised = {name for name in classes if issubclass(public[name], Exception)}
    assert raised == {"HubUnreachable", "NotScripted"}


def test_a_denial_keeps_code_and_words() -> None:
    denied = _errors.Denied(404, "no queue")
    assert (denied.code, denied.words, str(denied)) == (404, "no queue", "no queue")


def test_programs_may_treat_it_as_any_lost_connection() -> None:
    assert issubclass(sdk.HubUnreachable, ConnectionError)
