"""``hub health``: how well the integrations are, as the running hub sees them."""

from typing import Annotated, Any

import typer

from service.commands import _shell


def health(
    name: Annotated[str | None, typer.Argument(help="One integration.")] = None,
    as_json: _shell.AsJson = False,
) -> None:
    """Show the health of all integrations, or of one; exit code 1 if any is down.

    [bold]Example:[/bold] hub health notion
    """
    if name:
        rows = [_shell.ask_hub(f"/api/integrations/{name}/health")]
    else:
        rows = [one["health"] for one in _shell.ask_hub("/api/integrations")]
    if as_json:
        _shell.show_json(rows[0] if name else rows)
    else:
        columns = ["integration", "state", "cause", "ms", "since", "detail"]
        _shell.table("health", columns, [_row(one) for one in rows])
    if any(one["state"] == "down" for one in rows):
        raise typer.Exit(1)


def _row(one: dict[str, Any]) -> list[str]:
    names = ("integration", "state", "cause", "latency_ms", "since", "detail")
    return [str(one.get(name) or "-") for name in names]
