"""The documentation says what is: links lead somewhere, commands and settings exist."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from service.commands import app
from service.settings import Settings

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8"))
    lost = [one for one in links if "://" not in one and not (page.parent / one).exists()]
    assert lost == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_named_files_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = re.findall(r"`((?:scripts|service|clients|contracts|tests|benchmarks)/[\w./]+)`", text)
    shown = {"contracts/shop.py", "clients/shop.py", "tests/clients/test_shop.py"}
    shown |= {"clients/recordings/shop/"}
    lost = [one for one in named if one not in shown and not (ROOT / one).exists()]
    assert lost == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_named_commands_exist(page: Path) -> None:
    command = get_command(app)
    known = set(getattr(command, "commands", {}))
    text = page.read_text(encoding="utf-8")
    named = set(re.findall(r"(?:`|\$ |try +)hub ([a-z-]+)", text))
    assert named <= known


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_named_settings_exist(page: Path) -> None:
    known = {f"HUB_{name.upper()}" for name in Settings.model_fields} | {"HUB_TEST_AMQP_URL"}
    named = set(re.findall(r"HUB_[A-Z_]+", page.read_text(encoding="utf-8")))
    assert named <= known


def test_the_readmes_python_is_the_examples() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    example = (ROOT / "examples/first_call.py").read_text(encoding="utf-8")
    found = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    assert found
    lines = [line.strip() for line in found[1].splitlines() if line.strip()]
    assert [line for line in lines if line not in example] == []
