"""Handshakes with servers of every kind."""

import ssl
from pathlib import Path

import pytest

from clients._http import HttpRequest, TransportError
from clients._tls import Tls
from clients._transport import AioHttpTransport
from tests.support.certificates import Certificate, certificate
from tests.support.sending import ask, facts, failure
from tests.support.upstream import (
    HANG,
    Upstream,
)
from tests.support.wait import wait_until

pytestmark = pytest.mark.asyncio(loop_factories=["asyncio", "uvloop"])


@pytest.mark.parametrize("hex_digits", ["ab" * 32, ":".join(["AB"] * 32)])
async def test_a_fingerprint_is_read_with_and_without_colons(hex_digits: str) -> None:
    assert Tls(sha256=hex_digits).fingerprint() == bytes([0xAB] * 32)


@pytest.mark.parametrize("wrong", ["", "ab" * 31, "zz" * 32])
async def test_a_wrong_fingerprint_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="64 hex digits"):
        Tls(sha256=wrong)


async def test_a_pin_is_an_authority_or_a_certificate() -> None:
    with pytest.raises(ValueError, match="not both"):
        Tls(ca_file="ca.pem", sha256="ab" * 32)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return certificate(tmp_path_factory.mktemp("own"), "localhost")


def named(up: Upstream) -> HttpRequest:
    """A request that calls the server by the name in its certificate."""
    return HttpRequest("POST", up.url.replace("127.0.0.1", "localhost"), body=b"x", timeout=5.0)


async def refused(server: ssl.SSLContext, tls: Tls, host: str = "localhost") -> TransportError:
    """The error of a call that the TLS settings must stop before anything is told."""
    transport = AioHttpTransport(tls=tls)
    async with Upstream(tls=server) as up:
        url = up.url.replace("127.0.0.1", host)
        error = await failure(transport, HttpRequest("POST", url, body=b"x", timeout=5.0))
        assert not error.sent
        assert sum(up.octets) == 0
        await transport.aclose()
    return error


@pytest.mark.parametrize("pinned", ["ca_file", "sha256"])
async def test_a_pinned_console_is_trusted(own: Certificate, pinned: str) -> None:
    tls = Tls(**{pinned: str(getattr(own, pinned))})
    transport = AioHttpTransport(tls=tls)
    async with Upstream(tls=own.server()) as up:
        assert (await transport.send(named(up))).status == 200
        assert (await transport.send(named(up).within(5.0))).status == 200
        assert up.connections == 1
        await transport.aclose()
        await wait_until(lambda: up.open == 0)


async def test_a_pinned_certificate_needs_no_name(own: Certificate) -> None:
    transport = AioHttpTransport(tls=Tls(sha256=own.sha256))
    async with Upstream(tls=own.server()) as up:
        assert (await transport.send(ask(up))).status == 200
        await transport.aclose()


async def test_a_stranger_is_told_nothing(own: Certificate) -> None:
    error = await refused(own.server(), Tls())
    assert error.kind == "tls"
    assert str(error).endswith("(self-signed certificate)")


async def test_another_certificate_than_the_pinned_is_told_nothing(own: Certificate) -> None:
    error = await refused(own.server(), Tls(sha256="ab" * 32))
    assert error.kind == "tls"
    assert str(error).endswith("(ServerFingerprintMismatch)")


async def test_another_authority_than_the_pinned_is_told_nothing(
    own: Certificate, tmp_path: Path
) -> None:
    other = certificate(tmp_path, "localhost")
    assert (await refused(own.server(), Tls(ca_file=str(other.ca_file)))).kind == "tls"


async def test_another_name_is_told_nothing(own: Certificate) -> None:
    error = await refused(own.server(), Tls(ca_file=str(own.ca_file)), host="127.0.0.1")
    assert error.kind == "tls"
    assert str(error).endswith("(IP address mismatch)")


async def test_an_expired_certificate_is_told_nothing(tmp_path: Path) -> None:
    old = certificate(tmp_path, "localhost", expired=True)
    error = await refused(old.server(), Tls(ca_file=str(old.ca_file)))
    assert error.kind == "tls"
    assert str(error).endswith("(certificate has expired)")


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
async def test_old_versions_are_refused(own: Certificate) -> None:
    old = own.server()
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version = ssl.TLSVersion.TLSv1
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    error = await refused(old, Tls(ca_file=str(own.ca_file)))
    assert error.kind in {"tls", "connect"}  # the server may hang up without an alert


async def test_a_handshake_that_hangs_is_not_sent(transport: AioHttpTransport) -> None:
    async with Upstream(HANG) as up:
        url = up.url.replace("http:", "https:")
        request = HttpRequest("POST", url, body=b"x", timeout=0.1)
        assert facts(await failure(transport, request)) == ("timeout", False)


async def test_session_keys_are_written_nowhere(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    console = certificate(tmp_path, "localhost")
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    transport = AioHttpTransport(tls=Tls(sha256=console.sha256))
    async with Upstream(tls=console.server()) as up:
        await transport.send(ask(up))
        await transport.aclose()
    assert not (tmp_path / "keys").exists()
