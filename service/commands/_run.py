"""What `hub up` and `hub serve` share: run the hub in the foreground, and say where it is."""

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer

from service.commands import _shell

if TYPE_CHECKING:
    from service.process import Serving
    from service.settings import Settings

_FIRST_CALL: Final = "space_weather.get_kp_index"


@dataclass(frozen=True)
class Teller:
    """Says where the hub is, once it runs."""

    as_json: bool
    leaves_word: bool = False
    """Whether other commands are to find it through its data folder."""

    def __call__(self, serving: "Serving") -> None:
        """Print the addresses and one call to try."""
        if self.leaves_word:
            from service.addresses import tell

            tell(serving.settings.data_dir, serving.told())
        if self.as_json:
            _shell.show_json(serving.shown())
        else:
            for name, value in _lines(serving):
                typer.echo(f"{name:<8}{value}")
        sys.stdout.flush()


def hub(settings: "Settings", ready: Teller) -> None:
    """Run the hub until Ctrl-C or SIGTERM; a start that fails ends with what to do."""
    from service.process import NotStarted, run
    from service.settings import BadSettings

    try:
        run(settings, ready)
    except BadSettings as error:
        _shell.fail(str(error), _shell.USAGE)
    except NotStarted as error:
        _shell.fail(str(error))


def _lines(serving: "Serving") -> list[tuple[str, str]]:
    shown = serving.shown()
    modes = [f"{name} ({mode})" for name, mode in serving.modes.items()]
    return [
        ("broker", shown["broker"]),
        ("pages", serving.http_url),
        ("sandbox", serving.settings.sandbox),
        ("serves", ", ".join(modes).replace("(none)", "(no key)")),
        ("try", _first_call(serving)),
        ("stop", "Ctrl-C"),
    ]


def _first_call(serving: "Serving") -> str:
    folder = os.environ.get("HUB_DATA_DIR")
    where = f"HUB_DATA_DIR={folder} " if folder else ""
    kp = _FIRST_CALL.partition(".")[0] in serving.modes
    return f"{where}{_program()} {f'call {_FIRST_CALL}' if kp else 'integrations'}"


def _program() -> str:
    """Return what people type to get this program again."""
    here = Path(sys.argv[0])
    found = shutil.which("hub")
    if here.name != "hub" or (found and here.exists() and Path(found).samefile(here)):
        return "hub"
    return os.path.relpath(here)
