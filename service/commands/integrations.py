"""``hub integrations``: whom the hub can call, from the facts in its files."""

from typing import Annotated, Any

import typer

from service.commands import _shell


def integrations(
    name: Annotated[
        str | None, typer.Argument(help="One integration, with its operations.")
    ] = None,
    as_json: _shell.AsJson = False,
) -> None:
    """List the integrations, or the operations of one.

    [bold]Example:[/bold] hub integrations notion
    """
    with _shell.reporting(as_json=as_json):
        from clients import _registry
        from service.facts import facts_of

        environment = _shell.settings().environment
        names = _registry.names()
        if name is not None and name not in names:
            _shell.fail(_shell.no_integration(name), _shell.USAGE)
        rows = [facts_of(_registry.load(one), environment) for one in ([name] if name else names)]
        if as_json:
            _shell.show_json(rows[0] if name else rows)
        elif name:
            _one(rows[0])
        else:
            _all(rows)


def _all(rows: list[dict[str, Any]]) -> None:
    shown = [
        [
            row["name"],
            str(len(row["operations"])),
            "yes" if row["configured"] else "no",
            ", ".join(row["lacking"]),
            row["summary"],
        ]
        for row in rows
    ]
    count = sum(len(row["operations"]) for row in rows)
    title = f"{len(rows)} integrations, {count} operations"
    _shell.table(title, ["name", "operations", "configured", "missing", "what it is"], shown)


def _one(row: dict[str, Any]) -> None:
    upstreams = [
        [
            one["name"],
            one["url"] or "-",
            one["limits"] or "none",
            one["probe"] or "-",
            ", ".join(one["lacking"]),
        ]
        for one in row["upstreams"]
    ]
    _shell.table(row["name"], ["upstream", "address", "limits", "probe", "missing"], upstreams)
    shown = [
        [one["name"], one["kind"], _parameters(one), one["summary"]] for one in row["operations"]
    ]
    _shell.table("operations", ["name", "class", "parameters", "what it does"], shown)
    if row["lacking"]:
        _shell.say(f"Set {', '.join(row['lacking'])} to use it.")


def _parameters(operation: dict[str, Any]) -> str:
    optional = (f"[{one}]" for one in operation["parameters"] if one not in operation["required"])
    return " ".join([*operation["required"], *optional])
