"""The container may do no more than a hub needs: the rules, read from what builds and starts it.

https://cheatsheetseries.owasp.org/cheatsheets/Docker_Security_Cheat_Sheet.html
"""

import json
import re
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

ROOT: Final = Path(__file__).parents[2]
COMPOSE: Final[dict[str, Any]] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: Final[dict[str, Any]] = COMPOSE["services"]
SECRET: Final = re.compile(r"PASS|TOKEN|SECRET|KEY|_URL$")

every_service = pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)


def instructions() -> list[tuple[str, str]]:
    """Each instruction of the Dockerfile and what follows it."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = (line.strip() for line in text.splitlines())
    return [
        (word, rest)
        for word, _, rest in (line.partition(" ") for line in lines if line and line[0] != "#")
    ]


def said(word: str) -> list[str]:
    return [rest for known, rest in instructions() if known == word]


def test_the_hub_is_a_user_without_a_name_on_the_host() -> None:
    (user,) = said("USER")
    assert all(int(one) >= 10_000 for one in user.split(":"))
    after = [word for word, _ in instructions()]
    assert set(after[after.index("USER") + 1 :]) <= {
        "VOLUME",
        "EXPOSE",
        "HEALTHCHECK",
        "ENTRYPOINT",
        "CMD",
    }


def test_nothing_secret_takes_part_in_the_build() -> None:
    assert [one.partition("=")[0] for one in said("ARG")] == ["PYTHON_IMAGE"]
    assert not any(SECRET.search(one) for one in said("ENV"))
    assert not any("--mount" in one for one in said("RUN"))
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert ignored[0] == "*"
    copied = {word for one in said("COPY") if one[0] != "-" for word in one.split()[:-1]}
    assert {one[1:] for one in ignored if one[0] == "!"} == copied


def test_no_shell_stands_between_docker_and_the_hub() -> None:
    (health,) = said("HEALTHCHECK")
    commands = [*said("ENTRYPOINT"), *said("CMD"), health.partition("CMD ")[2]]
    assert all(isinstance(json.loads(one), list) for one in commands)


@every_service
def test_it_has_no_rights_that_it_does_not_use(service: dict[str, Any]) -> None:
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["read_only"] is True
    assert "/tmp" in service["tmpfs"]  # noqa: S108  (the container's)
    assert {"privileged", "devices", "pid", "ipc", "network_mode"}.isdisjoint(service)
    assert service.get("user", "10001") not in {"root", "0"}
    assert "user" in service or "build" in service


@every_service
def test_it_has_bounds_and_a_test_of_its_health(service: dict[str, Any]) -> None:
    assert re.fullmatch(r"\d+[mg]", service["mem_limit"])
    assert 0 < service["pids_limit"] <= 512
    health = service.get("healthcheck", {"test": ["CMD"]})  # the hub's is its image's
    assert health["test"][0] == "CMD"
    assert health["test"][1:2] != ["sh"]


@every_service
def test_it_is_reached_from_this_machine_alone(service: dict[str, Any]) -> None:
    assert all(str(port).startswith("127.0.0.1:") for port in service.get("ports", ()))
    assert "docker.sock" not in str(service.get("volumes"))


@every_service
def test_its_secrets_are_files(service: dict[str, Any]) -> None:
    assert "env_file" not in service
    given = {name for name, value in service.get("environment", {}).items() if value}
    assert [one for one in given if SECRET.search(one) and not one.endswith("_FILE")] == []


def test_every_secret_is_made_and_none_has_a_default() -> None:
    files = {name: one["file"] for name, one in COMPOSE["secrets"].items()}
    assert all(one.startswith("${HUB_SECRETS:?") for one in files.values())


def test_who_needs_no_broker_does_not_reach_it() -> None:
    networks = {name: set(one["networks"]) for name, one in SERVICES.items()}
    assert {name for name, one in networks.items() if "broker" in one} == {"rabbitmq", "hub"}
    assert {name for name, one in networks.items() if "database" in one} == {"postgres", "hub"}
    assert COMPOSE["networks"]["database"] == {"internal": True}


def compose(folder: Path, *words: str) -> str:
    """Run the script with a stand-in for docker that prints what it is asked."""
    (folder / "docker").write_text('#!/bin/sh\necho "$@" $HUB_ACCESS_FILE\n')
    (folder / "docker").chmod(0o755)
    (folder / "scripts").mkdir(exist_ok=True)
    script = folder / "scripts/compose"
    script.write_bytes((ROOT / "scripts/compose").read_bytes())
    script.chmod(0o755)
    environment = {"PATH": f"{folder}:/usr/bin:/bin"}
    done = subprocess.run(  # noqa: S603  (our own script)
        [script, *words], env=environment, capture_output=True, check=True, text=True
    )
    return done.stdout


def test_passwords_are_made_once_and_kept_from_others(tmp_path: Path) -> None:
    assert compose(tmp_path, "up", "--wait") == "compose up --wait\n"
    made = tmp_path / ".data/secrets"
    first = {one.name: one.read_text() for one in made.iterdir()}
    assert made.stat().st_mode & 0o777 == 0o700
    wanted = {Path(one["file"].partition("}")[2]).name for one in COMPOSE["secrets"].values()}
    assert wanted <= set(first)
    assert len(first["http_token"]) == 48
    assert len({first["http_token"], first["rabbitmq_password"], first["postgres_password"]}) == 3
    compose(tmp_path, "up")
    assert {one.name: one.read_text() for one in made.iterdir()} == first


def test_an_access_file_that_is_put_there_is_the_hubs_from_then_on(tmp_path: Path) -> None:
    assert compose(tmp_path, "up") == "compose up\n"
    (tmp_path / ".data/secrets/access.json").write_text("{}")
    for _ in range(2):
        assert compose(tmp_path, "up") == "compose up /run/secrets/access.json\n"
    given = SERVICES["hub"]
    assert given["environment"]["HUB_ACCESS_FILE"] == "${HUB_ACCESS_FILE:-}"
    assert "access.json" in given["secrets"]


def test_keys_are_handed_over_as_a_file_without_what_compose_says_itself(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        "NOTION_API_KEY=k\nHUB_ACCESS_FILE=mine.json\nHUB_AMQP_URL=amqp://elsewhere\n"
        "export HUB_HTTP_TOKEN=t\n"
    )
    compose(tmp_path, "up")
    handed = tmp_path / ".data/secrets/keys.env"
    assert handed.read_text() == "NOTION_API_KEY=k\n"
    (tmp_path / ".env").write_text("NOTION_API_KEY=new\n")
    compose(tmp_path, "up")
    assert handed.read_text() == "NOTION_API_KEY=new\n"
