import json
import sys
from pathlib import Path

import pytest

from service.addresses import held, read_told
from service.commands import _run
from service.process import Serving
from service.settings import Settings
from tests.support.cli import Cli

URL = "amqp://hub:canary@127.0.0.1:5673/"
MODES = {"notion": "none", "space_weather": "sandbox"}


@pytest.fixture
def serving(cli: Cli) -> Serving:
    cli.set(HUB_SANDBOX="auto", HUB_INSTANCE="vm-1")
    return Serving(Settings(), URL, "http://127.0.0.1:8080", MODES)  # type: ignore[arg-type]


def test_it_says_where_it_is_and_what_to_try(
    serving: Serving, capsys: pytest.CaptureFixture[str]
) -> None:
    _run.Teller(as_json=False)(serving)
    said = capsys.readouterr()
    folder = serving.settings.data_dir
    assert said.out.splitlines() == [
        "broker  amqp://127.0.0.1:5673/",
        "pages   http://127.0.0.1:8080",
        "sandbox auto",
        "serves  notion (no key), space_weather (sandbox)",
        f"try     HUB_DATA_DIR={folder} hub call space_weather.get_kp_index",
        "stop    Ctrl-C",
    ]
    assert read_told(folder) is None


def test_hub_up_leaves_word(serving: Serving, capsys: pytest.CaptureFixture[str]) -> None:
    with held(serving.settings.data_dir):
        _run.Teller(as_json=True, leaves_word=True)(serving)
        assert read_told(serving.settings.data_dir) == serving.told()
    shown = json.loads(capsys.readouterr().out)
    assert shown == serving.shown()
    assert "canary" not in json.dumps(shown)


def test_what_to_try_is_something_that_is_served(cli: Cli) -> None:
    cli.patch.delenv("HUB_DATA_DIR")
    serving = Serving(Settings(), URL, "http://127.0.0.1:8080", {"notion": "configured"})
    assert _run._first_call(serving) == "hub integrations"


def test_a_program_that_is_not_on_the_path_is_named_by_its_place(cli: Cli, tmp_path: Path) -> None:
    for folder in ("venv", "bin"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "hub").touch(mode=0o755)
    cli.patch.setattr(sys, "argv", [str(tmp_path / "venv" / "hub")])
    cli.set(PATH=str(tmp_path / "bin"))
    assert _run._program() == "venv/hub"
    cli.set(PATH=str(tmp_path / "venv"))
    assert _run._program() == "hub"
