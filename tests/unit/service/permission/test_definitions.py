import base64
import hashlib
import json
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest

from contracts import Names
from service.permission.access import Access, Grant
from service.permission.definitions import Plan, definitions, hashed, main, write

ROOT = Path(__file__).parents[4]
ACCESS = Access(
    {
        "alice": Grant(operations=("notion.*",)),
        "http": Grant(operations=("*",)),
        "cli:root": Grant(operations=("*",)),
        "hub": Grant(operations=("*",)),
    }
)
PLAN = Plan(ACCESS, Names())


def rows(found: dict[str, Any], kind: str) -> list[Any]:
    return [one.get("user") or one["name"] for one in found[kind]]


def test_only_users_of_the_broker_are_in_it() -> None:
    found = definitions(PLAN, {"hub": "h", "alice": "a"})
    assert rows(found, "users") == rows(found, "permissions") == ["hub", "alice"]
    assert rows(found, "topic_permissions") == ["alice"] * 3
    assert [one["tags"] for one in found["users"]] == ["", ""]
    assert found["users"][1]["limits"] == {"max-connections": 20, "max-channels": 200}


def test_a_hash_is_salted_and_that_of_the_password() -> None:
    one, two = (base64.b64decode(hashed("canary")) for _ in range(2))
    assert one != two
    assert one[4:] == hashlib.sha256(one[:4] + b"canary").digest()


def test_passwords_are_made_once_and_for_nobody_else(tmp_path: Path) -> None:
    folder = tmp_path / "broker"
    first = {path.name: path for path in write(PLAN, folder, "amqps://rabbit:5671")}
    assert set(first) == {"hub.url", "alice.url", "definitions.json"}
    address = first["alice.url"].read_text()
    password = address.removeprefix("amqps://alice:").removesuffix("@rabbit:5671/hub")
    assert len(password) == 48
    assert password not in first["definitions.json"].read_text()
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.iterdir())}
    assert modes == {0o700, 0o600}
    write(PLAN, folder, "amqps://moved")
    assert (folder / "alice.url").read_text() == f"amqps://alice:{password}@moved/hub"


@pytest.mark.parametrize(
    ("access", "broker", "says"),
    [
        ('{"a.b": {"operations": []}}', "amqp://x", "user 'a.b'"),
        ('{"a": {"operations": ["x"]}}', "amqp://x", "user 'a', operations.0"),
        ('{"a": {"operations": ["notoin.get_page"]}}', "amqp://x", "Did you mean notion.get_page"),
        ("{}", "http://x", "amqp://"),
        (None, "amqp://x", "cannot be read"),
    ],
)
def test_what_cannot_be_used_is_said(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    access: str | None,
    broker: str,
    says: str,
) -> None:
    file = tmp_path / "access.json"
    if access is not None:
        file.write_text(access)
    assert main([str(file), str(tmp_path / "out"), "--broker", broker]) == 1
    assert says in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_the_script_prints_what_it_wrote(tmp_path: Path) -> None:
    (tmp_path / "access.json").write_text('{"alice": {"operations": ["*"]}}')
    done = subprocess.run(  # noqa: S603  (our own command)
        [
            str(ROOT / "deploy/rabbitmq/make-definitions"),
            *(str(tmp_path / name) for name in ("access.json", "out")),
            *("--prefix", "p", "--vhost", "v/1", "--hub", "keeper"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    written = [Path(line).name for line in done.stdout.splitlines()]
    assert written == ["keeper.url", "alice.url", "definitions.json"]
    assert (tmp_path / "out/alice.url").read_text().endswith("@127.0.0.1:5672/v%2F1")
    found = json.loads((tmp_path / "out/definitions.json").read_text())
    assert found["vhosts"] == [{"name": "v/1"}]
    assert found["permissions"][1]["write"].startswith(r"^(p\.requests|")


def test_a_checkout_that_is_not_set_up_is_told(tmp_path: Path) -> None:
    script = tmp_path / "deploy/rabbitmq/make-definitions"
    script.parent.mkdir(parents=True)
    script.write_bytes((ROOT / "deploy/rabbitmq/make-definitions").read_bytes())
    script.chmod(0o755)
    done = subprocess.run([script], capture_output=True, text=True, check=False)  # noqa: S603
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"There is no {tmp_path}/.venv yet: run scripts/setup first.\n"
