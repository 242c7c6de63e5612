"""Ways to prove who asks: variables, what is missing, headers."""

import pytest

from clients._auth import Auth, Basic, Bearer, FirstOf, Key, NoAuth, Pairs
from clients._environment import Environment
from contracts import NotConfigured

BASIC = Basic("SID", "TOKEN")
EITHER = FirstOf([Bearer("NEW"), BASIC])
FULL = {"NEW": "n", "OLD": "o", "SID": "me", "TOKEN": "sesame"}
PAIR = "Basic bWU6c2VzYW1l"

WAYS: list[tuple[Auth, dict[str, str], tuple[str, ...], Pairs]] = [
    (NoAuth(), {}, (), ()),
    (Key("X-Key", ("NEW", "OLD")), FULL, (), (("X-Key", "n"),)),
    (Key("X-Key", ("NEW", "OLD")), {"OLD": "o"}, (), (("X-Key", "o"),)),
    (Key("X-Key", ("NEW", "OLD")), {}, ("NEW",), ()),
    (Bearer("NEW"), FULL, (), (("Authorization", "Bearer n"),)),
    (BASIC, FULL, (), (("Authorization", PAIR),)),
    (BASIC, {"SID": "me"}, ("TOKEN",), ()),
    (BASIC, {}, ("SID", "TOKEN"), ()),
    (EITHER, FULL, (), (("Authorization", "Bearer n"),)),
    (EITHER, {"SID": "me", "TOKEN": "sesame"}, (), (("Authorization", PAIR),)),
    (EITHER, {"SID": "me"}, ("TOKEN",), ()),
]


@pytest.mark.parametrize(("auth", "values", "lacking", "headers"), WAYS)
async def test_way(
    auth: Auth, values: dict[str, str], lacking: tuple[str, ...], headers: Pairs
) -> None:
    env = Environment(values)
    assert auth.lacking(env) == lacking
    if lacking:
        with pytest.raises(NotConfigured, match=lacking[0]):
            await auth.headers(env)
    else:
        assert await auth.headers(env) == headers


VARIABLES: list[tuple[Auth, tuple[str, ...]]] = [
    (NoAuth(), ()),
    (Key("X-Key", ("NEW", "OLD")), ("NEW", "OLD")),
    (EITHER, ("NEW", "SID", "TOKEN")),
]


@pytest.mark.parametrize(("auth", "variables"), VARIABLES)
def test_variables(auth: Auth, variables: tuple[str, ...]) -> None:
    assert auth.variables == variables
