"""What all commands share: where the hub is, how results and failures are shown, exit codes."""

import asyncio
import json
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, NoReturn, TypeVar

import typer

if TYPE_CHECKING:
    from contracts import Failure
    from sdk import Hub
    from service.settings import Settings

T = TypeVar("T")

USAGE: Final = 2

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


def fail(sentence: str, code: int = 1) -> NoReturn:
    """Say what is wrong, and end."""
    typer.echo(sentence, err=True)
    raise typer.Exit(code)


def settings() -> "Settings":
    """Return the settings, or end with the sentence that says what is wrong with them."""
    from service.settings import BadSettings, load_settings

    try:
        return load_settings()
    except BadSettings as error:
        fail(str(error), USAGE)


def addresses_file(folder: Path) -> Path:
    """Return the file that tells other commands where this hub is."""
    from contracts._names import ADDRESSES

    return folder / ADDRESSES


def addresses(of: "Settings") -> dict[str, str]:
    """Return what `hub up` wrote into the data folder; empty if it does not run."""
    try:
        found = json.loads(addresses_file(of.data_dir).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write_addresses(folder: Path, found: dict[str, str]) -> None:
    """Tell other commands where this hub is; only this user may read it."""
    place = addresses_file(folder)
    place.touch(mode=0o600)
    place.write_text(json.dumps(found), encoding="utf-8")


def broker(of: "Settings") -> tuple[str, str]:
    """Return the broker's address and the prefix, or end with what to do."""
    if of.amqp_url:
        return of.amqp_url.get_secret_value(), of.prefix
    found = addresses(of)
    if "amqp_url" not in found:
        fail("No hub is running here: start one with `hub up`, or set HUB_AMQP_URL to its broker.")
    return found["amqp_url"], found.get("prefix", of.prefix)


def agent() -> "Hub":
    """Return an agent's way to the hub."""
    from sdk import Hub

    url, prefix = broker(settings())
    return Hub(url, prefix=prefix)


def run(work: Callable[[], Coroutine[Any, Any, T]], *, as_json: bool = False) -> T:
    """Run a coroutine; a failure is shown, and its exit code is the process's."""
    from contracts import Failure

    try:
        return asyncio.run(work())
    except Failure as failure:
        show_failure(failure, as_json=as_json)
        raise typer.Exit(failure.exit_code) from None
    except ConnectionError as error:
        fail(str(error))
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def show_failure(failure: "Failure", *, as_json: bool) -> None:
    """Print the problem: JSON for programs, a sentence and the fields for people."""
    problem = failure.problem()
    if as_json:
        typer.echo(problem.model_dump_json(exclude_none=True))
        return
    typer.echo(f"{problem.code}: {problem.detail}", err=True)
    for one in problem.errors:
        typer.echo(f"  {one.field or 'parameters'}: {one.message}", err=True)
    if problem.retry_after is not None:
        typer.echo(f"  It may work in {problem.retry_after:.1f} s.", err=True)


def show_json(value: object) -> None:
    """Print JSON: indented and coloured on a terminal, one line elsewhere."""
    if not sys.stdout.isatty():
        typer.echo(json.dumps(value, ensure_ascii=False))
        return
    from rich import print_json

    print_json(data=value)


def table(title: str, columns: list[str], rows: list[list[str]]) -> None:
    """Print a table."""
    from rich.console import Console
    from rich.table import Table

    shown = Table(*columns, title=title, title_justify="left")
    for row in rows:
        shown.add_row(*row)
    Console().print(shown)


def ask_hub(path: str) -> Any:  # noqa: ANN401  (JSON)
    """Return what the running hub's `/api` says, or end with what to do."""
    of = settings()
    base = addresses(of).get("http_url") or f"http://{of.http_host}:{of.http_port}"
    request = urllib.request.Request(base + path)  # noqa: S310  (our own hub)
    if of.http_token:
        request.add_header("Authorization", f"Bearer {of.http_token.get_secret_value()}")
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return json.load(answer)
    except urllib.error.HTTPError as error:
        fail(_detail(error))
    except OSError:
        fail(f"No hub answers at {base}: start one with `hub up`, or set HUB_HTTP_PORT.")


def _detail(error: urllib.error.HTTPError) -> str:
    try:
        return str(json.load(error)["detail"])
    except (ValueError, LookupError):
        return f"The hub answered HTTP {error.code}."
