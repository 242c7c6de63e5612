"""RabbitMQ's definitions for the users of an access file: ``deploy/rabbitmq/make-definitions``.

https://www.rabbitmq.com/docs/definitions. The file holds hashes only. Each user's address, with a
random password, is written once beside it; who has one keeps it when the file is made again.
"""

import argparse
import base64
import hashlib
import json
import os
import secrets
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, unquote, urlsplit

from clients import _registry
from contracts import Names, NotConfigured
from contracts._broker import flaw_of
from service.permission.access import Access, read_access
from service.permission.rights import Rights, at_broker, check_user, of_agent, of_hub

AGENT_LIMITS: Final[Mapping[str, int]] = {"max-connections": 20, "max-channels": 200}
"""Of one user at once: our SDK takes one connection and some six channels for each process."""
MOST_QUEUES: Final = 2000
"""In the virtual host: the hub has some fifty, an agent two or three for each process."""

_ALGORITHM: Final = "rabbit_password_hashing_sha256"
_SALT: Final = 4


@dataclass(frozen=True)
class Plan:
    """What the definitions are for."""

    access: Access
    names: Names
    vhost: str = "hub"
    hub: str = "hub"
    """The hub's own user."""

    def rights(self) -> dict[str, Rights]:
        """Return the rights of every user at the broker, the hub first.

        Raises:
            ValueError: a name is none that a user of the broker may have.
        """
        grants = self.access.grants.items()
        agents = {user: one for user, one in grants if at_broker(user) and user != self.hub}
        for user in (self.hub, *agents):
            check_user(user)
        found = {user: of_agent(self.names, user, grant) for user, grant in agents.items()}
        return {self.hub: of_hub(self.names, self.hub)} | found


def definitions(plan: Plan, passwords: Mapping[str, str]) -> dict[str, Any]:
    """Return the definitions; `passwords` by user."""
    rights, vhost = plan.rights(), plan.vhost
    return {
        "vhosts": [{"name": vhost}],
        "users": [
            {
                "name": user,
                "password_hash": hashed(passwords[user]),
                "hashing_algorithm": _ALGORITHM,
                "tags": "",
                "limits": {} if user == plan.hub else AGENT_LIMITS,
            }
            for user in rights
        ],
        "permissions": [
            {
                "user": user,
                "vhost": vhost,
                "configure": one.configure,
                "write": one.write,
                "read": one.read,
            }
            for user, one in rights.items()
        ],
        "topic_permissions": [
            {"user": user, "vhost": vhost, "exchange": exchange, "write": write, "read": read}
            for user, one in rights.items()
            for exchange, (write, read) in one.topics.items()
        ],
        "parameters": [
            {
                "component": "vhost-limits",
                "name": "limits",
                "vhost": vhost,
                "value": {"max-queues": MOST_QUEUES},
            }
        ],
    }


def hashed(password: str) -> str:
    """Return a salted hash: https://www.rabbitmq.com/docs/passwords#this-is-the-algorithm."""
    salt = secrets.token_bytes(_SALT)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def write(plan: Plan, folder: Path, broker: str) -> list[Path]:
    """Write the definitions, and the address of each user at `broker`; return what was written.

    Raises:
        ValueError: a name or the address cannot be used.
        OSError: a file cannot be read or written.
    """
    users = list(plan.rights())
    if flaw := flaw_of(broker):
        raise ValueError(f"the broker's address {broker!r}: {flaw}")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    passwords = {user: _password(folder / f"{user}.url") for user in users}
    texts = {
        f"{user}.url": _address(broker, user, passwords[user], plan.vhost) for user in users
    } | {"definitions.json": json.dumps(definitions(plan, passwords), indent=1) + "\n"}
    return [_written(folder / name, text) for name, text in texts.items()]


def main(words: Sequence[str] | None = None) -> int:
    """Do what the command line says; returns the exit code."""
    given = _parser().parse_args(words)
    try:
        access = read_access(given.access)
        access.check(_operations())
        plan = Plan(access, Names(given.prefix), given.vhost, given.hub)
        for path in write(plan, given.folder, given.broker):
            print(path)  # noqa: T201  (the result)
    except (ValueError, OSError, NotConfigured) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    return 0


def _operations() -> list[str]:
    found = map(_registry.load, _registry.names())
    return [one.name for client in found for one in client.operations.values()]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("make-definitions", description=__doc__)
    parser.add_argument("access", type=Path, help="the access file (HUB_ACCESS_FILE)")
    parser.add_argument("folder", type=Path, help="where the files go; nobody else can read them")
    parser.add_argument("--broker", default="amqp://127.0.0.1:5672", help="the broker's address")
    parser.add_argument("--vhost", default="hub", help="the virtual host")
    parser.add_argument("--hub", default="hub", help="the hub's own user")
    parser.add_argument("--prefix", default="hub", help="HUB_PREFIX")
    return parser


def _password(file: Path) -> str:
    known = urlsplit(file.read_text(encoding="utf-8")).password if file.exists() else None
    return unquote(known) if known else secrets.token_hex(24)


def _address(broker: str, user: str, password: str, vhost: str) -> str:
    parts = urlsplit(broker)
    place = parts.netloc.rpartition("@")[2]
    login = f"{quote(user, safe='')}:{quote(password, safe='')}"
    return parts._replace(netloc=f"{login}@{place}", path=f"/{quote(vhost, safe='')}").geturl()


def _written(path: Path, text: str) -> Path:
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    return draft.replace(path)


if __name__ == "__main__":
    sys.exit(main())
