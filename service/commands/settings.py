"""``hub settings``: every variable, what it is set to and where that was read; secrets masked."""

from service.commands import _shell


def settings(
    as_json: _shell.AsJson = False,  # noqa: FBT002  (typer's way)
) -> None:
    """Show all settings, keys and addresses with their source; secrets are masked.

    [bold]Example:[/bold] hub settings --json
    """
    from service.settings_shown import rows_of

    rows = rows_of(_shell.settings())
    if as_json:
        _shell.show_json(rows)
        return
    shown = [[row["name"], row["value"], row["source"], row["about"]] for row in rows]
    _shell.table("settings", ["variable", "value", "from", "what it is"], shown)
