"""A new integration's files, from the texts in ``service/templates``: contract, client, test."""

import keyword
import re
from collections.abc import Collection
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Final

_NAME: Final = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*", re.ASCII)
_LONGEST: Final = 24
_OURS: Final = frozenset({"hub", "recordings"})
"""The prefix of the hub's own variables, and the folder beside the clients."""
_PLACES: Final = {
    "contracts/{}.py": "contract",
    "clients/{}.py": "client",
    "clients/recordings/{}/get_thing.success.json": "success",
    "clients/recordings/{}/get_thing.refusal.json": "refusal",
    "tests/clients/test_{}.py": "test",
}


def flaw(name: str, known: Collection[str]) -> str:
    """Return what is wrong with a name for a new integration; nothing if it is good."""
    if name in known:
        return f"There is an integration {name!r} already."
    if not _NAME.fullmatch(name) or len(name) > _LONGEST:
        return (
            f"{name[:64]!r} cannot name an integration: use up to {_LONGEST} small letters, digits "
            "and single _ between them, a letter first, as in space_weather."
        )
    if keyword.iskeyword(name) or name in _OURS or class_of(name) in _imported():
        return f"{name!r} means something else here already: choose another name."
    return ""


def scaffold(name: str) -> dict[str, str]:
    """Return the text of each file by its place in the checkout."""
    values = {
        "name": name,
        "NAME": name.upper(),
        "Class": class_of(name),
        "host": name.replace("_", "-"),
    }
    return {
        place.format(name): Template(_template(of)).substitute(values)
        for place, of in _PLACES.items()
    }


def write(root: Path, name: str) -> list[str]:
    """Write the files below the checkout; returns their places.

    Raises:
        FileExistsError: one is there already, or the folder of the same name; nothing is written.
    """
    wanted = scaffold(name)
    folders = [f"contracts/{name}", f"clients/{name}", f"clients/recordings/{name}"]
    for place in (*folders, *wanted):
        if (root / place).exists():
            raise FileExistsError(place)
    for place, text in wanted.items():
        (root / place).parent.mkdir(exist_ok=True)
        (root / place).write_text(text, encoding="utf-8")
    return list(wanted)


def class_of(name: str) -> str:
    """Return the client's class: ``space_weather`` is ``SpaceWeather``."""
    return "".join(part.capitalize() for part in name.split("_"))


def _imported() -> set[str]:
    """Return the names that the client's text imports, and so cannot define."""
    lines = re.findall(r"(?m)^from \S+ import (.*)$", _template("client"))
    return {one.strip() for line in lines for one in line.split(",")}


def _template(of: str) -> str:
    return (files("service") / "templates" / f"{of}.txt").read_text(encoding="utf-8")
