"""``hub health``: how well the integrations are, as the running hub sees them."""

from typing import Annotated, Any
from urllib.parse import quote

import typer

from service.commands import _shell


def health(
    name: Annotated[str | None, typer.Argument(help="One integration.")] = None,
    as_json: _shell.AsJson = False,
) -> None:
    """Show the health of all integrations, or of one; exit code 1 if any is down.

    [bold]Example:[/bold] hub health notion
    """
    with _shell.reporting(as_json=as_json):
        if name is None:
            rows = [one["health"] for one in _shell.ask_hub("/api/integrations")]
        else:
            rows = [_shell.ask_hub(f"/api/integrations/{quote(name, safe='')}/health")]
        if as_json:
            _shell.show_json(rows[0] if name is not None else rows)
        else:
            columns = ["integration", "state", "cause", "ms", "since", "detail"]
            _shell.table("health", columns, [_row(one) for one in rows])
        if any(one["state"] == "down" for one in rows):
            raise typer.Exit(_shell.FAILED)


def _row(one: dict[str, Any]) -> list[str]:
    names = ("integration", "state", "cause", "latency_ms", "since", "detail")
    found = {name: one.get(name) for name in names} | {"since": str(one.get("since", ""))[:19]}
    return ["-" if value in {None, ""} else str(value) for value in found.values()]
