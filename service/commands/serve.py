"""``hub serve``: the hub alone, for a broker that runs elsewhere."""

from service.commands import _run, _shell


def serve(as_json: _shell.AsJson = False) -> None:
    """Run the hub on the broker of HUB_AMQP_URL, until SIGTERM or Ctrl-C.

    [bold]Example:[/bold] HUB_AMQP_URL=amqp://hub:secret@broker/hub hub serve
    """
    with _shell.reporting(as_json=as_json):
        settings = _shell.settings()
        if settings.amqp_url is None:
            _shell.fail(
                "Set HUB_AMQP_URL to the broker, or use `hub up`, which brings its own.",
                _shell.USAGE,
            )
        _run.hub(settings, _run.Teller(as_json=as_json))
