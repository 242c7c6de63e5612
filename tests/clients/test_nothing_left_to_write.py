"""What `hub new-client` writes only stands in for a vendor: each failure says what to put there.

Its addresses end in `.example`, which nobody owns (RFC 2606).
"""

import inspect
import re
import sys

from clients._client import Client
from tests.support.conformance import every_client, recordings_of

ADDRESSES = (
    "write the vendor's base address, how it wants the key (`auth`), the headers of every call, "
    "and a cheap GET that proves the key (`probe`)"
)
LIMITS = (
    "write every limit that the vendor documents, in all its windows, each with the link it comes "
    "from (`source`)"
)
DOCUMENTATION = "begin with one sentence on the vendor, and the link to its documentation"
CONTRACT = (
    "write what agents may ask, each parameter with its bounds, and the fields of the results that "
    "they rely on, with units; link the vendor's page"
)
RECORDINGS = (
    "record a success and a refusal of each operation, and say in `origin` where each comes from"
)


def invented(*texts: str) -> list[str]:
    return re.findall(r"https?://[\w.-]+\.example\b\S*", "\n".join(texts))


@every_client
class TestNothingIsInvented:
    def test_its_addresses(self, facts: type[Client]) -> None:
        urls = [one.url for one in facts.upstreams.values()]
        assert not invented(*urls), f"clients/{facts.name}: {ADDRESSES}."

    def test_its_limits(self, facts: type[Client]) -> None:
        links = [limit.source for one in facts.upstreams.values() for limit in one.limits]
        assert not invented(*links), f"clients/{facts.name}: {LIMITS}."

    def test_its_documentation(self, facts: type[Client]) -> None:
        doc = sys.modules[facts.__module__].__doc__ or ""
        assert not invented(doc), f"clients/{facts.name}: {DOCUMENTATION}."

    def test_its_contract(self, facts: type[Client]) -> None:
        modules = {sys.modules[one.request.__module__] for one in facts.operations.values()}
        docs = [inspect.getdoc(one) or "" for one in modules]
        assert not invented(*docs), f"contracts/{facts.name}: {CONTRACT}."

    def test_its_recordings(self, facts: type[Client]) -> None:
        origins = [one.origin.ref for one in recordings_of(facts)]
        assert not invented(*origins), f"clients/recordings/{facts.name}: {RECORDINGS}."
