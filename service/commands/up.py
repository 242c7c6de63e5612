"""``hub up``: a broker of its own, the hub and its pages, for one machine."""

from typing import TYPE_CHECKING

import typer

from service.commands import _shell

if TYPE_CHECKING:
    from service.process import Addresses


def up() -> None:
    """Run everything on this machine, until Ctrl-C.

    [bold]Example:[/bold] HUB_SANDBOX=auto hub up
    """
    from service.node import NodeError
    from service.process import run_with_node

    settings = _shell.settings()

    def ready(found: "Addresses") -> None:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        _shell.write_addresses(settings.data_dir, found.told())
        typer.echo(f"broker  {found.amqp_shown}")
        typer.echo(f"pages   {found.http_url}")
        typer.echo(f"sandbox {settings.sandbox}")
        typer.echo("try     hub call space_weather.get_kp_index")
        typer.echo("stop    Ctrl-C")

    try:
        run_with_node(settings, ready)
    except NodeError as error:
        _shell.fail(str(error))
    finally:
        _shell.addresses_file(settings.data_dir).unlink(missing_ok=True)
