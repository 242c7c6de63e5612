"""Who may call what, and how much: the access file (`HUB_ACCESS_FILE`), read once at the start.

::

    {"alice": {"operations": ["notion.*", "twilio.send_message"],
               "requests_per_day": {"*": 5000, "twilio.send_message": 20}, "share": 0.25},
     "bob": {"operations": ["*"], "classes": ["safe"]},
     "olga": {"operations": [], "operator": true}}

Without a file everyone may call everything; with one, who is not named may call nothing.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
)

from clients._call import Class
from contracts import Forbidden, NotConfigured
from contracts._names import LONGEST_NAME, NOBODY, is_name
from contracts._reading import no_such_integration, no_such_operation

_ALL: Final = "*"
_FORM: Final = r"^(\*|[a-z0-9_]+\.(\*|[a-z0-9_]+))$"
_SAID: Final = {
    "string_pattern_mismatch": "it has to be an operation, <integration>.* or *",
    "extra_forbidden": "there is no such field",
    "missing": "it is missing",
}


def _each_day(value: object) -> object:
    return {_ALL: value} if isinstance(value, int) else value


def _user(name: str) -> str:
    if name == NOBODY or not is_name(name):
        raise ValueError(
            f"it is no user's name: 1 to {LONGEST_NAME} printable characters, other than {NOBODY}"
        )
    return name


Pattern = Annotated[str, Field(pattern=_FORM)]
User = Annotated[str, AfterValidator(_user)]
Daily = Annotated[dict[Pattern, Annotated[int, Field(ge=1)]], BeforeValidator(_each_day)]


class Grant(BaseModel):
    """What one user may do."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    operations: tuple[Pattern, ...]
    """What it may call: operations, `<integration>.*`, or `*` for all."""
    classes: tuple[Class, ...] = ("safe", "idempotent", "keyed", "unsafe")
    """Narrows the operations to those of these classes."""
    requests_per_day: Daily = Field(default_factory=dict)
    """How many requests a day, in UTC: a number for all together, or numbers for patterns as in
    `operations`, which all hold."""
    share: Annotated[float, Field(gt=0, lt=1)] | None = None
    """The part of an integration's window that its requests may take, at least one request: more
    are refused at once instead of keeping others waiting. Absent: any number waits."""
    operator: bool = False
    """Whether it may give orders to the hubs (`hub pause`)."""

    def covers(self, operation: str, kind: Class) -> bool:
        """Return whether it allows this operation of this class."""
        named = any(fnmatchcase(operation, pattern) for pattern in self.operations)
        return named and kind in self.classes


_NOTHING: Final = Grant(operations=())
Grants = Mapping[str, Grant]
_FILE: Final = TypeAdapter(dict[User, Grant])


class Access:
    """The grants of all users; None: no file, no restriction."""

    def __init__(self, grants: Grants | None = None) -> None:
        self._grants = grants
        self.grants: Grants = grants or {}
        """By user."""

    @property
    def restricted(self) -> bool:
        """Whether there is a file."""
        return self._grants is not None

    def operates(self, user: str) -> bool:
        """Return whether the file marks this user as an operator."""
        return self._of(user).operator

    def permit(self, user: str, operation: str, kind: Class) -> None:
        """Do nothing if this user may.

        Raises:
            Forbidden: it may not.
        """
        if self._grants is None:
            return
        if user == NOBODY:
            raise Forbidden("Say who asks: set the property user_id to your user at the broker.")
        if user not in self._grants:
            raise Forbidden(f"The access file does not name the user {user!r}.")
        if not self._of(user).covers(operation, kind):
            raise Forbidden(
                f"The access file does not allow {user!r} to call {operation} ({kind})."
            )

    def check(self, known: Collection[str]) -> None:
        """Compare the patterns with the `known` operations: those of all integrations.

        Raises:
            NotConfigured: some match none; one sentence for each.
        """
        if found := list(self._strangers(known)):
            raise NotConfigured("\n".join(found))

    def _strangers(self, known: Collection[str]) -> Iterator[str]:
        for user, grant in self.grants.items():
            for name in ("operations", "requests_per_day"):
                for pattern in getattr(grant, name):
                    if not any(fnmatchcase(one, pattern) for one in known):
                        said = _no_such(pattern, known)
                        yield f"HUB_ACCESS_FILE: user {user!r}, {name}: {said}"

    def daily(self, user: str, operation: str) -> dict[str, int]:
        """Return how many requests a day this user may make, by each pattern that counts it."""
        limits = self._of(user).requests_per_day.items()
        return {pattern: most for pattern, most in limits if fnmatchcase(operation, pattern)}

    def most(self, user: str, window: int) -> int | None:
        """Return how many requests of this user a window may hold; None: all of it."""
        share = self._of(user).share
        return None if share is None else max(1, int(share * window))

    def _of(self, user: str) -> Grant:
        return self.grants.get(user, _NOTHING)


def _no_such(pattern: str, known: Collection[str]) -> str:
    integration, _, name = pattern.partition(".")
    if name == _ALL:
        return no_such_integration(integration, {one.partition(".")[0] for one in known})
    return no_such_operation(pattern, known).detail


def read_access(path: Path | None) -> Access:
    """Return the access that a file grants.

    Raises:
        ValueError: it cannot be read; one sentence for each thing that is wrong.
    """
    if path is None:
        return Access()
    try:
        found = json.loads(path.read_bytes(), object_pairs_hook=_unique)
        return Access(_FILE.validate_python(found))
    except ValidationError as error:
        lines = error.errors(include_url=False, include_input=False, include_context=False)
        said = [_sentence(one["loc"], _SAID.get(one["type"], one["msg"])) for one in lines]
    except OSError as error:
        said = [f"it cannot be read: {error.strerror}"]
    except ValueError as error:
        said = [f"it is not JSON as it has to be: {error}"]
    raise ValueError("\n".join(f"HUB_ACCESS_FILE {path}: {one}." for one in said))


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    for name, _ in pairs:
        if name not in found:
            raise ValueError(f"{name!r} stands there twice")
        del found[name]
    return dict(pairs)


def _sentence(loc: tuple[int | str, ...], message: str) -> str:
    user, *field = [str(part) for part in loc if part != "[key]"] or [""]
    said = message.removeprefix("Value error, ")
    return ", ".join(filter(None, (user and f"user {user!r}", ".".join(field)))) + f": {said}"
