import pytest

from service.record.store_address import flaw_of, unverified


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////var/lib/hub/calls.sqlite3",
        "sqlite:///calls.sqlite3",
        "postgresql://hub:p%2Fq@db/hub",
        "postgres://hub@[::1]:5433/hub?sslmode=verify-full&sslrootcert=/ca.pem",
        "postgresql+psycopg://hub:p@db:5432/hub",
        "postgresql://hub@/hub?host=/run/postgresql",
    ],
)
def test_what_can_be_used(url: str) -> None:
    assert flaw_of(url) == ""


@pytest.mark.parametrize(
    "url",
    [
        "x",
        "mysql://hub:canary@db/hub",
        "postgresql+asyncpg://hub:canary@db/hub",
        "postgresql://hub:canary@db",
        "postgresql://hub:canary@/hub",
        "postgresql://hub:can#ary@db/hub",
        "postgresql://hub:can/ary@db/hub",
        "postgresql://hub:canary@db:port/hub",
        "postgresql://hub:canary@db:0/hub",
        "postgresql://hub:canary@db/hub?sslmode",
        "sqlite://",
    ],
)
def test_what_cannot_is_told_without_its_secret(url: str) -> None:
    assert "postgresql://user:password@host:5432/database" in flaw_of(url)
    assert "ary" not in flaw_of(url).replace("binary", "")


@pytest.mark.parametrize("name", ["password", "sslpassword"])
def test_a_password_has_its_place(name: str) -> None:
    assert "put it before @" in flaw_of(f"postgresql://hub@db/hub?{name}=canary")


@pytest.mark.parametrize(
    ("url", "hosts"),
    [
        ("postgresql://hub:canary@db:5432/hub", ["db"]),
        ("postgresql+psycopg://hub@[2001:db8::1]/hub?sslmode=require", ["2001:db8::1"]),
        ("postgresql://hub@/hub?host=one,two&sslmode=prefer", ["one", "two"]),
        ("postgresql://hub@db/hub?hostaddr=192.0.2.1", ["192.0.2.1"]),
        ("postgresql://hub@db/hub?sslmode=verify-full", []),
        ("postgresql://hub@db/hub?sslmode=verify-ca&sslrootcert=/ca.pem", []),
        ("postgresql://hub@/hub?host=/run/postgresql", []),
        ("sqlite:////var/lib/hub/calls.sqlite3", []),
    ],
)
def test_whose_certificate_is_not_checked(url: str, hosts: list[str]) -> None:
    assert unverified(url) == hosts
