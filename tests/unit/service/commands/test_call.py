"""What `hub call` says before anything is sent; the rest is in tests/broker."""

from pathlib import Path

import pytest

from service.commands import call
from service.commands._shell import Stop
from tests.support.cli import Cli


@pytest.mark.parametrize(
    ("words", "params"),
    [
        ([], {}),
        (["a=1", "b=", "c=x=y", "d= z "], {"a": "1", "b": "", "c": "x=y", "d": " z "}),
        (["n:=5", "f:=1.5", "t:=true", "z:=null"], {"n": 5, "f": 1.5, "t": True, "z": None}),
        (['l:=["a", {"b": 1}]', 's:="5"'], {"l": ["a", {"b": 1}], "s": "5"}),
        (["url=https://x/?a=b:=c"], {"url": "https://x/?a=b:=c"}),
        (["ä=ö"], {"ä": "ö"}),
    ],
)
def test_how_parameters_are_written(words: list[str], params: dict[str, object]) -> None:
    assert call._pairs(words) == params


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["page_id"], "'page_id' is no parameter: write key=value, or key:=JSON."),
        (["=x"], "'=x' is no parameter"),
        ([":=1"], "':=1' is no parameter"),
        (["a=1", "a:=2"], "The parameter 'a' is given twice"),
        (["a:=[1"], "What follows := in 'a:=[1' is not JSON. Text needs no colon"),
        (["a:=NaN"], "What follows := in 'a:=NaN' is not JSON"),
        (["a:=text"], "is not JSON"),
        (["a=\udcff"], "is not UTF-8"),
        (["a:=\udcff"], "is not UTF-8"),
    ],
)
def test_what_is_written_otherwise_is_usage(cli: Cli, words: list[str], sentence: str) -> None:
    said = cli("call", "notion.get_page", *words)
    assert (said.code, said.out) == (2, "")
    assert sentence in said.err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["a.b", "--id", "a\nb"], "invalid_request: A request id is 1 to 255 bytes"),
        (["a.b", "--id", "é" * 200], "invalid_request: A request id is 1 to 255 bytes"),
    ],
)
def test_an_id_that_is_none_is_usage(cli: Cli, words: list[str], sentence: str) -> None:
    said = cli("call", *words)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(sentence)


@pytest.mark.parametrize("command", [["call", "a.b"], ["events"], ["pause", "notion"]])
def test_an_address_that_cannot_be_used_is_usage(cli: Cli, command: list[str]) -> None:
    cli.set(HUB_AMQP_URL="amqps://broker/?no_verify_ssl=1")
    said = cli(*command)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("HUB_AMQP_URL (environment): it says no_verify_ssl")


def test_parameters_from_a_file_go_beneath_those_of_the_line(tmp_path: Path) -> None:
    file = tmp_path / "params.json"
    file.write_text('{"a": 1, "b": [2]}')
    assert call._from_file(file) | call._pairs(["a=x"]) == {"a": "x", "b": [2]}
    assert call._from_file(None) == {}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"[1]", "has to hold one JSON object"),
        (b'{"a": ', "is not JSON"),
        (b'{"a": Infinity}', "is not JSON: Infinity is no number"),
        (b"\xff\xfe", "is not JSON"),
    ],
)
def test_a_file_that_holds_something_else_is_usage(
    cli: Cli, tmp_path: Path, content: bytes, sentence: str
) -> None:
    file = tmp_path / "params.json"
    file.write_bytes(content)
    said = cli("call", "notion.get_page", "--file", str(file))
    assert said.code == 2
    assert f"{file} {sentence}" in said.err
    stdin = cli("call", "notion.get_page", "--file", "-", given=content)
    assert stdin.code == 2
    assert f"standard input {sentence}" in stdin.err


@pytest.mark.parametrize("place", ["/nowhere/x.json", "/"])
def test_a_file_that_cannot_be_read_is_usage(cli: Cli, place: str) -> None:
    said = cli("call", "notion.get_page", "--file", place)
    assert said.code == 2
    assert f"{place} cannot be read: " in said.err


@pytest.mark.parametrize("seconds", ["0", "-1", "601", "soon"])
def test_a_deadline_has_its_bounds(cli: Cli, seconds: str) -> None:
    said = cli("call", "notion.get_page", "--within", seconds)
    assert said.code == 2
    assert "--within" in said.err


def test_ctrl_c_says_how_to_ask_again() -> None:
    with pytest.raises(Stop, match=r"may still be under way\. With --id r-1") as caught:
        call._interrupted("twilio.send_message", "r-1")
    assert caught.value.code == 130


@pytest.mark.parametrize(
    ("place", "eta", "line"),
    [
        (0, 1.25, "waiting: place 1, about 1.2 s\n"),
        (None, None, "waiting: behind the window\n"),
    ],
)
def test_how_waiting_is_told(
    place: int | None, eta: float | None, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    call._progress(place, eta)
    assert capsys.readouterr().err == line
