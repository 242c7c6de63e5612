"""``hub call``: one request over the bus, as any agent would make it."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, NoReturn

import typer

from service.commands import _shell

if TYPE_CHECKING:
    from sdk import Reply

_QUOTING: Final = """ Text needs no colon: key=value; a list is 'key:=["a", "b"]', quoted so."""


def call(
    operation: Annotated[str, typer.Argument(help="As notion.get_page.")],
    params: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[KEY=VALUE]...",
            help="Parameters; KEY:=JSON for lists, objects, and what is not text.",
        ),
    ] = None,
    within: Annotated[
        float, typer.Option(min=0.1, max=600, help="Seconds until the reply has to be there.")
    ] = 30.0,
    request_id: Annotated[
        str | None,
        typer.Option("--id", help="The request id; with the same one nothing is done twice."),
    ] = None,
    file: Annotated[
        Path | None, typer.Option(help="Read parameters from this JSON file; - is standard input.")
    ] = None,
    as_json: _shell.AsJson = False,
) -> None:
    """Call an operation and print its result, which is JSON.

    [bold]Example:[/bold] hub call notion.search query=fungi page_size:=5

    Exit codes: 0 ok, 1 failed, 2 usage, 3 refused by a limit or deadline, 4 outcome unknown.
    """
    with _shell.reporting(as_json=as_json):
        from uuid import uuid4

        given = _from_file(file) | _pairs(params or [])
        id_ = request_id or uuid4().hex

        async def work() -> "Reply":
            from sdk import Options

            progress = _progress if sys.stderr.isatty() else None
            options = Options(within, id_, progress, acts_for=_shell.me())
            async with _shell.agent() as hub:
                return await hub.ask(operation, given, options)

        try:
            reply = _shell.run(work)
        except KeyboardInterrupt:
            _interrupted(operation, id_)
        if reply.served == "sandbox" and sys.stderr.isatty():
            _shell.say("From the sandbox: recordings, not the service itself.")
        _shell.show_json(reply.result())


def _interrupted(operation: str, id_: str) -> NoReturn:
    _shell.fail(
        f"Interrupted: {operation} may still be under way. With --id {id_} you can ask again, and "
        "nothing is done twice.",
        _shell.INTERRUPTED,
    )


def _pairs(texts: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in texts:
        name, sign, value = one.partition("=")
        key = name.removesuffix(":")
        if not sign or not key:
            _shell.fail(f"{one!r} is no parameter: write key=value, or key:=JSON.", _shell.USAGE)
        if key in found:
            _shell.fail(f"The parameter {key!r} is given twice: leave one.", _shell.USAGE)
        found[key] = _json(one, value) if name.endswith(":") else _text(one, value)
    return found


def _json(whole: str, value: str) -> Any:  # noqa: ANN401
    try:
        return json.loads(_text(whole, value), parse_constant=_no_number)
    except ValueError:
        _shell.fail(f"What follows := in {whole!r} is not JSON.{_QUOTING}", _shell.USAGE)


def _text(whole: str, value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        _shell.fail(f"The parameter {whole!r} is not UTF-8.", _shell.USAGE)
    return value


def _from_file(file: Path | None) -> dict[str, Any]:
    if file is None:
        return {}
    name = "standard input" if str(file) == "-" else str(file)
    try:
        raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        found = json.loads(raw, parse_constant=_no_number)
    except OSError as error:
        _shell.fail(f"{name} cannot be read: {error.strerror}.", _shell.USAGE)
    except ValueError as error:
        _shell.fail(f"{name} is not JSON: {error}.", _shell.USAGE)
    if not isinstance(found, dict):
        _shell.fail(f"{name} has to hold one JSON object.", _shell.USAGE)
    return found


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


def _progress(place: int | None, eta: float | None) -> None:
    where = "behind the window" if place is None else f"place {place + 1}"
    soon = "" if eta is None else f", about {eta:.1f} s"
    _shell.say(f"waiting: {where}{soon}")
