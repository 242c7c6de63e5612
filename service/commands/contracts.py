"""``hub contracts``: schemas, the AsyncAPI file and reference pages, generated from the code."""

import typer

from service.commands import _shell

app = typer.Typer(help="Generate or check the schemas and the AsyncAPI file.", no_args_is_help=True)


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
            _shell.fail(f"The files cannot be written: {error}. Run it in a checkout.")
        if as_json:
            _shell.show_json({"written": written})
        else:
            typer.echo(f"{written} files written.")


@app.command()
def check(as_json: _shell.AsJson = False) -> None:
    """Fail if the files are stale, or break what the last release promised.

    [bold]Example:[/bold] hub contracts check
    """
    with _shell.reporting(as_json=as_json):
        from service.generate.contract_files import problems, stale_pages

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
            typer.echo("The contract files are fresh, and keep the last release's promises.")
