"""``hub settings``: every variable, what it is set to and where that was read; secrets masked."""

from typing import Annotated

import typer

from service.commands import _shell


def settings(
    as_json: _shell.AsJson = False,
    as_example: Annotated[
        bool, typer.Option("--example", help="Print .env.example instead.")
    ] = False,
) -> None:
    """Show all settings, keys and addresses with their source; secrets are masked.

    [bold]Example:[/bold] hub settings --json
    """
    from service.settings_shown import example, rows_of

    if as_example:
        typer.echo(example(), nl=False)
        return
    rows = rows_of(_shell.settings())
    if as_json:
        _shell.show_json(rows)
        return
    shown = [[row["name"], row["value"], row["source"], row["about"]] for row in rows]
    _shell.table("settings", ["variable", "value", "from", "what it is"], shown)
