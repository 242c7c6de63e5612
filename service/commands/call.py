"""``hub call``: one request over the bus, as any agent would make it."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from service.commands import _shell


def call(
    operation: Annotated[str, typer.Argument(help="As notion.get_page.")],
    params: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[KEY=VALUE]...", help="Parameters; KEY:=JSON for lists and objects."
        ),
    ] = None,
    within: Annotated[float, typer.Option(help="Seconds until the reply has to be there.")] = 30.0,
    request_id: Annotated[
        str | None, typer.Option("--id", help="The request id; the same on repeats.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option(help="Read the parameters from this JSON file; - for stdin.")
    ] = None,
    as_json: _shell.AsJson = False,
) -> None:
    """Call an operation and print its result.

    [bold]Example:[/bold] hub call space_weather.get_kp_index

    Exit codes: 0 ok, 1 failed, 2 usage, 3 refused by a limit or deadline, 4 outcome unknown.
    """
    given = _from_file(file) | _pairs(params or [])

    async def work() -> Any:  # noqa: ANN401  (any operation's result)
        from sdk import Options

        progress = _progress if sys.stderr.isatty() else None
        options = Options(within=within, request_id=request_id, progress=progress)
        async with _shell.agent() as hub:
            return (await hub.ask(operation, given, options)).result()

    _shell.show_json(_shell.run(work, as_json=as_json))


def _pairs(texts: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in texts:
        name, sign, value = one.partition("=")
        if not sign or not name:
            _shell.fail(f"{one!r} is no parameter: write key=value.", _shell.USAGE)
        found[name.removesuffix(":")] = _json(one, value) if name.endswith(":") else value
    return found


def _json(whole: str, value: str) -> Any:  # noqa: ANN401
    try:
        return json.loads(value)
    except ValueError:
        _shell.fail(f"What follows := in {whole!r} is not JSON.", _shell.USAGE)


def _from_file(file: Path | None) -> dict[str, Any]:
    if file is None:
        return {}
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
        found = json.loads(text)
    except (OSError, ValueError) as error:
        _shell.fail(f"The parameters in {file} cannot be read: {error}.", _shell.USAGE)
    if not isinstance(found, dict):
        _shell.fail(f"{file} has to hold one JSON object.", _shell.USAGE)
    return found


def _progress(place: int | None, eta: float | None) -> None:
    where = "behind the window" if place is None else f"place {place + 1}"
    soon = "" if eta is None else f", about {eta:.1f} s"
    typer.echo(f"waiting: {where}{soon}", err=True)
