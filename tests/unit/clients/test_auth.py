"""Ways to prove who asks: variables, what is missing, headers."""

from collections.abc import Hashable

import pytest

from clients._auth import (
    AllOf,
    Auth,
    Basic,
    Bearer,
    FirstOf,
    Key,
    NoAuth,
    Pairs,
    Parts,
    Proof,
    QueryKey,
)
from clients._environment import Environment
from clients._tokens import TokenSource
from contracts import NotConfigured


class Nowhere:
    """No token is to be had."""

    async def token(self, source: TokenSource, env: Environment) -> tuple[Hashable, str]:
        raise NotImplementedError


NOWHERE = Nowhere()
BASIC = Basic("SID", "TOKEN")
BOTH = AllOf([Key("apikey", ("NEW",)), Bearer("NEW")])
TICKET = Parts("Authorization", "Ticket={}={}", (("SID",), ("TOKEN", "OLD")))
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
    (TICKET, FULL, (), (("Authorization", "Ticket=me=sesame"),)),
    (TICKET, {"SID": "me"}, ("TOKEN",), ()),
    (FirstOf([Bearer("NEW"), NoAuth()]), {}, (), ()),
    (BOTH, FULL, (), (("apikey", "n"), ("Authorization", "Bearer n"))),
    (BOTH, {}, ("NEW",), ()),
    (QueryKey("key", ("NEW",)), {}, ("NEW",), ()),
]


@pytest.mark.parametrize(("auth", "values", "lacking", "headers"), WAYS)
async def test_way(
    auth: Auth, values: dict[str, str], lacking: tuple[str, ...], headers: Pairs
) -> None:
    env = Environment(values)
    assert auth.lacking(env) == lacking
    if lacking:
        with pytest.raises(NotConfigured, match=lacking[0]):
            await auth.prove(env, NOWHERE)
    else:
        assert (await auth.prove(env, NOWHERE)).headers == headers


VARIABLES: list[tuple[Auth, tuple[str, ...]]] = [
    (NoAuth(), ()),
    (Key("X-Key", ("NEW", "OLD")), ("NEW", "OLD")),
    (EITHER, ("NEW", "SID", "TOKEN")),
    (BOTH, ("NEW",)),
    (TICKET, ("SID", "TOKEN", "OLD")),
]


@pytest.mark.parametrize(("auth", "variables"), VARIABLES)
def test_variables(auth: Auth, variables: tuple[str, ...]) -> None:
    assert auth.variables == variables


async def test_a_key_in_the_query_is_no_header_and_a_secret() -> None:
    way = AllOf([QueryKey("key", ("NEW",)), Bearer("OLD")])
    proof = await way.prove(Environment(FULL), NOWHERE)
    assert (proof.query, proof.headers) == ((("key", "n"),), (("Authorization", "Bearer o"),))
    assert sorted(proof.secrets()) == ["n", "o"]
    assert "Bearer" not in repr(proof)


def test_what_is_chosen_depends_on_the_environment() -> None:
    way = FirstOf([Bearer("NEW"), NoAuth()])
    assert way.chosen(Environment(FULL)) == Bearer("NEW")
    assert way.chosen(Environment({})).groups == ()
    assert way.asks == ()


async def test_nothing_proves_nothing() -> None:
    assert await Auth().prove(Environment({}), NOWHERE) == Proof()


@pytest.mark.parametrize(
    ("auth", "accounts"),
    [
        (NoAuth(), ()),
        (Key("X-Key", ("NEW",)), ()),
        (BASIC, (("SID",),)),
        (TICKET, (("SID",),)),
        (EITHER, (("SID",),)),
        (BOTH, ()),
    ],
)
def test_what_says_who_asks_and_proves_nothing(
    auth: Auth, accounts: tuple[tuple[str, ...], ...]
) -> None:
    assert auth.accounts == accounts
