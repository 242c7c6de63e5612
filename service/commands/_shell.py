"""What all commands share: where the hub is, how results and failures are shown, exit codes.

Standard output has the result and nothing else; with ``--json`` one JSON document, which is a
problem (RFC 9457) where the command failed. Sentences, progress and logs go to standard error.
"""

import contextlib
import json
import logging
import sys
from collections.abc import Callable, Coroutine, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final, NoReturn, TypeVar

import typer

if TYPE_CHECKING:
    from contracts import Failure
    from sdk import Hub
    from service.addresses import Told
    from service.settings import Settings

T = TypeVar("T")

FAILED: Final = 1
USAGE: Final = 2
INTERRUPTED: Final = 130
"""What shells give a command that Ctrl-C ended."""

_ASK_WITHIN: Final = 60
_BAD_REQUEST: Final = 400

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


class Stop(Exception):
    """The command ends here; the sentence says why and what to do."""

    def __init__(self, sentence: str, code: int = FAILED) -> None:
        super().__init__(sentence)
        self.code = code


def fail(sentence: str, code: int = FAILED) -> NoReturn:
    """Say what is wrong, and end."""
    raise Stop(sentence, code)


@contextlib.contextmanager
def reporting(*, as_json: bool) -> Iterator[None]:
    """Show whatever a command fails of, and end with its exit code."""
    from contracts import Failure

    try:
        yield
    except Failure as failure:
        _show_failure(failure, as_json=as_json)
        raise typer.Exit(failure.exit_code) from None
    except (Stop, ConnectionError) as error:
        _show_stop(str(error), as_json=as_json)
        raise typer.Exit(error.code if isinstance(error, Stop) else FAILED) from None
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None


def settings() -> "Settings":
    """Return the settings, or end with the sentence that says what is wrong with them."""
    from service.settings import BadSettings, load_settings

    try:
        return load_settings()
    except BadSettings as error:
        fail(str(error), USAGE)


def agent() -> "Hub":
    """Return an agent's way to the hub, or end with what to do."""
    from sdk import Hub

    of = settings()
    told = _told(of)
    if of.amqp_url is not None:
        return Hub(of.amqp_url.get_secret_value(), prefix=of.prefix)
    if told is None:
        fail("No hub runs here: start one with `hub up`, or set HUB_AMQP_URL to its broker.")
    return Hub(told.amqp_url, prefix=told.prefix)


def run(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine to its end."""
    import asyncio

    _let_libraries_speak()
    return asyncio.run(work())


def me() -> str:
    """Return the user that acts here: the login name at the shell."""
    import getpass

    try:
        return f"cli:{getpass.getuser()}"
    except (OSError, KeyError):
        return "cli:unknown"


def ask_hub(path: str, body: object = None) -> Any:  # noqa: ANN401  (JSON)
    """Return what the running hub's `/api` says, or end with what to do; a `body` is posted."""
    import urllib.error
    import urllib.request
    from http.client import HTTPException

    base, token = _pages(settings())
    posted = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(base + path, posted)  # noqa: S310  (our own hub)
    if posted is not None:
        request.add_header("Content-Type", "application/json")
        request.add_header("hub-for", me().encode("ascii", "replace").decode())
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(request, timeout=_ASK_WITHIN) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        fail(_refusal(error.code, error.read()), USAGE if error.code == _BAD_REQUEST else FAILED)
    except (OSError, HTTPException, ValueError):
        fail(
            f"No hub answers at {base}: start one with `hub up`, or set HUB_HTTP_HOST and "
            "HUB_HTTP_PORT to where it listens."
        )


def say(sentence: str) -> None:
    """Tell people something that is not the result."""
    typer.echo(_visible(sentence), err=True)


def print_line(text: str) -> None:
    """Print one line of a result."""
    typer.echo(_visible(text).replace("\n", " "))


def print_text(text: str) -> None:
    """Print a text of several lines."""
    typer.echo(_visible(text))


def no_integration(name: str) -> str:
    """Return the sentence that names the nearest integrations."""
    from clients import _registry
    from contracts._reading import no_such_integration

    return no_such_integration(name, _registry.names())


def show_json(value: object) -> None:
    """Print JSON: indented and coloured on a terminal, one line elsewhere."""
    if not sys.stdout.isatty():
        typer.echo(json.dumps(value, ensure_ascii=False))
        return
    from rich import print_json

    print_json(data=value)


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table; its first column is never cut, and off a terminal nothing is."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    name = max([len(columns[0]), *(len(row[0]) for row in rows)])
    shown.add_column(columns[0], no_wrap=True, min_width=name)
    for column in columns[1:]:
        shown.add_column(column, overflow="fold")
    for row in rows:
        shown.add_row(*(Text(_visible(cell)) for cell in row))
    width = None if sys.stdout.isatty() else sum(map(_width, [columns, *rows])) + 10 * len(columns)
    Console(width=width, highlight=False).print(shown)


def _told(of: "Settings") -> "Told | None":
    from service.addresses import read_told

    return read_told(of.data_dir)


def _pages(of: "Settings") -> tuple[str, str]:
    """Return address and token of the pages: as set, else as `hub up` tells."""
    from service.addresses import url_of

    token = of.http_token.get_secret_value() if of.http_token else ""
    told = _told(of)
    chosen = of.http_port != 0 and {"http_host", "http_port"} & of.model_fields_set
    if told and not chosen:
        return told.http_url, token or told.http_token
    return url_of(of.http_host, of.http_port), token or (told.http_token if told else "")


def _show_failure(failure: "Failure", *, as_json: bool) -> None:
    problem = failure.problem()
    if as_json:
        show_json(problem.model_dump(mode="json", exclude_none=True))
        return
    listed = problem.errors and problem.errors[0].message in problem.detail
    say(f"{problem.code or 'failed'}: {f'{problem.title}.' if listed else problem.detail}")
    for one in problem.errors:
        say(f"  {one.field or 'parameters'}: {one.message}")
    if problem.retry_after is not None:
        say(f"  It may work in {problem.retry_after:.1f} s.")
    for note in getattr(failure, "__notes__", ()):
        say(f"  {note}")


def _show_stop(sentence: str, *, as_json: bool) -> None:
    if as_json:
        show_json({"type": "about:blank", "title": "The command failed", "detail": sentence})
    else:
        say(sentence)


def _refusal(status: int, body: bytes) -> str:
    try:
        detail = str(json.loads(body)["detail"])
    except (ValueError, LookupError, TypeError):
        detail = f"The hub answered HTTP {status}."
    if status == 401:  # noqa: PLR2004
        return "The hub wants its token: set HUB_HTTP_TOKEN to the same as where it runs."
    return detail


def _let_libraries_speak() -> None:
    """Show warnings, as that the broker is away, to people; programs get the outcome only."""
    level = logging.WARNING if sys.stderr.isatty() else logging.CRITICAL
    logging.basicConfig(format="%(message)s", level=level)


def _visible(text: str) -> str:
    """Return a text that cannot steer a terminal."""
    return "".join(one if one.isprintable() or one == "\n" else "�" for one in text)


def _width(row: Sequence[str]) -> int:
    return sum(map(len, row))
