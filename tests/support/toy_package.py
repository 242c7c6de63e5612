"""The toy (`tests.support.toy`) as another package's integration, for hubs in processes."""

from pathlib import Path
from typing import Final

from tests.support.hub_process import ROOT

_FILES: Final = {
    "METADATA": "Metadata-Version: 2.1\nName: toy\nVersion: 1\n",
    "entry_points.txt": "[integration_hub.clients]\ntoy = tests.support.toy:Toy\n",
}


def toy_variables(folder: Path, url: str) -> dict[str, str]:
    """Install the toy into a folder; return the settings of a hub whose toy is the stub at `url`.

    It has an operation of every class: `get_thing`, `put_thing`, `pay_thing` and `make_thing`.
    """
    info = folder / "toy-1.dist-info"
    info.mkdir(parents=True, exist_ok=True)
    for name, text in _FILES.items():
        (info / name).write_text(text)
    return {
        "PYTHONPATH": f"{ROOT}:{folder}",
        "HUB_SANDBOX": "off",
        "HUB_INTEGRATIONS": "toy",
        "TOY_API_URL": url,
        "TOY_KEY": "canary-toy",
        "TOY_SITE": "here",
        "TOY_LIMIT": "100000/1s burst 100000",
    }
