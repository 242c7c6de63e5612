"""The command line, ``hub COMMAND``: one file for each; heavy imports wait for their use."""

import io
import sys
from typing import Annotated

import typer

from service.commands import (
    call,
    catalog,
    contracts,
    dead,
    events,
    health,
    integrations,
    limits,
    new_client,
    pause,
    serve,
    settings,
    up,
)

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
app.command()(up.up)
app.command()(serve.serve)
app.command()(call.call)
app.command()(integrations.integrations)
app.command()(catalog.catalog)
app.command()(health.health)
app.command()(events.events)
app.command()(limits.limits)
app.command()(pause.pause)
app.command()(pause.resume)
app.command()(settings.settings)
app.add_typer(dead.app, name="dead")
app.add_typer(contracts.app, name="contracts")
app.command()(new_client.new_client)


def _version(asked: bool) -> None:  # noqa: FBT001  (typer's signature)
    if asked:
        from importlib.metadata import version

        typer.echo(version("integration-hub"))
        raise typer.Exit


@app.callback()
def hub(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Every outside API a fleet of agents needs, behind RabbitMQ, under exact limits."""


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    app(prog_name="hub")
