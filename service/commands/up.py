"""``hub up``: a broker of its own, the hub and its pages, for one machine."""

from service.commands import _run, _shell


def up(as_json: _shell.AsJson = False) -> None:
    """Run everything on this machine, until Ctrl-C; other commands find it without a setting.

    [bold]Example:[/bold] HUB_SANDBOX=auto hub up
    """
    with _shell.reporting(as_json=as_json):
        from service.addresses import AlreadyUp, held

        settings = _shell.settings()
        try:
            with held(settings.data_dir):
                _run.hub(settings, _run.Teller(as_json=as_json, leaves_word=True))
        except AlreadyUp as error:
            _shell.fail(str(error))
        except OSError as error:
            _shell.fail(f"The data folder is of no use: {error}. Set HUB_DATA_DIR to another one.")
