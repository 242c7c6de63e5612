"""The generated side of the contracts: JSON Schemas and the AsyncAPI file, written and checked."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import contracts
from service.generate.asyncapi import document
from service.generate.compatibility import breaks
from service.generate.reference import pages
from service.generate.schemas import reply_schema, request_schema, requests

FOLDER: Final = Path(contracts.__file__).parent
PAGES: Final = FOLDER.parent / "docs/reference"
RELEASED: Final = "released.json"
"""The schemas of the last release, in one file: what has to be kept."""

Files = Mapping[str, Any]
Pages = Mapping[str, str]


@cache
def generate() -> Files:
    """Return the contents of every generated file by its path below ``contracts/``."""
    found: dict[str, Any] = {}
    for request in requests():
        integration, _, operation = request.operation.partition(".")
        place = f"schemas/{integration}/{operation}"
        found[f"{place}.request.json"] = request_schema(request)
        found[f"{place}.reply.json"] = reply_schema(request)
    return found | {"asyncapi.json": document(list(requests()))}


def write(folder: Path = FOLDER) -> int:
    """Write every generated file; remove those of operations that are gone."""
    wanted = generate()
    for old in _existing(folder) - set(wanted):
        (folder / old).unlink()
    for name, content in wanted.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text(content), encoding="utf-8")
    return len(wanted)


def write_pages(folder: Path = PAGES, wanted: Pages | None = None) -> int:
    """Write the reference pages, where this is a checkout; returns how many."""
    if not folder.is_dir():
        return 0
    wanted = wanted or pages()
    for old in _strays(folder, wanted):
        (folder / old).unlink()
    for name, content in wanted.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    return len(wanted)


def stale_pages(folder: Path = PAGES, wanted: Pages | None = None) -> list[str]:
    """Return a sentence for each reference page that is not what the code says."""
    if not folder.is_dir():
        return []
    wanted = wanted or pages()
    found = [name for name, content in wanted.items() if _read(folder / name) != content]
    told = [f"docs/reference/{name} is stale." for name in found]
    return told + [f"docs/reference/{one} is of no integration." for one in _strays(folder, wanted)]


def release(folder: Path = FOLDER) -> int:
    """Make today's schemas the promise that later ones have to keep; returns how many."""
    kept = {name: content for name, content in generate().items() if name.startswith("schemas/")}
    (folder / RELEASED).write_text(text(kept), encoding="utf-8")
    return len(kept)


def released(folder: Path = FOLDER) -> bool:
    """Return whether there was a release: whether any promise is to be kept."""
    return (folder / RELEASED).is_file()


def problems(folder: Path = FOLDER) -> list[str]:
    """Return what is stale, and what breaks the last release's promises; empty if nothing."""
    wanted = generate()
    stale = [name for name, content in wanted.items() if _read(folder / name) != text(content)]
    gone = sorted(_existing(folder) - set(wanted))
    found = [f"contracts/{name} is stale." for name in stale]
    found += [f"contracts/{name} belongs to no operation." for name in gone]
    return found + breaks(json.loads(_read(folder / RELEASED) or "{}"), wanted)


def _strays(folder: Path, wanted: Pages) -> list[str]:
    found = (f"api/{path.name}" for path in (folder / "api").glob("*.md"))
    return sorted(set(found) - set(wanted))


def text(content: object) -> str:
    """Return a file's text: the same on every machine."""
    return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _existing(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in (folder / "schemas").rglob("*.json")}


def _read(place: Path) -> str:
    return place.read_text(encoding="utf-8") if place.is_file() else ""
