import socket

import pytest

from service.web.listening import CannotListen, listen


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_a_free_port_is_taken_and_given_back(host: str) -> None:
    with listen(host, 0) as listening:
        port = listening.getsockname()[1]
        with pytest.raises(CannotListen):
            listen(host, port)
    listen(host, port).close()


def test_a_port_that_is_taken_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(
            CannotListen, match=f"Port {port} of 127.0.0.1 is taken .* HUB_HTTP_PORT"
        ):
            listen("127.0.0.1", port)


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_an_address_that_is_not_ours_is_told(host: str) -> None:
    with pytest.raises(CannotListen, match=f"HUB_HTTP_HOST {host} is no address of this machine"):
        listen(host, 0)


def test_a_port_that_needs_rights_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket, "create_server", refuse)  # root may listen anywhere
    with pytest.raises(CannotListen, match=r"may not listen on port 80: set HUB_HTTP_PORT"):
        listen("127.0.0.1", 80)
