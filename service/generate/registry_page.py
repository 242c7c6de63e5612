"""The system registry: whom the hub calls, where, with what, how often. One heading for each."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from clients._auth import Auth
from clients._client import Client
from clients._environment import NOTHING
from clients._limits import Concurrency, Rate
from clients._upstream import Upstream
from contracts import Names
from service.generate.markdown import HEAD, cell, prose, table

PAGE: Final = "SYSTEM_REGISTRY.md"

_ABOUT: Final = (
    "Every integration of the hub, from the facts on top of its client. Any variable may come from "
    "a file: `NAME_FILE` holds its path. A limit variable replaces all windows of its upstream: "
    "`3/s burst 10, 2000/h, concurrency 5`. What is set where, tells `hub settings`; what each "
    "operation asks and answers, the [API catalog](API_CATALOG.md)."
)
_OPT_IN: Final = "Off unless `HUB_INTEGRATIONS` names it."
_NAMES: Final = Names()


def registry_page(clients: Sequence[type[Client]]) -> dict[str, str]:
    """Return the page by its name below ``docs/reference/``."""
    operations = sum(len(one.operations) for one in clients)
    upstreams = sum(len(one.upstreams) for one in clients)
    lines = [
        "# System registry",
        "",
        HEAD,
        _ABOUT,
        "",
        f"{len(clients)} integrations, {upstreams} upstreams, {operations} operations.",
        "",
        *table(
            ("integration", "upstreams", "operations", "request queue", "lease"), _overview(clients)
        ),
    ]
    for one in clients:
        lines += ["", *_chapter(one)]
    return {PAGE: "\n".join(lines) + "\n"}


def _overview(clients: Iterable[type[Client]]) -> Iterator[tuple[str, ...]]:
    for one in clients:
        yield (
            f"[{one.name}](#{one.name})",
            ", ".join(one.upstreams),
            str(len(one.operations)),
            f"`{_NAMES.queue(one.name)}`",
            f"`{_NAMES.lease(one.name)}`",
        )


def _chapter(client: type[Client]) -> list[str]:
    kinds = Counter(one.kind for one in client.operations.values())
    counted = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
    lines = [
        f"## {client.name}",
        "",
        prose((client.__doc__ or "").strip().partition("\n\n")[0]),
        f"[{len(client.operations)} operations](api/{client.name}.md): {counted}.",
        *([_OPT_IN] if client.opt_in else []),
        "",
        *table(
            ("upstream", "address", "its variables", "keys", "limits, and who says so", "probe"),
            map(_upstream, client.upstreams.values()),
        ),
    ]
    if more := [*_more(client)]:
        lines += ["", *more]
    return lines


def _upstream(one: Upstream) -> tuple[str, ...]:
    address = f"`{one.url}`" if one.url else "each its own"
    return (
        one.name,
        f"a secret: {address}" if one.secret_url else address,
        _listed(one.url_variables),
        _keys(one),
        _limits(one),
        f"`GET {cell(one.probe)}`" if one.probe else "none",
    )


def _keys(one: Upstream) -> str:
    groups = [" or ".join(f"`{name}`" for name in names) for names in one.key_groups]
    asked = [f"a token of {at.name}" for at in one.auth.asks]
    told = [*groups, *dict.fromkeys(asked), *(f"`{name}` (in paths)" for name in one.places)]
    optional = " (optional)" if _optional(one.auth) else ""
    return f"{'<br>'.join(told)}{optional}" if told else "none"


def _optional(auth: Auth) -> bool:
    return bool(auth.groups) and not auth.lacking(NOTHING)


def _limits(one: Upstream) -> str:
    keyed = [f"{told} with a key" for told in map(_limit, one.limits_with_key)]
    return "<br>".join([*map(_limit, one.limits), *keyed, f"`{one.limit_variable}`"])


def _limit(one: Rate | Concurrency) -> str:
    told = str(one) if isinstance(one, Rate) else f"concurrency {one.calls}"
    return f"{told} [source]({one.source})" if one.source else told


def _more(client: type[Client]) -> Iterator[str]:
    for one in client.upstreams.values():
        if one.instances:
            yield f"- `{one.instances}` lists instances of {one.name}, each with its own variables."
        if one.pins:
            yield f"- {_listed(one.pins, ' or ')}: the certificate of {one.name}."
        if one.dialects or one.retry_after != ("retry-after",):
            heard = [*(name for d in one.dialects for name in (d.remaining, d.reset) if name)]
            yield f"- {one.name} is heard by {_listed([*heard, *one.retry_after], ', ')}."
    if client.variables:
        yield f"- Also read: {_listed(client.variables, ', ')}."
    for rule, reason in client.exempt.items():
        yield f"- Exempt from *{rule}*: {prose(reason)}"


def _listed(names: Iterable[str], between: str = "<br>") -> str:
    return between.join(f"`{name}`" for name in names)
