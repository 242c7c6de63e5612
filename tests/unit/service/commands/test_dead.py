"""What people and programs see of dead letters; the letters themselves are in tests/broker."""

import asyncio

import pytest

from service.dead.office import Selection
from service.web.dead_letters import dead_letter_routes
from tests.support.cli import Cli, Said
from tests.support.letters import SHOWN, StubLetters, result
from tests.support.stub_pages import StubView, pages


async def said(cli: Cli, letters: StubLetters, *words: str, given: str | None = None) -> Said:
    async with pages(StubView(), more=[dead_letter_routes(letters)]) as port:
        cli.set(HUB_HTTP_PORT=str(port))
        return await asyncio.to_thread(cli, "dead", *words, given=given)


async def test_a_list_is_a_table_that_cannot_steer_a_terminal(cli: Cli) -> None:
    told = await said(cli, StubLetters(more=True), "list")
    assert (told.code, "dead letters: 3" in told.out) == (0, True)
    assert "gone\ufffd[2J" in told.out
    assert "There are more" in told.err


async def test_a_list_is_json_for_programs(cli: Cli) -> None:
    letters = StubLetters()
    words = ("--integration", "notion", "--reason", "internal", "--user", "al", "--limit", "2")
    told = await said(cli, letters, "list", "--json", *words)
    assert (told.code, told.json["total"], told.json["more"]) == (0, 3, False)
    assert letters.asked == [("list", Selection(frozenset(), "notion", "internal", "al"), 2)]


async def test_a_reason_that_is_none_is_usage(cli: Cli) -> None:
    told = await said(cli, StubLetters(), "list", "--reason", "bad_luck")
    assert (told.code, "reply_unroutable" in told.err) == (2, True)


async def test_one_letter_whole(cli: Cli) -> None:
    told = await said(cli, StubLetters(), "show", "a1")
    assert told.code == 0
    assert "do          Replay it.\n" in told.out
    assert "replayable  yes\n" in told.out
    assert told.out.endswith('{"a":\n1}\n')
    assert "longer" in told.err
    programs = await said(cli, StubLetters(), "show", "a1", "--json")
    assert programs.json == SHOWN


async def test_a_letter_that_is_not_there(cli: Cli) -> None:
    told = await said(cli, StubLetters(), "show", "b2", "--json")
    assert (told.code, "There is no dead letter" in told.json["detail"]) == (1, True)


@pytest.mark.parametrize(
    ("results", "code"),
    [
        ([result("a1", "replayed")], 0),
        ([result("a1", "replayed"), result("b2", "refused")], 1),
        ([result("a1", "failed")], 1),
        ([result("a1", "refused", "outcome_unknown"), result("b2", "refused")], 4),
        ([], 1),
    ],
)
async def test_the_exit_code_says_what_became_of_them(
    cli: Cli, results: list[dict[str, str]], code: int
) -> None:
    letters = StubLetters(results)
    told = await said(cli, letters, "replay", "a1")
    assert told.code == code
    assert ("not there" in told.err) == (not results)
    ((what, of, _, by, dry),) = letters.asked
    assert (what, of, by[:4], dry) == ("replay", Selection(frozenset({"a1"})), "cli:", False)


async def test_where_the_reply_goes_is_told(cli: Cli) -> None:
    told = await said(cli, StubLetters([result("a1", "would_replay")]), "replay", "a1", "--dry-run")
    line = "a1  notion.get_page  would replay: It was not done. The reply goes to hub.replies."
    assert told.out == f"{line}\n"


SOME = [result("a1", "would_drop"), result("b2", "refused")]


@pytest.mark.parametrize("words", [["drop", "a1"], ["drop", "--all"], ["replay", "--all"]])
@pytest.mark.parametrize(
    ("typed", "code", "orders"), [("y\n", 1, 2), ("n\n", 1, 1), ("", 2, 1), (None, 2, 1)]
)
async def test_what_cannot_be_taken_back_is_asked_first(
    cli: Cli, words: list[str], typed: str | None, code: int, orders: int
) -> None:
    """After a yes no letter is touched that was not shown."""
    letters = StubLetters(SOME)
    told = await said(cli, letters, *words, given=typed)
    assert (told.code, len(letters.asked)) == (code, orders)
    assert f"{words[0].capitalize()} 1? [y/N]" in told.err
    dry = [asked[-1] for asked in letters.asked]
    assert dry == [True, False][:orders]
    if orders == 2:
        assert letters.asked[1][1] == Selection(frozenset({"a1"}))
    else:
        assert "Nothing was done" in told.err


async def test_where_nothing_can_be_done_nothing_is_asked(cli: Cli) -> None:
    told = await said(cli, StubLetters(SOME[1:]), "replay", "--all", given="y\n")
    assert (told.code, "nothing to replay" in told.err) == (1, True)


async def test_with_yes_nothing_is_asked(cli: Cli) -> None:
    letters = StubLetters([result("a1", "dropped")], more=True)
    certain = await said(cli, letters, "drop", "--all", "--yes")
    assert (certain.code, certain.out) == (0, "a1  notion.get_page  dropped\n")
    assert "run it again" in certain.err
    programs = await said(cli, letters, "drop", "--all", "--yes", "--json")
    assert (programs.json["letters"], programs.json["more"]) == (letters.results, True)


@pytest.mark.parametrize("what", ["drop", "replay"])
async def test_nothing_named_is_usage(cli: Cli, what: str) -> None:
    letters = StubLetters()
    told = await said(cli, letters, what, "--yes", "--json")
    assert (told.code, letters.asked) == (2, [])
    assert "Say which" in told.json["detail"]
