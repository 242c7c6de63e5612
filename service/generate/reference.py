"""The generated pages of ``docs/reference``: what the code itself says."""

import json

from pydantic.fields import FieldInfo

from contracts import CODES, Failure
from contracts._dead_letters import REASONS, Reason
from service.generate.catalog import chapter
from service.generate.catalog_pages import catalog_pages
from service.generate.markdown import HEAD
from service.generate.registry_page import registry_page
from service.generate.schemas import own_clients
from service.permission.access import Grant
from service.record.records import KEPT
from service.settings import Settings, variable
from service.settings_shown import about, default_of

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
_DEAD_LETTERS = (
    "What could not be answered is kept in the queue `hub.dead-letters`, with its reason. "
    "[Dead letters](../how-to/dead-letters.md) shows how to look at them, and what a replay does."
)

_ACCESS = (
    "`HUB_ACCESS_FILE` is a JSON object with an entry for each user. The names are users of the "
    "broker, which checks the `user_id` of every message against its connection; who is not named "
    "may call nothing, nor may a message without `user_id`. Two names are not of the broker: "
    "`http` for what comes over `/api/calls`, and `cli:<login>` for `hub call` with the hub's own "
    "address. The file is read when the hub starts."
)
_FORBIDDEN = (
    "What is not allowed is `forbidden`. What is over `requests_per_day` or `share` is "
    "`would_miss_deadline`, at once, with `retry_after`: until 00:00 UTC, or until what waits now "
    "has left. Like every refusal of what acts it is kept under its id: ask again with a new one."
)
_REPEATS = (
    "Of repeats that come while their request is under way, a `share` lets as many wait. More "
    "are merged with the first, if their replies go to the same queue with the same "
    "`correlation_id` and deadline, or else refused: a read as `would_miss_deadline`, what acts as "
    "`internal` with the outcome `unknown`. That is not kept: ask again with the same id."
)
_COUNTED = (
    "Requests are counted in the record of calls, so for all hubs together and through restarts. "
    "A request counts once it is let in, whatever becomes of it; not one that is refused before, "
    "nor a repeat with the same id. What was under way in a hub that was killed is counted again."
)


def pages() -> dict[str, str]:
    """Return the text of every page by its name below ``docs/reference/``."""
    own = [*own_clients()]
    chapters = [chapter(one, answered=True) for one in own]
    found = {
        "access.md": _access(),
        "errors.md": _errors(),
        "settings.md": _settings(),
        "dead-letters.md": _dead_letters(),
    }
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


def _dead_letters() -> str:
    lines = [
        "# Dead letters",
        "",
        HEAD,
        _DEAD_LETTERS,
        "",
        "| reason | what happened | what to do | replay |",
        "|---|---|---|---|",
    ]
    for name, one in REASONS.items():
        lines.append(f"| `{name}` | {one.when} | {one.do} | {_replay(one)} |")
    return "\n".join(lines) + "\n"


def _replay(reason: Reason) -> str:
    if not reason.replayable:
        return "never"
    return (
        "delivers the kept outcome; what only reads is read again"
        if reason.answered
        else "asks again"
    )


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


def _access() -> str:
    lines = [
        "# Access file",
        "",
        HEAD,
        _ACCESS,
        "",
        "| field | default | what it is |",
        "|---|---|---|",
    ]
    for name, info in Grant.model_fields.items():
        lines.append(f"| `{name}` | {_default(info)} | {about(info.description)} |")
    lines += ["", _FORBIDDEN, "", _REPEATS, "", _COUNTED]
    return "\n".join(lines) + "\n"


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return "required"
    value = info.get_default(call_default_factory=True)
    return f"`{json.dumps(value)}`" if value or value is False else "none"
