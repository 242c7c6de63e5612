"""Who may call what: the access file (`HUB_ACCESS_FILE`), read once, asked for each request.

::

    {"alice": {"operations": ["notion.*", "twilio.get_message"], "classes": ["safe"]},
     "olga": {"operations": [], "operator": true}}

`operations` are names or ``<integration>.*`` or ``*``; `classes`, if given, narrow them. An
`operator` may give orders to the hubs (`hub pause`). Without a file everyone may call everything;
with one, who is not named may call nothing.
"""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from clients._call import Class
from contracts import Forbidden

Pattern = Annotated[str, Field(pattern=r"^(\*|[a-z0-9_]+\.(\*|[a-z0-9_]+))$")]


class Grant(BaseModel):
    """What one user may call."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    operations: tuple[Pattern, ...]
    classes: tuple[Class, ...] = ("safe", "idempotent", "keyed", "unsafe")
    operator: bool = False

    def covers(self, operation: str, kind: Class) -> bool:
        """Return whether it allows this operation of this class."""
        named = any(fnmatchcase(operation, pattern) for pattern in self.operations)
        return named and kind in self.classes


class Access:
    """The grants of all users; None: no file, no restriction."""

    def __init__(self, grants: Mapping[str, Grant] | None = None) -> None:
        self._grants = grants

    @property
    def restricted(self) -> bool:
        """Whether there is a file."""
        return self._grants is not None

    def operates(self, user: str) -> bool:
        """Return whether the file marks this user as an operator."""
        grant = (self._grants or {}).get(user)
        return grant is not None and grant.operator

    def permit(self, user: str, operation: str, kind: Class) -> None:
        """Do nothing if this user may.

        Raises:
            Forbidden: it may not.
        """
        if self._grants is None:
            return
        grant = self._grants.get(user)
        if grant is None:
            raise Forbidden(f"The access file does not name the user {user!r}.")
        if not grant.covers(operation, kind):
            raise Forbidden(
                f"The access file does not allow {user!r} to call {operation} ({kind})."
            )


def read_access(path: Path | None) -> Access:
    """Return the access that a file grants.

    Raises:
        ValueError: it cannot be read; the sentence says why.
    """
    if path is None:
        return Access()
    try:
        return Access(TypeAdapter(dict[str, Grant]).validate_json(path.read_bytes()))
    except OSError as error:
        raise ValueError(f"HUB_ACCESS_FILE {path} cannot be read: {error.strerror}.") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise ValueError(f"HUB_ACCESS_FILE {path}: {where}: {first['msg']}.") from None
