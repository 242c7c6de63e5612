"""The generated pages of ``docs/reference``: what the code itself says."""

from contracts import CODES, Failure
from service.generate.catalog import chapter
from service.generate.catalog_pages import catalog_pages
from service.generate.markdown import HEAD
from service.generate.registry_page import registry_page
from service.generate.schemas import own_clients
from service.settings import Settings, variable
from service.settings_shown import about, default_of
from service.store import KEPT

_ERRORS = (
    "A failed reply is an RFC 9457 problem; `code` is one of these. `retryable` says whether "
    "asking again may help, `outcome` whether anything of the call left the hub. The SDK "
    "raises the class of the same name; `hub call` ends with the exit code."
)
_AGAIN = (
    "> **To try again, take a new request id.** The outcome of what acts is kept under its id for "
    f"{KEPT / 3600:g} hours, a refusal too: the same id gets the same answer, marked `hub-served: "
    "replay`, even when the key is set by now, the limit free or the vendor back. `retryable` "
    "means: with a new id."
)
_KEPT = (
    "Kept are the outcomes of every operation that is not `safe`, and of a `safe` one that came "
    "with the header `idempotency-key`. Not kept are `invalid_request`, `unknown_operation`, "
    "`forbidden` and `idempotency_conflict`, said before anything is recorded; the last one is "
    "for an id that comes again with other parameters. Keep the id only while you do not know the "
    "outcome, because your program or its connection died. "
    "[Ask from an agent](../how-to/ask-from-an-agent.md#one-id-for-one-intent) shows how."
)


def pages() -> dict[str, str]:
    """Return the text of every page by its name below ``docs/reference/``."""
    own = [*own_clients()]
    chapters = [chapter(one, answered=True) for one in own]
    found = {"errors.md": _errors(), "settings.md": _settings()}
    return found | catalog_pages(chapters) | registry_page(own)


def _errors() -> str:
    lines = [
        "# Error codes",
        "",
        HEAD,
        _ERRORS,
        "",
        _AGAIN,
        "",
        _KEPT,
        "",
        "| code | class | status | retryable | outcome | exit | when |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [_error(kind) for kind in CODES.values()]
    return "\n".join(lines) + "\n"


def _error(kind: type[Failure]) -> str:
    cells = (
        f"`{kind.code}`",
        f"`{kind.__name__}`",
        str(kind.status),
        ("yes" if kind.retryable else "no") + (f", unless {kind.unless}" if kind.unless else ""),
        ", ".join([f"`{kind.outcome}`", *(f"`{one}` {why}" for one, why in kind.others.items())]),
        str(kind.exit_code),
        about(kind.__doc__),
    )
    return f"| {' | '.join(cells)} |"


def _settings() -> str:
    lines = [
        "# Settings",
        "",
        HEAD,
        "Keys and addresses of the integrations: `.env.example`, or `hub settings`.",
        "",
        "| variable | default | what it is |",
        "|---|---|---|",
    ]
    for name, info in Settings.model_fields.items():
        lines.append(f"| `{variable(name)}` | {default_of(name)} | {about(info.description)} |")
    return "\n".join(lines) + "\n"
