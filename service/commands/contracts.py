"""``hub contracts``: the schemas and the AsyncAPI file, generated from the models."""

import typer

from service.commands import _shell

app = typer.Typer(help="Generate or check the schemas and the AsyncAPI file.", no_args_is_help=True)


@app.command()
def export() -> None:
    """Write contracts/schemas, contracts/asyncapi.json and the pages of docs/reference.

    [bold]Example:[/bold] hub contracts export
    """
    from service.contract_files import write, write_pages

    typer.echo(f"{write() + write_pages()} files written.")


@app.command()
def check() -> None:
    """Fail if the files are stale, or break what the last release promised.

    [bold]Example:[/bold] hub contracts check
    """
    from service.contract_files import problems, stale_pages

    found = problems() + stale_pages()
    for one in found:
        typer.echo(one, err=True)
    if found:
        _shell.fail("Run `hub contracts export` and look at what changed.")
    typer.echo("The contract files are fresh, and keep the last release's promises.")
