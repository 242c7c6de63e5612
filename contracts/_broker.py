"""What a broker's address has to be, for the hub and for agents alike."""

from urllib.parse import parse_qs, urlsplit


def flaw_of(url: str) -> str:
    """Return what is wrong with a broker's address, as "it …"; nothing if it can be used."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in {"amqp", "amqps"} and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good:
        return (
            "it must look like amqp://user:password@host:5672/vhost, or begin with amqps:// for TLS"
        )
    if "no_verify_ssl" in parse_qs(parts.query, keep_blank_values=True):
        return (
            "it says no_verify_ssl, but the broker's certificate is always checked; name the "
            "authority that signed it instead, with ?cafile=/path/to/ca.pem"
        )
    return ""
