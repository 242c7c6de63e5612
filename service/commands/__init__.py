"""The command line, ``hub COMMAND``: one file for each; heavy imports wait for their use."""

import sys

import typer

from service.commands import (
    call,
    contracts,
    events,
    health,
    integrations,
    limits,
    pause,
    serve,
    settings,
    up,
)

app = typer.Typer(
    help="Every outside API a fleet of agents needs, behind RabbitMQ, under exact limits.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
app.command()(up.up)
app.command()(serve.serve)
app.command()(call.call)
app.command()(integrations.integrations)
app.command()(health.health)
app.command()(events.events)
app.command()(limits.limits)
app.command()(pause.pause)
app.command()(pause.resume)
app.command()(settings.settings)
app.add_typer(contracts.app, name="contracts")


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")
    app(prog_name="hub")
