"""``hub events``: what the hub tells, as it tells it."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from service.commands import _shell

if TYPE_CHECKING:
    from sdk import Event


def events(
    pattern: Annotated[
        str, typer.Argument(help="Topic pattern: * is one word, # any number.")
    ] = "#",
    count: Annotated[int, typer.Option(min=0, help="End after so many; 0: go on.")] = 0,
    as_json: _shell.AsJson = False,
) -> None:
    """Print events as they come, one a line, until Ctrl-C.

    [bold]Example:[/bold] hub events "health.#"
    """

    async def work() -> None:
        seen = 0
        async with _shell.agent() as hub, hub.events(pattern) as stream:
            async for event in stream:
                _show(event, as_json=as_json)
                seen += 1
                if seen == count:
                    return

    with _shell.reporting(as_json=as_json):
        try:
            _shell.run(work)
        except KeyboardInterrupt:
            return  # the usual end


def _show(event: "Event", *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"key": event.key, "data": event.data}, ensure_ascii=False))
    else:
        _shell.print_line(f"{event.key}  {event.summary}")
