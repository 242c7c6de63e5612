"""Commands as people type them, inside the test's process: what they print, and their exit code."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from typer.testing import CliRunner

from clients import _registry
from service.commands import app

_OURS: Final = ("HUB_", "COLUMNS", "FORCE_COLOR", "NO_COLOR")


@dataclass(frozen=True)
class Said:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401  (JSON enters here)
        """The one document on standard output."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Cli:
    """``cli("call", "notion.get_page")``: a `hub` command in an environment of the test's own."""

    folder: Path
    patch: pytest.MonkeyPatch

    def set(self, **variables: str) -> None:
        """Set these variables for all commands that follow."""
        for name, value in variables.items():
            self.patch.setenv(name, value)

    def __call__(self, *words: str, given: str | bytes | None = None) -> Said:
        """Run one command; `given` is its standard input."""
        done = CliRunner().invoke(app, list(words), input=given, prog_name="hub")
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Said(done.exit_code, done.stdout, done.stderr)


def alone(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """Leave nothing of this machine's settings: an empty working directory, no variable of ours."""
    read = {name for one in _registry.names() for name in _registry.load(one).reads()}
    for name in list(os.environ):
        if name.startswith(_OURS) or name.removesuffix("_FILE") in read:
            patch.delenv(name)
    patch.chdir(folder)


def make_cli(patch: pytest.MonkeyPatch, folder: Path) -> Cli:
    """Return the command line on a machine without any setting but its data folder."""
    alone(patch, folder)
    cli = Cli(folder, patch)
    cli.set(HUB_DATA_DIR=str(folder / "data"))
    return cli
