"""``hub settings``: every variable, what it is set to and where that was read; secrets masked."""

from typing import TYPE_CHECKING, Annotated

import typer

from service.commands import _shell

if TYPE_CHECKING:
    from service.settings_shown import Row


def settings(
    as_json: _shell.AsJson = False,
    as_example: Annotated[
        bool, typer.Option("--example", help="Print .env.example instead.")
    ] = False,
) -> None:
    """Show all settings, keys and addresses with their source; secrets are masked.

    [bold]Example:[/bold] hub settings --json
    """
    with _shell.reporting(as_json=as_json):
        from service.settings_shown import example, rows_of, strangers

        if as_example:
            typer.echo(example(), nl=False)
            return
        found = _shell.settings()
        rows = rows_of(found)
        if as_json:
            _shell.show_json(rows)
        else:
            columns = ["variable", "value", "from", "what it is"]
            _shell.table("settings", columns, [_row(one) for one in rows])
        for one in strangers(found):
            _shell.say(f"{one} ({found.layers.source(one)}) is no setting of the hub.")


def _row(one: "Row") -> list[str]:
    alias = f": {one['read']}" if one["read"] != one["name"] else ""
    return [one["name"], one["value"], f"{one['source']}{alias}", one["about"]]
