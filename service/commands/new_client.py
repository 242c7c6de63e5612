"""``hub new-client``: the files of a new integration, its tests red until it is written."""

from pathlib import Path
from typing import Annotated, Final

import typer

from service.commands import _shell

_GUIDE: Final = "docs/how-to/add-an-integration.md"
_NEXT: Final = (
    "contracts/{name}.py: what agents may ask, with bounds, and the fields they rely on.",
    "clients/{name}.py: address, key, limits with their links, probe; then a method for each.",
    "clients/recordings/{name}/: a success and a refusal of each operation, with their origin.",
    "tests/clients/test_{name}.py: what is special about it.",
)


def new_client(
    name: Annotated[str, typer.Argument(help="Its name: small letters, digits, _.")],
    as_json: _shell.AsJson = False,
) -> None:
    """Write contract, client, recordings and test of a new integration; its tests are red.

    [bold]Example:[/bold] hub new-client tide_tables
    """
    with _shell.reporting(as_json=as_json):
        from clients import _registry
        from service.scaffold import flaw, write

        if said := flaw(name, _registry.names()):
            _shell.fail(said, _shell.USAGE)
        try:
            written = write(_checkout(), name)
        except FileExistsError as error:
            _shell.fail(f"{error} is there already: nothing was written.")
        except OSError as error:
            _shell.fail(f"The files cannot be written: {error}.")
        todo = [one.format(name=name) for one in _NEXT]
        if as_json:
            _shell.show_json({"written": written, "next": todo})
        else:
            _tell(name, written, todo)


def _checkout() -> Path:
    """Return the folder of the sources that this hub runs from."""
    import contracts

    root = Path(contracts.__file__).parents[1]
    if not ((root / "pyproject.toml").is_file() and (root / "tests/clients").is_dir()):
        _shell.fail(
            f"This hub runs from {root}, which is no checkout of its sources: run the command in "
            f"one, or bring the integration in a package of your own, as {_GUIDE} says."
        )
    return root


def _tell(name: str, written: list[str], todo: list[str]) -> None:
    for place in written:
        typer.echo(place)
    _shell.say(f"\nWrite, as {_GUIDE} says:")
    for number, one in enumerate(todo, 1):
        _shell.say(f"  {number}. {one}")
    _shell.say("Each red test says what is still missing; then generate what follows from it:")
    _shell.say(f"  scripts/test tests/clients -k {name}")
    _shell.say("  hub contracts export && hub settings --example > .env.example")
