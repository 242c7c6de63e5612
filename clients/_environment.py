"""Where keys and addresses come from: variables, or files that variables name."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from pydantic import SecretStr

from contracts import NotConfigured


class Found(NamedTuple):
    """A value and the variable that gave it."""

    name: str
    value: SecretStr


class Environment:
    """Variables by name; ``<NAME>_FILE`` names a file that holds the value (container secrets)."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def find(self, *names: str) -> Found | None:
        """Return the first of these variables that has a value."""
        for name in names:
            value = self._values.get(name, "").strip() or self._from_file(name)
            if value:
                return Found(name, SecretStr(value))
        return None

    def get(self, *names: str) -> str | None:
        """Return the plain value of the first of these variables that has one."""
        found = self.find(*names)
        return found.value.get_secret_value() if found else None

    def require(self, *names: str) -> str:
        """Return the value of the first of these variables that has one.

        Raises:
            NotConfigured: none has one; names the first.
        """
        value = self.get(*names)
        if value is None:
            raise missing(map(self.named, names[:1]))
        return value

    def named(self, name: str) -> str:
        """Return the variable that is read where `name` is asked for."""
        return name

    def _from_file(self, name: str) -> str:
        path = self._values.get(f"{name}_FILE")
        if not path:
            return ""
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "not UTF-8"
            text = (
                f"{name}_FILE names a file that cannot be read: {reason}. Mend its path or rights."
            )
            raise NotConfigured(text) from None


class InstanceEnvironment(Environment):
    """What one of several named instances reads: ``N8N_BACKUP_API_KEY`` for ``N8N_API_KEY``."""

    def __init__(self, real: Environment, prefix: str, instance: str) -> None:
        self._real = real
        self._prefix = f"{prefix}_"
        self._own = f"{prefix}_{instance.upper()}_"

    def find(self, *names: str) -> Found | None:
        """Return the first of the instance's own variables that has a value."""
        return self._real.find(*map(self.named, names))

    def named(self, name: str) -> str:
        """Put the instance's name behind the integration's."""
        return self._own + name.removeprefix(self._prefix)


def missing(names: Iterable[str]) -> NotConfigured:
    """Return the failure that names the variables to set."""
    return NotConfigured(f"Set {', '.join(names)} (or NAME_FILE) where the hub runs.")


NOTHING: Final = Environment({})
"""Where no variable is set."""
