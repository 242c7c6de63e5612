"""``hub events``: what the hub tells, as it tells it."""

from typing import Annotated

import typer

from service.commands import _shell


def events(
    pattern: Annotated[
        str, typer.Argument(help="Topic pattern: * is one word, # any number.")
    ] = "#",
    count: Annotated[int, typer.Option(help="End after so many; 0: go on until Ctrl-C.")] = 0,
    as_json: _shell.AsJson = False,
) -> None:
    """Print events as they come, until Ctrl-C.

    [bold]Example:[/bold] hub events "health.#"
    """

    async def work() -> None:
        seen = 0
        async with _shell.agent() as hub:
            async for event in hub.events(pattern):
                seen += 1
                if as_json:
                    _shell.show_json({"key": event.key, "data": event.data})
                else:
                    typer.echo(f"{event.key}  {event.summary}")
                if seen == count:
                    return

    _shell.run(work)
