"""``hub dead``: what could not be answered: list it, look at it, replay it, drop it."""

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal
from urllib.parse import quote, urlencode

import typer

from service.commands import _shell

if TYPE_CHECKING:
    from collections.abc import Sequence

app = typer.Typer(no_args_is_help=True, help="Dead letters: list, show, replay or drop them.")

_PATH: Final = "/api/dead-letters"
_OUTCOME_UNKNOWN: Final = 4

Integration = Annotated[str | None, typer.Option(help="Only those for this integration.")]
Reason = Annotated[str | None, typer.Option(help="Only those with this reason.")]
User = Annotated[str | None, typer.Option(help="Only those that this user asked.")]
Ids = Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="As `hub dead list`.")]
All = Annotated[bool, typer.Option("--all", help="Every letter.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


@app.command("list")
def list_(
    integration: Integration = None,
    reason: Reason = None,
    user: User = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")] = 50,
    as_json: _shell.AsJson = False,
) -> None:
    """List dead letters, the oldest first.

    [bold]Example:[/bold] hub dead list --integration notion
    """
    with _shell.reporting(as_json=as_json):
        which = _given(integration=integration, reason=reason, user=user)
        found = _shell.ask_hub(f"{_PATH}?{urlencode(which | {'limit': limit})}")
        if as_json:
            _shell.show_json(found)
            return
        rows = [
            [one["id"], one["at"], one["operation"], one["user"], one["reason"], one["detail"]]
            for one in found["letters"]
        ]
        columns = ["id", "when", "operation", "user", "reason", "detail"]
        _shell.table(f"dead letters: {found['total']}", columns, rows)
        if found["more"]:
            _shell.say("There are more: narrow the list, or raise --limit.")


@app.command()
def show(
    id_: Annotated[str, typer.Argument(metavar="ID", help="As `hub dead list` has it.")],
    as_json: _shell.AsJson = False,
) -> None:
    """Show one dead letter: its body, why it is one, and what to do.

    [bold]Example:[/bold] hub dead show 5a1f…
    """
    with _shell.reporting(as_json=as_json):
        letter = _shell.ask_hub(f"{_PATH}/{quote(id_, safe='')}")
        if as_json:
            _shell.show_json(letter)
            return
        for name, value in letter.items():
            if name not in {"body", "params", "encoding", "cut"} and value not in {"", None}:
                _shell.print_line(f"{name:<12}{_plain(value)}")
        _shell.print_text(letter["body"])
        if letter["cut"]:
            _shell.say("The body is longer than that.")


@app.command()
def replay(
    ids: Ids = None,
    integration: Integration = None,
    reason: Reason = None,
    user: User = None,
    all_: All = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: _shell.AsJson = False,
) -> None:
    """Ask again for who asked first, under the same request id: nothing is done twice.

    What may have happened already is refused. An outcome that could not be delivered is delivered
    from the record, and nothing is called.

    [bold]Example:[/bold] hub dead replay --integration notion --dry-run

    Exit codes: 0 all were replayed, 1 not all, 2 usage, 4 an outcome is unknown.
    """
    which = _given(integration=integration, reason=reason, user=user, ids=ids, all=all_)
    with _shell.reporting(as_json=as_json):
        certain = yes or bool(ids)
        _act("replay", which, dry_run=dry_run, certain=certain, as_json=as_json)


@app.command()
def drop(
    ids: Ids = None,
    integration: Integration = None,
    reason: Reason = None,
    user: User = None,
    all_: All = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: _shell.AsJson = False,
) -> None:
    """Forget dead letters, for good.

    [bold]Example:[/bold] hub dead drop --reason forbidden_header
    """
    which = _given(integration=integration, reason=reason, user=user, ids=ids, all=all_)
    with _shell.reporting(as_json=as_json):
        _act("drop", which, dry_run=dry_run, certain=yes, as_json=as_json)


def _act(
    what: Literal["replay", "drop"],
    which: dict[str, Any],
    *,
    dry_run: bool,
    certain: bool,
    as_json: bool,
) -> None:
    """Do it to the letters that are meant; unless `certain`, to those that a person has seen."""
    if not which:
        _shell.fail(
            f"Say which: hub dead {what} ID, or --integration, --reason, --user, or --all.",
            _shell.USAGE,
        )
    if not (dry_run or certain):
        which = _confirmed(what, which)
    found = _shell.ask_hub(f"{_PATH}/{what}", which | {"dry_run": dry_run})
    letters = found["letters"]
    if as_json:
        _shell.show_json(found)
    else:
        _told(letters)
    missing = len(set(which.get("ids", [])) - {one["id"] for one in letters})
    if missing:
        _shell.say(f"{missing} of the letters named are not there: see `hub dead list`.")
    if found["more"] and not as_json:
        _shell.say("There are more: run it again.")
    if code := _code(letters, missing):
        raise typer.Exit(code)


def _confirmed(what: Literal["replay", "drop"], which: dict[str, Any]) -> dict[str, Any]:
    """Return the letters that whoever sits here has seen, and said yes to."""
    letters = _shell.ask_hub(f"{_PATH}/{what}", which | {"dry_run": True})["letters"]
    meant = [one["id"] for one in letters if one["did"] != "refused"]
    _told(letters, err=True)
    if not meant:
        _shell.fail(f"There is nothing to {what}.")
    try:
        yes = typer.confirm(f"{what.capitalize()} {len(meant)}?", err=True)
    except typer.Abort:
        _shell.fail("Nothing was done: say y, or give --yes.", _shell.USAGE)
    if not yes:
        _shell.fail("Nothing was done.")
    return {"ids": meant}


def _told(letters: "Sequence[dict[str, Any]]", *, err: bool = False) -> None:
    show = _shell.say if err else _shell.print_line
    for one in letters:
        to = f" The reply goes to {one['reply_to']}." if one["reply_to"] else ""
        head = f"{one['id']}  {one['operation']}  {one['did'].replace('_', ' ')}"
        show(f"{head}: {one['sentence']}{to}" if one["sentence"] else head)


def _code(letters: "Sequence[dict[str, Any]]", missing: int) -> int:
    if any(one["code"] for one in letters):
        return _OUTCOME_UNKNOWN
    return _shell.FAILED if missing or any(one["did"] in _BAD for one in letters) else 0


_BAD: Final = frozenset({"refused", "failed"})


def _given(**which: object) -> dict[str, Any]:
    return {name: value for name, value in which.items() if value}


def _plain(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
