"""``hub limits``: what each upstream allows, what is left of it, who waits."""

from typing import Annotated, Any
from urllib.parse import quote

import typer

from service.commands import _shell


def limits(
    name: Annotated[str | None, typer.Argument(help="One integration.")] = None,
    as_json: _shell.AsJson = False,
) -> None:
    """Show the limits of all upstreams, and how much of them is left.

    [bold]Example:[/bold] hub limits notion

    What is left is known to the hub that owns the integration: with several hubs, ask that one.
    """
    with _shell.reporting(as_json=as_json):
        if name is None:
            found = _shell.ask_hub("/api/integrations")
        else:
            found = [_shell.ask_hub(f"/api/integrations/{quote(name, safe='')}")]
        rows = [
            {"integration": one["name"], **upstream} for one in found for upstream in one["limits"]
        ]
        if as_json:
            _shell.show_json(rows)
            return
        columns = ["upstream", "allowed", "left", "waiting", "next in s"]
        _shell.table("limits", columns, [_row(one) for one in rows])


def _row(one: dict[str, Any]) -> list[str]:
    live = [one[name] for name in ("left", "waiting", "eta")]
    shown = ["-" if value is None else f"{value:.4g}" for value in live]
    return [f"{one['integration']}.{one['upstream']}", one["allowed"] or "no limit", *shown]
