"""Which integrations there are: own files, and packages that name one."""

import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from clients import _registry
from clients.notion import Notion


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An installed package with three entry points: a good one and two bad ones."""
    (tmp_path / "shop.py").write_text(
        dedent("""
            from clients._client import Client
            from clients._operation import operation
            from contracts import Request, Result

            class Sold(Result):
                "Sold."

            class Sell(Request[Sold]):
                "Sell."

            class Buy(Request[Sold]):
                "Buy."

            class Shop(Client):
                "A shop."

                @operation("safe")
                async def sell(self, request: Sell) -> Sold:
                    "Sell."
                    return Sold()

                @operation("safe")
                async def buy(self, request: Buy) -> Sold:
                    "Buy."
                    return Sold()
        """),
        encoding="utf-8",
    )
    half = (
        (tmp_path / "shop.py")
        .read_text(encoding="utf-8")
        .partition('@operation("safe")\n    async def buy')
    )
    (tmp_path / "half.py").write_text(half[0].replace("class Shop", "class Half"), encoding="utf-8")
    (tmp_path / "shop-1.dist-info").mkdir()
    (tmp_path / "shop-1.dist-info" / "METADATA").write_text("Name: shop\nVersion: 1\n")
    (tmp_path / "shop-1.dist-info" / "entry_points.txt").write_text(
        dedent(f"""
            [{_registry.GROUP}]
            shop = shop:Shop
            half = half:Half
            bazaar = shop:Shop
            odd = shop:__name__
            notion = shop:Shop
        """)
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    for name in ("shop", "half"):
        sys.modules.pop(name, None)
    _registry.load.cache_clear()


def test_names_are_those_of_the_files() -> None:
    assert "notion" in _registry.names()
    assert not [one for one in _registry.names() if one.startswith("_") or "." in one]
    assert "recordings" not in _registry.names()
    assert list(_registry.names()) == sorted(_registry.names())


def test_a_client_is_loaded_by_name() -> None:
    assert _registry.load("notion") is Notion


def test_nobody_is_imported_by_looking() -> None:
    with pytest.raises(LookupError, match="There is no integration 'nobody'"):
        _registry.load("nobody")


def test_a_package_may_bring_one(package: Path) -> None:
    assert {"shop", "bazaar", "notion"} <= set(_registry.names())
    assert _registry.load("shop").__module__ == "shop"
    assert (package / "shop.py").is_file()


@pytest.mark.usefixtures("package")
def test_a_package_cannot_take_the_place_of_ours() -> None:
    _registry.load.cache_clear()
    assert _registry.load("notion") is Notion


@pytest.mark.usefixtures("package")
@pytest.mark.parametrize("name", ["bazaar", "odd"])
def test_what_is_no_client_of_that_name_is_refused(name: str) -> None:
    with pytest.raises(TypeError, match=f"There is no Client called '{name}'"):
        _registry.load(name)


@pytest.mark.usefixtures("package")
def test_a_client_that_lacks_a_method_is_refused() -> None:
    with pytest.raises(TypeError, match=r"Half has no method for half\.buy"):
        _registry.load("half")
