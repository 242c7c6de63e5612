import asyncio
import contextlib
import getpass
import io
import json
import socket
from collections.abc import Callable

import pytest
import typer

from contracts import Facts, FieldError, InvalidRequest, OutcomeUnknown, WouldMissDeadline
from service.addresses import Told, held, tell
from service.commands import _shell
from tests.support.cli import Cli
from tests.support.stub_pages import StubView, pages

TOKEN = "s3cret"


def raised(error: BaseException) -> Callable[[bool], None]:
    def command(as_json: bool) -> None:
        with _shell.reporting(as_json=as_json):
            raise error

    return command


REFUSED = WouldMissDeadline("not before noon", Facts(retry_after=7.26))
ERRORS = (FieldError(field="", message="odd"), FieldError(field="a", message="even"))
WRONG = InvalidRequest("two are wrong", Facts(errors=ERRORS))
LISTED = InvalidRequest("x.y: parameters: odd; a: even.", Facts(errors=ERRORS))
UNKNOWN = OutcomeUnknown("who knows")
UNKNOWN.add_note("request id r-1")


@pytest.mark.parametrize(
    ("error", "code", "lines"),
    [
        (REFUSED, 3, ["would_miss_deadline: not before noon", "  It may work in 7.3 s."]),
        (WRONG, 2, ["invalid_request: two are wrong", "  parameters: odd", "  a: even"]),
        (
            LISTED,
            2,
            [
                "invalid_request: The parameters do not fit the operation.",
                "  parameters: odd",
                "  a: even",
            ],
        ),
        (UNKNOWN, 4, ["outcome_unknown: who knows", "  request id r-1"]),
        (_shell.Stop("Write key=value.", _shell.USAGE), 2, ["Write key=value."]),
        (_shell.Stop("No hub runs here."), 1, ["No hub runs here."]),
        (ConnectionError("No broker answers."), 1, ["No broker answers."]),
        (ConnectionError("odd \x1b[2J words\x07"), 1, ["odd �[2J words�"]),
        (KeyboardInterrupt(), 130, []),
    ],
)
def test_whatever_a_command_fails_of_is_a_sentence_and_a_code(
    error: BaseException, code: int, lines: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as caught:
        raised(error)(False)
    said = capsys.readouterr()
    assert (caught.value.exit_code, said.err.splitlines(), said.out) == (code, lines, "")


def test_with_json_it_is_one_problem_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as caught:
        raised(REFUSED)(True)
    said = capsys.readouterr()
    assert (caught.value.exit_code, said.err) == (3, "")
    problem = json.loads(said.out)
    assert (problem["code"], problem["retry_after"]) == ("would_miss_deadline", 7.26)
    with pytest.raises(typer.Exit):
        raised(_shell.Stop("No hub runs here."))(True)
    assert json.loads(capsys.readouterr().out) == {
        "type": "about:blank",
        "title": "The command failed",
        "detail": "No hub runs here.",
    }


def test_a_bug_is_no_sentence() -> None:
    with pytest.raises(KeyError):
        raised(KeyError("x"))(False)


def test_off_a_terminal_no_table_cuts_anything(capsys: pytest.CaptureFixture[str]) -> None:
    long = "x" * 300
    _shell.table("names", ["name", "what"], [["a" * 90, long], ["b", "[bold]as it is[/bold]"]])
    out = capsys.readouterr().out
    assert f"{'a' * 90}   {long}" in out
    assert "[bold]as it is[/bold]" in out
    assert "\x1b" not in out


def test_a_table_without_rows_has_its_head(capsys: pytest.CaptureFixture[str]) -> None:
    _shell.table("none", ["name", "what"], [])
    assert "name" in capsys.readouterr().out


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_json_is_indented() -> None:
    with contextlib.redirect_stdout(Terminal()) as out:
        _shell.show_json({"a": [1]})
    assert out.getvalue().count("\n") > 1


def test_an_agent_finds_hub_up(cli: Cli) -> None:
    with held(cli.folder / "data"):
        tell(cli.folder / "data", Told("amqp://hub:p@127.0.0.1:9/", "http://x", "mine"))
        found = _shell.agent()
    assert (found._url, found._prefix) == ("amqp://hub:p@127.0.0.1:9/", "mine")


def test_json_is_one_line_off_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    _shell.show_json({"a": ["ä", None]})
    assert capsys.readouterr().out == '{"a": ["ä", null]}\n'


@pytest.mark.parametrize("words", [["health"], ["limits"], ["health", "notion"]])
def test_without_a_hub_it_says_what_to_do(cli: Cli, words: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
    cli.set(HUB_HTTP_PORT=str(port))
    said = cli(*words)
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(
        f"No hub answers at http://127.0.0.1:{port}: start one with `hub up`"
    )


@pytest.mark.parametrize("words", [["call", "notion.get_page"], ["events"], ["pause", "notion"]])
def test_without_a_broker_it_says_what_to_do(cli: Cli, words: list[str]) -> None:
    said = cli(*words)
    assert (said.code, said.out) == (1, "")
    assert said.err.strip() == (
        "No hub runs here: start one with `hub up`, or set HUB_AMQP_URL to its broker."
    )
    problem = cli(*words, "--json")
    assert problem.json["detail"] == said.err.strip()


@pytest.mark.parametrize(
    "words",
    [["call", "a.b"], ["health"], ["settings"], ["integrations"], ["up"], ["serve"], ["events"]],
)
def test_a_wrong_setting_is_named_by_every_command(cli: Cli, words: list[str]) -> None:
    cli.set(HUB_HTTP_PORT="x")
    said = cli(*words)
    assert said.code == 2
    assert said.err.startswith("HUB_HTTP_PORT (environment): Input should be a valid integer")


async def test_a_token_is_needed_and_sent(cli: Cli) -> None:
    async with pages(StubView(), TOKEN) as port:
        cli.set(HUB_HTTP_PORT=str(port))
        without = await asyncio.to_thread(cli, "limits")
        cli.set(HUB_HTTP_TOKEN="other")
        wrong = await asyncio.to_thread(cli, "limits")
        cli.set(HUB_HTTP_TOKEN=TOKEN)
        right = await asyncio.to_thread(cli, "limits")
    assert (without.code, wrong.code, right.code) == (1, 1, 0)
    assert "set HUB_HTTP_TOKEN to the same as where it runs" in without.err
    assert wrong.err == without.err


async def test_hub_up_is_found_without_a_setting(cli: Cli) -> None:
    folder = cli.folder / "data"
    async with pages(StubView(), TOKEN) as port:
        with held(folder):
            url = f"http://127.0.0.1:{port}"
            tell(folder, Told("amqp://hub:p@127.0.0.1:9/", url, "hub", TOKEN))
            found = await asyncio.to_thread(cli, "limits")
            cli.set(HUB_HTTP_PORT="0")  # that of a hub to start, not of one that runs
            too = await asyncio.to_thread(cli, "limits")
            cli.set(HUB_HTTP_PORT="9")
            elsewhere = await asyncio.to_thread(cli, "limits")
    assert (found.code, too.code) == (0, 0)
    assert elsewhere.err.startswith("No hub answers at http://127.0.0.1:9")


async def test_no_proxy_is_asked_for_what_runs_here(cli: Cli) -> None:
    cli.set(http_proxy="http://127.0.0.1:9", HTTP_PROXY="http://127.0.0.1:9")
    async with pages(StubView()) as port:
        cli.set(HUB_HTTP_PORT=str(port))
        assert (await asyncio.to_thread(cli, "limits")).code == 0


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (b"HTTP/1.1 500 Oops\r\ncontent-length: 2\r\n\r\nno", "The hub answered HTTP 500."),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nno", "No hub answers at"),
        (b"SSH-2.0-OpenSSH\r\n", "No hub answers at"),
    ],
)
async def test_what_is_no_hub_is_told(cli: Cli, answer: bytes, sentence: str) -> None:
    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(say, "127.0.0.1", 0)
    async with server:
        cli.set(HUB_HTTP_PORT=str(server.sockets[0].getsockname()[1]))
        said = await asyncio.to_thread(cli, "limits")
    assert said.code == 1
    assert said.err.startswith(sentence)


def test_who_asks_is_the_login(cli: Cli) -> None:
    cli.set(LOGNAME="alice")
    assert _shell.me() == "cli:alice"


def test_a_container_s_user_may_have_no_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise KeyError("getpwuid(): uid not found: 10001")

    monkeypatch.setattr(getpass, "getuser", nameless)
    assert _shell.me() == "cli:unknown"
