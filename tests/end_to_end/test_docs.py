"""The pages' commands, as a reader types them: they print what the page says."""

import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.absent import absent
from tests.support.hub_process import HubProcess
from tests.support.terminal import typed

ROOT = Path(__file__).parents[2]
PAGES = ("README.md", "docs/how-to/ask-from-an-agent.md", "docs/how-to/dead-letters.md")
MAIN = "from service.commands import main; main()"
SET_UP = re.compile(r"scripts/|\. \.venv/")


def blocks() -> Iterator[tuple[str, str]]:
    """Yield the commands of each block that asks a hub, and what the page says they print."""
    for page in PAGES:
        text = (ROOT / page).read_text(encoding="utf-8")
        for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL):
            lines = block.splitlines()
            typed_in = [line[2:] for line in lines if line.startswith("$ ")]
            if not SET_UP.match(typed_in[-1]):
                commands = "\n".join(line for line in typed_in if not SET_UP.match(line))
                yield commands, "\n".join(line for line in lines if not line.startswith("$ "))


def as_pattern(printed: str) -> str:
    """Return a regular expression: an ellipsis is the rest of a line, or alone any lines."""
    lines = (re.escape(line).replace("…", ".*") + "\n" for line in printed.splitlines())
    return "".join("(?:.*\n)*" if line == ".*\n" else line for line in lines)


@pytest.fixture
def environment(sandbox_hub: HubProcess, tmp_path: Path) -> dict[str, str]:
    """A shell that has `hub` and `python`, as after `. .venv/bin/activate`."""
    for name, words in {"hub": f" -c '{MAIN}'", "python": ""}.items():
        place = tmp_path / name
        place.write_text(f'#!/bin/sh\nexec {sys.executable}{words} "$@"\n')
        place.chmod(0o755)
    port = str(urlsplit(sandbox_hub.http).port)
    here = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "HUB_HTTP_PORT": port}
    return sandbox_hub.environment | here


@pytest.mark.parametrize(("commands", "printed"), list(blocks()))
def test_commands_print_what_the_page_says(
    sandbox_hub: HubProcess, environment: dict[str, str], commands: str, printed: str
) -> None:
    if "curl" in commands and not shutil.which("curl"):
        absent("curl is not installed")
    here = commands.replace("localhost:8080", urlsplit(sandbox_hub.http).netloc)
    said = re.sub(r"(?m)^waiting: .*\n", "", typed(here, environment, ROOT))
    assert re.fullmatch(as_pattern(printed), said.rstrip("\n") + "\n"), said
