"""``hub pause`` and ``hub resume``: stop serving one integration for a while, on all hubs."""

from typing import Annotated

import typer

from service.commands import _shell

Name = Annotated[str, typer.Argument(help="The integration.")]


def pause(name: Name) -> None:
    """Let requests for an integration wait in the broker.

    [bold]Example:[/bold] hub pause notion
    """
    _order("pause", name)


def resume(name: Name) -> None:
    """Serve a paused integration again.

    [bold]Example:[/bold] hub resume notion
    """
    _order("resume", name)


def _order(what: str, name: str) -> None:
    async def work() -> str:
        async with _shell.agent() as hub:
            return await hub.order(what, name)

    typer.echo(_shell.run(work))
