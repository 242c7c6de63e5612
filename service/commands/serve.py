"""``hub serve``: the hub alone, for a broker that runs elsewhere."""

from service.commands import _shell


def serve() -> None:
    """Run the hub on the broker of HUB_AMQP_URL, until SIGTERM or Ctrl-C.

    [bold]Example:[/bold] HUB_AMQP_URL=amqp://hub:secret@broker/hub hub serve
    """
    from service.process import run

    settings = _shell.settings()
    if settings.amqp_url is None:
        _shell.fail("Set HUB_AMQP_URL, or use `hub up`, which brings its own broker.", _shell.USAGE)
    run(settings, settings.amqp_url.get_secret_value(), lambda _: None)
