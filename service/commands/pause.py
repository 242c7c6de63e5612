"""``hub pause`` and ``hub resume``: stop serving one integration for a while, on all hubs."""

from typing import Annotated, Literal

import typer

from service.commands import _shell

Name = Annotated[str, typer.Argument(help="The integration.")]


def pause(name: Name, as_json: _shell.AsJson = False) -> None:
    """Let requests for an integration wait in the broker, until it is resumed.

    [bold]Example:[/bold] hub pause notion
    """
    _order("pause", name, as_json=as_json)


def resume(name: Name, as_json: _shell.AsJson = False) -> None:
    """Serve a paused integration again.

    [bold]Example:[/bold] hub resume notion
    """
    _order("resume", name, as_json=as_json)


def _order(what: Literal["pause", "resume"], name: str, *, as_json: bool) -> None:
    async def work() -> str:
        async with _shell.agent() as hub:
            return await hub.order(what, name)

    with _shell.reporting(as_json=as_json):
        from sdk import HubUnreachable

        try:
            said = _shell.run(work)
        except HubUnreachable as error:
            from clients import _registry

            known = name in _registry.names()
            _shell.fail(str(error) if known else f"{error} {_shell.no_integration(name)}")
        if as_json:
            _shell.show_json({"integration": name, "paused": what == "pause", "detail": said})
        else:
            typer.echo(said)
