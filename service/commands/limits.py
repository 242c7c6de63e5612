"""``hub limits``: what each upstream allows, what is left of it, who waits."""

from typing import Annotated, Any

import typer

from service.commands import _shell


def limits(
    name: Annotated[str | None, typer.Argument(help="One integration.")] = None,
    as_json: _shell.AsJson = False,
) -> None:
    """Show the limits of all upstreams, and how much of them is left.

    [bold]Example:[/bold] hub limits notion
    """
    path = f"/api/integrations/{name}" if name else "/api/integrations"
    found = _shell.ask_hub(path)
    rows = [
        {"integration": one["name"], **upstream}
        for one in ([found] if name else found)
        for upstream in one["limits"]
    ]
    if as_json:
        _shell.show_json(rows)
        return
    columns = ["integration", "upstream", "allowed", "left", "waiting", "next in s"]
    _shell.table("limits", columns, [_row(one) for one in rows])


def _row(one: dict[str, Any]) -> list[str]:
    live = [one.get(name) for name in ("left", "waiting", "eta")]
    shown = ["-" if value is None else f"{value:g}" for value in live]
    return [one["integration"], one["upstream"], one["allowed"], *shown]
