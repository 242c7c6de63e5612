"""The pages of the catalog: an index of all operations, and one page for each integration."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

from service.generate.catalog import Chapter, Entry, Recorded
from service.generate.fields import Row
from service.generate.markdown import HEAD, cell, prose, table

INDEX: Final = "API_CATALOG.md"
FOLDER: Final = "api"

_SCHEMAS: Final = "../../../contracts/schemas"
_ROWS: Final = 40
_LINES: Final = 30
_ITEMS: Final = 2
_TEXT: Final = 160
_WIDTH: Final = 100

_ABOUT: Final = (
    "Every operation of the hub, from its contracts, clients and recordings. `hub catalog NAME` "
    "shows the same in a terminal, `hub catalog --json` gives it to programs; the schemas are in "
    "[contracts/asyncapi.json](../../contracts/asyncapi.json)."
)
_ORIGINS: Final = (
    "The replies shown are the hub's answers to recordings. A recording comes from a recorded "
    "`sample`, from an example in the vendor's `openapi` file or `documentation`, or it was "
    "`constructed` after them, with the reason beside it."
)
_OPT_IN: Final = "Off unless `HUB_INTEGRATIONS` names it."
_PAGE: Final = (
    "Examples are what the sandbox answers. In what is long, `…` stands for the rest: list items, "
    "characters or lines."
)


def catalog_pages(chapters: Sequence[Chapter]) -> dict[str, str]:
    """Return the text of every page by its name below ``docs/reference/``."""
    pages = {f"{FOLDER}/{one.name}.md": _page(one) for one in chapters}
    return {INDEX: _index(chapters)} | pages


def _index(chapters: Sequence[Chapter]) -> str:
    count = sum(len(one.entries) for one in chapters)
    origins = sum((one.origins() for one in chapters), Counter[str]())
    lines = [
        "# API catalog",
        "",
        HEAD,
        _ABOUT,
        "",
        f"{len(chapters)} integrations, {count} operations, {_counted(origins)}. {_ORIGINS}",
        "",
        *table(
            ("integration", "operations", "recordings", "of them constructed", "what it is"),
            (_summary(one) for one in chapters),
        ),
    ]
    for one in chapters:
        lines += ["", f"## {one.name}", "", *_operations(one)]
    return "\n".join(lines) + "\n"


def _summary(one: Chapter) -> tuple[str, ...]:
    origins = one.origins()
    return (
        f"[{one.name}]({FOLDER}/{one.name}.md)",
        str(len(one.entries)),
        str(origins.total()),
        str(origins["constructed"]),
        cell(one.summary) + (f" {_OPT_IN}" if one.opt_in else ""),
    )


def _operations(chapter: Chapter) -> list[str]:
    return table(
        ("operation", "class", "what it does"),
        (
            (f"[{e.method}]({FOLDER}/{chapter.name}.md#{e.method})", e.kind, cell(e.meaning))
            for e in chapter.entries
        ),
    )


def _page(chapter: Chapter) -> str:
    registry = f"Upstreams, keys, probes: [registry](../SYSTEM_REGISTRY.md#{chapter.name})."
    lines = [
        f"# {chapter.name}",
        "",
        HEAD,
        prose(chapter.summary),
        *([_OPT_IN] if chapter.opt_in else []),
        "",
        f"{len(chapter.entries)} operations, {_counted(chapter.origins())}. {registry}",
        "",
        _PAGE,
    ]
    for one in chapter.entries:
        lines += ["", *_entry(chapter.name, one, chapter.replies.get(one.method))]
    return "\n".join(lines) + "\n"


def _entry(integration: str, one: Entry, reply: Any) -> list[str]:  # noqa: ANN401  (JSON)
    schemas = f"{_SCHEMAS}/{integration}/{one.method}"
    result = f"`{one.result}`: {prose(one.result_meaning)}"
    return [
        f"## {one.method}",
        "",
        prose(one.meaning),
        "",
        *table(("", ""), _facts(one)),
        "",
        *(_rows("parameter", one.parameters, f"{schemas}.request.json") or ["No parameters."]),
        "",
        f"Result {result}",
        "",
        *_rows("field", one.fields, f"{schemas}.reply.json"),
        "",
        "Request and reply:",
        "",
        *_block(one.request),
        "",
        *_block(reply),
    ]


def _facts(one: Entry) -> Iterable[tuple[str, str]]:
    yield "class", one.kind
    yield "calls", "<br>".join(f"`{c.method} {c.path}` at {c.upstream}" for c in one.calls)
    yield "limits", cell("; ".join(f"{at}: {told}" for at, told in one.limits.items()))
    dear = f"{one.cost:g} in the example; {cell(one.cost_meaning)}"
    yield "cost of a call", dear if one.cost_meaning else f"{one.cost:g}"
    yield "cached", f"{one.ttl:g} s" if one.ttl else "no"
    yield "given up after", f"{one.timeout:g} s"
    yield "documentation", "<br>".join(f"<{link}>" for link in one.documentation)
    yield "recordings", "<br>".join(map(_recorded, one.recordings))


def _recorded(one: Recorded) -> str:
    ends = f" ({one.code})" if one.code else ""
    link = f"<{one.ref}>" if re.fullmatch(r"https://\S+", one.ref) else cell(one.ref)
    reason = f": {cell(one.reason)}" if one.reason else ""
    return f"{one.case}{ends}: {one.kind}, {link}{reason}"


def _rows(what: str, rows: Sequence[Row], schema: str) -> list[str]:
    if not rows:
        return []
    asked = what == "parameter"
    columns = (what, "type", "default", "meaning") if asked else (what, "type", "meaning")
    shown = [
        (f"`{one.name}`", _type(one), *((_default(one),) if asked else ()), cell(one.meaning))
        for one in rows[:_ROWS]
    ]
    more = len(rows) - _ROWS
    rest = ["", f"… and {more} more: [schema]({schema})."] if more > 0 else []
    return [*table(columns, shown), *rest]


def _type(one: Row) -> str:
    optional = not one.required and one.default is None
    return cell(one.type.removesuffix(" or null") if optional else one.type)


def _default(one: Row) -> str:
    if one.required:
        return "required"
    return "" if one.default is None else cell(f"`{_cut(json.dumps(one.default), _TEXT)}`")


def _counted(origins: Counter[str]) -> str:
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(origins.items()))
    return f"{origins.total()} recordings ({kinds})"


def _block(value: Any) -> list[str]:  # noqa: ANN401  (JSON)
    text = json.dumps(_short(value), ensure_ascii=False)
    if len(text) > _WIDTH:
        text = json.dumps(_short(value), indent=1, ensure_ascii=False)
    lines = text.splitlines()
    more = len(lines) - _LINES
    cut = [*lines[:_LINES], f"… {more} lines more"] if more > 1 else lines
    return ["```json", *cut, "```"]


def _short(value: Any) -> Any:  # noqa: ANN401  (JSON)
    """Return JSON without most of its long lists and texts."""
    if isinstance(value, dict):
        return {name: _short(one) for name, one in value.items()}
    if isinstance(value, list):
        more = len(value) - _ITEMS
        kept = [_short(one) for one in value[:_ITEMS]]
        return [*kept, f"… {more} more"] if more > 0 else kept
    return _cut(value, _TEXT) if isinstance(value, str) else value


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}…"
