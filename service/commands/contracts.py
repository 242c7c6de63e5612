"""``hub contracts``: schemas, the AsyncAPI file and reference pages, generated from the code."""

from typing import Final

import typer

from service.commands import _shell

app = typer.Typer(help="Generate or check the schemas and the AsyncAPI file.", no_args_is_help=True)

_UNWRITTEN: Final = "The files cannot be written: {}. Run it in a checkout."
_KEPT: Final = "They keep the last release's promises."
_FREE: Final = "Nothing was released yet, so there is no promise to keep (`hub contracts release`)."


@app.command()
def export(as_json: _shell.AsJson = False) -> None:
    """Write contracts/schemas, contracts/asyncapi.json and the pages of docs/reference.

    [bold]Example:[/bold] hub contracts export
    """
    with _shell.reporting(as_json=as_json):
        from service.generate.contract_files import write, write_pages

        try:
            written = write() + write_pages()
        except OSError as error:
            _shell.fail(_UNWRITTEN.format(error))
        if as_json:
            _shell.show_json({"written": written})
        else:
            typer.echo(f"{written} files written.")


@app.command()
def check(as_json: _shell.AsJson = False) -> None:
    """Fail if the files are stale, or break what the last release promised, if there was one.

    [bold]Example:[/bold] hub contracts check
    """
    with _shell.reporting(as_json=as_json):
        from service.generate.contract_files import problems, released, stale_pages

        found = problems() + stale_pages()
        if as_json:
            _shell.show_json({"problems": found})
        for one in [] if as_json else found:
            _shell.say(one)
        if found and not as_json:
            _shell.say("Run `hub contracts export` and look at what changed.")
        if found:
            raise typer.Exit(_shell.FAILED)
        if not as_json:
            typer.echo(f"The contract files are fresh. {_KEPT if released() else _FREE}")


@app.command()
def release(as_json: _shell.AsJson = False) -> None:
    """Write contracts/released.json: today's schemas are what `check` holds all later ones to.

    Part of a release, to be committed with it. A promise is broken on purpose by removing that
    file first.

    [bold]Example:[/bold] hub contracts release
    """
    with _shell.reporting(as_json=as_json):
        from service.generate import contract_files

        if contract_files.problems():
            _shell.fail("Nothing is promised while `hub contracts check` fails.")
        try:
            promised = contract_files.release()
        except OSError as error:
            _shell.fail(_UNWRITTEN.format(error))
        if as_json:
            _shell.show_json({"promised": promised})
        else:
            typer.echo(f"{promised} schemas are promised from now on.")
