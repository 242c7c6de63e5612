"""How the certificate of an upstream is verified. It always is."""

import functools
import ssl
from dataclasses import dataclass
from typing import Final

_DIGEST_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Tls:
    """Whom to trust: by default the system's authorities; else the one pin, and nobody else."""

    ca_file: str | None = None
    """PEM file with the only authorities to trust."""
    sha256: str | None = None
    """Fingerprint of the only certificate to trust, in hex, colons allowed; who made it, for
    which name and until when does not matter then."""

    def __post_init__(self) -> None:
        if self.ca_file and self.sha256:
            raise ValueError("Pin an authority or a certificate, not both.")
        if self.sha256 is not None and len(_bytes(self.sha256)) != _DIGEST_BYTES:
            raise ValueError("A SHA-256 fingerprint has 64 hex digits.")

    def fingerprint(self) -> bytes | None:
        """Return the digest that the server's certificate must have, if one is pinned."""
        return _bytes(self.sha256) if self.sha256 else None


@functools.cache
def context(tls: Tls) -> ssl.SSLContext:
    """Return the settings of a handshake, TLS 1.2 at least; blocks 40 ms for system authorities.

    Where a fingerprint is pinned, the caller has to compare it before anything is written.
    """
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # `create_default_context` obeys SSLKEYLOGFILE
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.set_alpn_protocols(["http/1.1"])
    if tls.sha256:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    elif tls.ca_file:
        made.load_verify_locations(tls.ca_file)
    else:
        made.load_default_certs()
    return made


def _bytes(digits: str) -> bytes:
    try:
        return bytes.fromhex(digits.replace(":", ""))
    except ValueError:
        return b""
