"""The documentation says what is: links lead somewhere, commands and settings exist."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from contracts import Forbidden
from service.commands import app
from service.permission.access import read_access
from service.settings import Settings

ROOT = Path(__file__).parents[2]
FOLDERS = "scripts|service|clients|contracts|sdk|tests|benchmarks|docs|examples|deploy"
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def prose_of(page: Path) -> str:
    """What is no code on a page."""
    text = re.sub(r"(?s)```.*?```", "", page.read_text(encoding="utf-8"))
    return re.sub(r"`[^`\n]*`", "", text)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", prose_of(page))
    lost = [one for one in links if "://" not in one and not (page.parent / one).exists()]
    assert lost == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_named_files_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = re.findall(rf"`((?:{FOLDERS})/[\w./-]+)`", text)
    shown = {"contracts/shop.py", "clients/shop.py", "tests/clients/test_shop.py"}
    shown |= {"clients/recordings/shop/"}
    lost = [one for one in named if one not in shown and not (ROOT / one).exists()]
    assert lost == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_named_commands_exist(page: Path) -> None:
    command = get_command(app)
    known = set(getattr(command, "commands", {}))
    text = page.read_text(encoding="utf-8")
    named = set(re.findall(r"(?:`|\$ |try +)hub ([a-z][a-z-]*)", text))
    assert named <= known


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_named_settings_exist(page: Path) -> None:
    known = {f"HUB_{name.upper()}" for name in Settings.model_fields} | {"HUB_TEST_AMQP_URL"}
    known |= {f"{name}_FILE" for name in known}
    named = set(re.findall(r"(?<![A-Z_])HUB_[A-Z_]+", page.read_text(encoding="utf-8")))
    assert named <= known


def python_of(page: str) -> list[list[str]]:
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / page).read_text("utf-8"), re.DOTALL)
    return [[line.strip() for line in one.splitlines() if line.strip()] for one in blocks]


@pytest.mark.parametrize("page", ["README.md", "docs/how-to/ask-from-an-agent.md"])
def test_python_on_a_page_is_an_examples(page: str) -> None:
    examples = [one.read_text("utf-8") for one in sorted((ROOT / "examples").glob("*.py"))]
    blocks = python_of(page)
    assert blocks
    strange = [
        block
        for block in blocks
        if not any(all(line in example for line in block) for example in examples)
    ]
    assert strange == []


def test_the_readme_leads_to_every_page() -> None:
    seen, open_ = set[Path](), [ROOT / "README.md"]
    while open_:
        page = open_.pop()
        seen.add(page)
        links = re.findall(r"\]\(([^)#:]+\.md)", page.read_text(encoding="utf-8"))
        open_ += [one for link in links if (one := (page.parent / link).resolve()) not in seen]
    assert set(PAGES) <= seen


def test_the_access_file_of_the_quickstart_is_one(tmp_path: Path) -> None:
    text = (ROOT / "docs/quickstart.md").read_text(encoding="utf-8")
    found = re.search(r"```json\n(.*?)```", text, re.DOTALL)
    assert found
    place = tmp_path / "access.json"
    place.write_text(found[1])
    access = read_access(place)
    access.permit("alice", "notion.create_page", "unsafe")
    assert access.operates("olga")
    with pytest.raises(Forbidden):
        access.permit("bob", "notion.create_page", "unsafe")


def test_the_architecture_names_every_folder() -> None:
    text = (ROOT / "docs/explanation/architecture.md").read_text(encoding="utf-8")
    folders = {one.parent for one in (ROOT / "service").glob("*/__init__.py")}
    assert [one.name for one in folders if f"`service/{one.name}/`" not in text] == []


def test_anchors_are_headings() -> None:
    """A link into a page names one of its headings, as GitHub spells them."""
    lost = []
    for page in PAGES:
        for link, anchor in re.findall(r"\]\(([^):#]*)#([^)]+)\)", page.read_text("utf-8")):
            target = (page.parent / link).resolve() if link else page
            titles = re.findall(r"(?m)^#+ (.*)$", target.read_text("utf-8"))
            known = {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in titles}
            lost += [f"{name_of(page)}: {link}#{anchor}"] if anchor not in known else []
    assert lost == []
