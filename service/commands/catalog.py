"""``hub catalog``: every operation in full, with an example and where it comes from."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.commands import _shell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clients._client import Client
    from service.generate.catalog import Chapter, Entry
    from service.generate.fields import Row


def catalog(
    name: Annotated[
        str | None, typer.Argument(help="An integration, or one operation.", show_default=False)
    ] = None,
    as_json: _shell.AsJson = False,
) -> None:
    """Show what may be asked: parameters, result, limits, cost, an example with its origin.

    [bold]Example:[/bold] hub catalog notion.get_page
    """
    with _shell.reporting(as_json=as_json):
        from clients import _registry
        from service.generate.catalog import chapter

        if name is None:
            loaded = map(_registry.load, _registry.names())
            chapters = [chapter(one, answered=as_json) for one in loaded]
            _shell.show_json([one.as_json() for one in chapters]) if as_json else _all(chapters)
            return
        client, method = _named(name)
        found = chapter(client, answered=as_json or bool(method), only=method)
        if as_json:
            shown = found.as_json()
            _shell.show_json(shown["operations"][0] if method else shown)
        elif method:
            _one(found.entries[0], found.replies.get(method))
        else:
            _integration(found)


def _named(name: str) -> "tuple[type[Client], str]":
    """Return the integration, and the operation if one is meant."""
    from clients import _registry
    from contracts._reading import no_such_operation

    integration, _, method = name.partition(".")
    if integration not in _registry.names():
        _shell.fail(_shell.no_integration(integration), _shell.USAGE)
    client = _registry.load(integration)
    if method and method not in client.operations:
        raise no_such_operation(name, (one.name for one in client.operations.values()))
    return client, method


def _all(chapters: "Sequence[Chapter]") -> None:
    rows = []
    for one in chapters:
        origins = one.origins()
        counts = [len(one.entries), origins.total(), origins["constructed"]]
        rows.append([one.name, *map(str, counts), one.summary])
    operations, recordings, constructed = (sum(int(row[at]) for row in rows) for at in (1, 2, 3))
    title = (
        f"{len(rows)} integrations, {operations} operations, {recordings} recordings, "
        f"{constructed} of them constructed"
    )
    columns = ["name", "operations", "recordings", "constructed", "what it is"]
    _shell.table(title, columns, rows)


def _integration(found: "Chapter") -> None:
    rows = [
        [
            one.name,
            one.kind,
            ", ".join(f"{call.method} {call.path}" for call in one.calls),
            f"{one.cost:g}{' …' if one.cost_meaning else ''}",
            f"{one.ttl:g} s" if one.ttl else "-",
            ", ".join(dict.fromkeys(recorded.kind for recorded in one.recordings)),
            one.meaning,
        ]
        for one in found.entries
    ]
    columns = ["operation", "class", "calls", "cost", "cached", "recorded from", "what it does"]
    _shell.table(f"{found.name}: {found.summary}", columns, rows)


def _one(entry: "Entry", reply: Any) -> None:  # noqa: ANN401  (JSON)
    _shell.table(entry.meaning, [entry.name, ""], [[what, told] for what, told in _facts(entry)])
    _rows("parameter", entry.parameters)
    _rows(f"field of {entry.result}", entry.fields)
    _shell.show_json({"request": entry.request, "reply": reply})


def _facts(entry: "Entry") -> list[tuple[str, str]]:
    cost = f"{entry.cost:g}{f' in the example; {entry.cost_meaning}' * bool(entry.cost_meaning)}"
    return [
        ("class", entry.kind),
        *(("call", f"{one.method} {one.path} at {one.upstream}") for one in entry.calls),
        *((f"limits of {upstream}", told) for upstream, told in entry.limits.items()),
        ("cost of a call", cost),
        ("cached", f"{entry.ttl:g} s" if entry.ttl else "no"),
        ("given up after", f"{entry.timeout:g} s"),
        *(("documentation", link) for link in entry.documentation),
        *((f"{one.case}: {one.kind}", one.ref) for one in entry.recordings),
    ]


def _rows(what: str, rows: "Sequence[Row]") -> None:
    if rows:
        needed = [[one.name, one.type, _default(one), one.meaning] for one in rows]
        _shell.table("", [what, "type", "default", "meaning"], needed)


def _default(one: "Row") -> str:
    if one.required:
        return "required"
    return "-" if one.default is None else str(one.default)
