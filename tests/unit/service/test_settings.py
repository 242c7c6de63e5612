from pathlib import Path

import pytest
from pydantic import SecretStr

from service.settings import (
    BadSettings,
    Layers,
    Settings,
    is_loopback,
    load_settings,
    read_layers,
    variable,
)

OF_THE_DESIGN = {
    "HUB_AMQP_URL": None,
    "HUB_PREFIX": "hub",
    "HUB_HTTP_HOST": "127.0.0.1",
    "HUB_HTTP_PORT": 8080,
    "HUB_HTTP_TOKEN": None,
    "HUB_DATABASE_URL": None,
    "HUB_INTEGRATIONS": (),
    "HUB_SANDBOX": "off",
    "HUB_HEALTH_INTERVAL": 60.0,
    "HUB_WINDOW": 256,
    "HUB_MAX_REQUEST_BYTES": 256 * 1024,
    "HUB_MAX_REPLY_BYTES": 8 * 1024 * 1024,
    "HUB_ACCESS_FILE": None,
    "HUB_LOG_FORMAT": "auto",
    "HUB_LOG_LEVEL": "info",
}
MORE = {"HUB_DATA_DIR", "HUB_INSTANCE"}

Env = pytest.MonkeyPatch


def test_every_setting_of_the_design_has_its_name_and_default(nothing_set: Env) -> None:
    assert {variable(field) for field in Settings.model_fields} == set(OF_THE_DESIGN) | MORE
    settings = load_settings()
    found = {name: getattr(settings, name[4:].lower()) for name in OF_THE_DESIGN}
    assert found == OF_THE_DESIGN
    nothing_set.setenv("XDG_DATA_HOME", "/data/home")
    assert load_settings().data_dir == Path("/data/home/integration-hub")


def test_the_environment_goes_before_the_files(nothing_set: Env, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("HUB_PREFIX=a\nHUB_WINDOW=1\nHUB_SANDBOX=on\nNOTION_API_KEY=k")
    (tmp_path / ".env.local").write_text("HUB_PREFIX=b\nHUB_WINDOW=2\n")
    nothing_set.setenv("HUB_PREFIX", "c")
    nothing_set.setenv("HUB_SANDBOX", "")  # empty is not set
    settings = load_settings()
    assert (settings.prefix, settings.window, settings.sandbox) == ("c", 2, "on")
    names = ("HUB_PREFIX", "HUB_WINDOW", "HUB_SANDBOX", "HUB_HTTP_PORT")
    sources = [settings.layers.source(name) for name in names]
    assert sources == ["environment", ".env.local", ".env", "default"]
    assert settings.environment.get("NOTION_API_KEY") == "k"


def test_any_may_come_from_a_file(nothing_set: Env, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("s3cret\n")
    nothing_set.setenv("HUB_HTTP_TOKEN_FILE", str(tmp_path / "token"))
    nothing_set.setenv("HUB_PREFIX_FILE", str(tmp_path / "token"))
    nothing_set.setenv("HUB_PREFIX", "hub-2")  # the value itself goes before its file
    settings = load_settings()
    assert settings.http_token
    assert settings.http_token.get_secret_value() == "s3cret"
    assert settings.prefix == "hub-2"


BAD = [
    ({"HUB_HTTP_PORT": "x"}, "HUB_HTTP_PORT (environment): Input should be a valid integer"),
    ({"HUB_HTTP_PORT": "70000"}, "HUB_HTTP_PORT (environment): Input should be less than"),
    ({"HUB_SANDBOX": "maybe"}, "HUB_SANDBOX (environment): Input should be 'off', 'auto' or 'on'"),
    ({"HUB_PREFIX": "Hub!"}, "HUB_PREFIX (environment): String should match"),
    ({"HUB_HEALTH_INTERVAL": "nan"}, "HUB_HEALTH_INTERVAL"),
    ({"HUB_AMQP_URL": "http://canary@b"}, "HUB_AMQP_URL (environment): it must look like amqp://"),
    ({"HUB_AMQP_URL": "amqp://canary@b:x/"}, "HUB_AMQP_URL (environment): it must look like"),
    ({"HUB_AMQP_URL": "amqp://canary@b/?no_verify_ssl=1"}, "certificate is always checked"),
    (
        {"HUB_MAX_REPLY_BYTES": "16777216"},
        "HUB_MAX_REPLY_BYTES (environment): Input should be less",
    ),
    ({"HUB_HTTP_TOKEN": "canary two"}, "HUB_HTTP_TOKEN (environment): it may have printable"),
    ({"HUB_HTTP_TOKEN": "canaré"}, "HUB_HTTP_TOKEN (environment): it may have printable"),
    ({"HUB_HTTP_HOST": "0.0.0.0"}, "HUB_HTTP_HOST 0.0.0.0 can be reached from outside: set HUB_"),  # noqa: S104
    ({"HUB_HTTP_HOST": "example.org"}, "can be reached from outside"),
    ({"HUB_AMQP_URL_FILE": "/nowhere"}, "HUB_AMQP_URL_FILE names a file that cannot be read"),
    ({"HUB_DATA_DIR": "~nobody-of-this-name/x"}, "HUB_DATA_DIR (environment): "),
]


@pytest.mark.parametrize(("variables", "sentence"), BAD, ids=[str(one[0]) for one in BAD])
def test_what_is_wrong_is_told_in_a_sentence(
    nothing_set: Env, variables: dict[str, str], sentence: str
) -> None:
    for name, value in variables.items():
        nothing_set.setenv(name, value)
    with pytest.raises(BadSettings) as caught:
        load_settings()
    assert sentence in str(caught.value)
    assert "canar" not in str(caught.value)


def test_all_that_is_wrong_is_told_with_where_it_stands(nothing_set: Env, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("HUB_WINDOW=0\nHUB_HTTP_PORT=-1\n")
    (tmp_path / "level").write_text("loud")
    nothing_set.setenv("HUB_LOG_LEVEL_FILE", str(tmp_path / "level"))
    with pytest.raises(BadSettings) as caught:
        load_settings()
    starts = [line.partition(":")[0] for line in str(caught.value).splitlines()]
    assert starts == [
        "HUB_HTTP_PORT (.env)",
        "HUB_WINDOW (.env)",
        "HUB_LOG_LEVEL_FILE (environment)",
    ]


def test_a_file_that_is_no_text_is_told(nothing_set: Env, tmp_path: Path) -> None:
    del nothing_set
    (tmp_path / ".env").write_bytes(b"HUB_PREFIX=\xff\xfe")
    with pytest.raises(BadSettings, match=r"\.env in .* cannot be read"):
        load_settings()


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.8.0.1", True),
        ("::1", True),
        ("0.0.0.0", False),  # noqa: S104
        ("::", False),
        ("10.0.0.1", False),
        ("example.org", False),
    ],
)
def test_who_reaches_an_address(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


def test_with_a_token_it_may_listen_everywhere(nothing_set: Env) -> None:
    nothing_set.setenv("HUB_HTTP_HOST", "0.0.0.0")  # noqa: S104
    nothing_set.setenv("HUB_HTTP_TOKEN", "s3cret")
    assert load_settings().http_host == "0.0.0.0"  # noqa: S104


def test_what_is_derived(nothing_set: Env) -> None:
    nothing_set.setenv("HUB_INTEGRATIONS", " notion, twilio,,notion ")
    nothing_set.setenv("HUB_DATA_DIR", "~/hub")
    nothing_set.setenv("HOME", "/home/alice")
    settings = load_settings()
    assert settings.integrations == ("notion", "twilio")
    assert settings.store_url == "sqlite:////home/alice/hub/calls.sqlite3"
    assert Settings.model_validate({"integrations": ("notion",)}).integrations == ("notion",)
    nothing_set.setenv("HUB_DATABASE_URL", "sqlite:////data/calls")
    assert load_settings().store_url == "sqlite:////data/calls"


def test_a_database_may_be_any_hubs(nothing_set: Env) -> None:
    nothing_set.setenv("HUB_DATABASE_URL", "postgres://hub:canary@db/hub")
    assert load_settings().store_url == "postgres://hub:canary@db/hub"


def test_a_database_that_the_hub_cannot_use_is_refused(nothing_set: Env) -> None:
    nothing_set.setenv("HUB_DATABASE_URL", "mysql://hub:canary@db/hub")
    with pytest.raises(BadSettings, match=r"^HUB_DATABASE_URL \(environment\): it must") as caught:
        load_settings()
    assert "canary" not in str(caught.value)


def test_every_process_has_a_name_that_may_be_in_a_routing_key(nothing_set: Env) -> None:
    del nothing_set
    name = load_settings().instance
    assert name.replace("-", "").isalnum()


def test_secrets_are_not_in_the_repr(nothing_set: Env) -> None:
    nothing_set.setenv("HUB_AMQP_URL", "amqp://hub:canary@broker/hub")
    nothing_set.setenv("HUB_HTTP_TOKEN", "canary")
    assert "canary" not in repr(load_settings())


def test_all_secrets_are_known_as_they_are_sent(nothing_set: Env) -> None:
    assert load_settings().secrets("amqp://broker/hub") == []
    nothing_set.setenv("HUB_HTTP_TOKEN", "canary-1")
    settings = load_settings()
    url = SecretStr("postgresql://hub:canary-2@db/hub")
    database = settings.model_copy(update={"database_url": url})
    found = database.secrets("amqp://hub:canary%2F3@broker/hub")
    assert sorted(found) == ["canary-1", "canary-2", "canary/3"]


def test_layers_know_where_each_came_from(nothing_set: Env) -> None:
    layers = Layers({"first": {"A": "1"}, "second": {"A": "2", "B": "3"}})
    assert layers.merged == {"A": "1", "B": "3"}
    assert [layers.source(name) for name in "ABC"] == ["first", "second", "default"]
    nothing_set.setenv("HUB_PREFIX", "x")
    assert read_layers().source("HUB_PREFIX") == "environment"
