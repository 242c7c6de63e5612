import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from typer.main import get_command

from service.commands import app, main
from tests.support.cli import Cli

ROOT = Path(__file__).parents[4]
COMMANDS = sorted(get_command(app).commands)  # type: ignore[attr-defined]
OF_THE_ISSUES = {
    "up",
    "serve",
    "call",
    "integrations",
    "health",
    "events",
    "limits",
    "contracts",
    "settings",
    "pause",
    "resume",
    "catalog",
    "new-client",
    "dead",
}
GROUPS = {"contracts", "dead"}
OF_GROUPS = ("contracts export", "contracts check", "dead list", "dead show", "dead replay")
HEAVY = ("asyncio", "pydantic", "aio_pika", "aiormq", "fastapi", "sqlalchemy", "uvicorn", "clients")


def test_every_command_of_the_design_is_there(cli: Cli) -> None:
    assert set(COMMANDS) == OF_THE_ISSUES
    said = cli("--help")
    assert said.code == 0
    assert all(f" {name} " in said.out for name in COMMANDS)


@pytest.mark.parametrize("name", [*COMMANDS, *OF_GROUPS, "dead drop"])
def test_every_help_has_an_example_and_json(cli: Cli, name: str) -> None:
    said = cli(*name.split(), "--help")
    assert said.code == 0
    if name not in GROUPS:
        assert f"hub {name}" in said.out.partition("Example:")[2]
        assert "--json" in said.out


def test_the_version_is_told(cli: Cli) -> None:
    assert cli("--version").out.strip() == version("integration-hub")
    assert cli().code == 2  # no command: the help


def test_the_program_prints_whatever_it_is_given(cli: Cli) -> None:
    cli.patch.setattr(sys, "argv", ["hub", "integrations", "\udcff"])
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 2


def test_help_waits_for_nothing_heavy() -> None:
    code = (
        "import sys, contextlib, io\n"
        "from service.commands import main\n"
        "sys.argv = ['hub', '--help']\n"
        "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()): main()\n"
        f"print([one for one in {HEAVY!r} if one in sys.modules])"
    )
    done = subprocess.run(  # noqa: S603  (our own command)
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
