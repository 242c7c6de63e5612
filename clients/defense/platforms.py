"""Where the platforms are, how the hub proves who asks, how often it may.

https://www.palantir.com/docs/foundry/api/general/overview/limits
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Final

import orjson

from clients._auth import AllOf, Basic, Bearer, FirstOf, Key, NoAuth
from clients._client import Client
from clients._environment import Environment
from clients._http import HttpResponse
from clients._limits import MINUTE, Concurrency, Rate
from clients._oauth import ClientCredentials
from clients._signals import Dialect
from clients._upstream import Upstream
from contracts import Failure, UpstreamRejected, UpstreamUnauthorized

_FOUNDRY: Final = "https://www.palantir.com/docs/foundry/api/general/overview/limits"
_LATTICE: Final = "https://developer.anduril.com/reference/rest"  # tells no limit: it is ours
_HARBOR: Final = "https://goharbor.io/docs/"  # documents none: it is ours
_GITLAB: Final = "https://docs.gitlab.com/security/rate_limits/"  # the host's own are unknown
_ASSUMED: Final = (
    "https://github.com/MycosoftLabs/mycosoft-mas"  # has the only description there is
)
_TAILS: Final = ("/api/v1", "/api/v2", "/api", "/multipass/api")
_STACKS: Final = ("PALANTIR_FOUNDRY_URL", "PALANTIR_API_URL")
_ENVIRONMENTS: Final = ("ANDURIL_API_URL", "LATTICE_ENDPOINT")
_SANDBOX: Final = FirstOf(
    (
        Key(
            "Anduril-Sandbox-Authorization", ("ANDURIL_SANDBOX_TOKEN", "SANDBOXES_TOKEN"), "Bearer "
        ),
        NoAuth(),
    )
)
_REFUSALS: Final = range(400, 500)
_UNAUTHORIZED: Final = 401
_NOT_REFUSED: Final = frozenset({408, 429})


@dataclass(eq=False)
class Platform(Upstream):
    """One part of a platform. Its variables hold the host's address, or that of any part."""

    part: str = ""

    def address(self, env: Environment) -> str:
        """Return the part's own address, whatever part the variable's has.

        Raises:
            NotConfigured: there is none, or it is not a plain http(s) address.
        """
        root = super().address(env)
        tail = next((one for one in _TAILS if root.endswith(one)), "")
        return root.removesuffix(tail) + self.part


def _portal(name: str) -> Upstream:
    """Return the way to a contractor's portal; nobody tells how often it may be asked."""
    return Upstream(
        "",
        auth=Bearer(f"{name}_PORTAL_TOKEN"),
        limits=[Rate(1, per=1, burst=5, source=_ASSUMED)],
        aliases=(f"{name}_PORTAL_URL",),
    )


class Platforms(Client):
    """All of them; each is used only where it is configured."""

    foundry_login = Platform(
        "",
        part="/multipass/api",
        limits=[Rate(1, per=1, burst=5, source=_FOUNDRY)],
        aliases=_STACKS,
    )
    foundry = Platform(
        "",
        part="/api",
        auth=FirstOf(
            (
                ClientCredentials(  # no scope: the application's own, …/application-scopes
                    foundry_login,
                    "/oauth2/token",
                    ("PALANTIR_CLIENT_ID",),
                    ("PALANTIR_CLIENT_SECRET",),
                ),
                Bearer("PALANTIR_API_TOKEN"),
            )
        ),
        limits=[  # of a user; a service user has 800 at once and no rate
            Rate(5000, per=MINUTE, source=_FOUNDRY),
            Concurrency(30, source=_FOUNDRY),
        ],
        probe="/v2/ontologies",
        aliases=_STACKS,
    )
    lattice_login = Platform(
        "",
        part="/api/v1",
        auth=_SANDBOX,
        limits=[Rate(1, per=1, burst=5, source=_LATTICE)],
        aliases=_ENVIRONMENTS,
    )
    lattice = Platform(
        "",
        part="/api/v1",
        auth=FirstOf(
            (
                AllOf(
                    (
                        ClientCredentials(
                            lattice_login,
                            "/oauth/token",
                            ("ANDURIL_CLIENT_ID", "LATTICE_CLIENT_ID"),
                            ("ANDURIL_CLIENT_SECRET", "LATTICE_CLIENT_SECRET"),
                        ),
                        _SANDBOX,
                    )
                ),
                AllOf((Bearer("ANDURIL_SDK_TOKEN", "ANDURIL_API_KEY"), _SANDBOX)),
            )
        ),
        limits=[Rate(10, per=1, burst=20, source=_LATTICE)],
        probe="/objects?maxPageSize=1",
        aliases=_ENVIRONMENTS,
    )
    iron_bank = Upstream(
        "https://registry1.dso.mil/api/v2.0",
        auth=Basic("PLATFORM_ONE_REGISTRY_USER", "PLATFORM_ONE_REGISTRY_SECRET"),
        limits=[Rate(5, per=1, burst=10, source=_HARBOR)],
        probe="/projects/ironbank/repositories?page_size=1",
    )
    repo_one = Upstream(
        "https://repo1.dso.mil/api/v4",
        auth=Key("PRIVATE-TOKEN", ("PLATFORM_ONE_TOKEN",)),
        limits=[Rate(5, per=1, burst=10, source=_GITLAB)],
        probe="/user",
        dialects=(Dialect("ratelimit-remaining", "ratelimit-reset", "epoch"),),
    )
    tactical = Upstream(
        "",
        auth=Key("X-TDL-API-Key", ("TACTICAL_API_KEY",)),
        limits=[Rate(1, per=1, burst=5, source=_ASSUMED)],
        aliases=("TACTICAL_API_URL",),
    )
    lockheed = _portal("LOCKHEED")
    raytheon = _portal("RAYTHEON")
    northrop = _portal("NORTHROP")
    bae = _portal("BAE")
    saic = _portal("SAIC")
    samples: ClassVar = {
        "PALANTIR_FOUNDRY_URL": "https://example.palantirfoundry.com",
        "ANDURIL_API_URL": "https://lattice.example.com",
        "TACTICAL_API_URL": "https://tdl.example.com/api",
        **{
            f"{name}_PORTAL_URL": f"https://{name.lower()}.example.com/api"
            for name in ("LOCKHEED", "RAYTHEON", "NORTHROP", "BAE", "SAIC")
        },
    }
    exempt: ClassVar = {
        "probe": "No call of a portal or the gateway is known to be harmless; logins are not calls."
    }

    def refusal(self, response: HttpResponse) -> Failure | None:
        """Foundry says what is wrong by names: errorCode, errorName, errorInstanceId."""
        if response.status not in _REFUSALS or response.status in _NOT_REFUSED:
            return None
        said = orjson.loads(response.body)
        text = f"HTTP {response.status}: {_words(said)}"
        if response.status == _UNAUTHORIZED:
            return UpstreamUnauthorized(text)
        return UpstreamRejected(text)


def _words(said: dict[str, Any]) -> str:
    instance = said.get("errorInstanceId")
    logged = f" (instance {instance})" if instance else ""
    return f"{said['errorCode']} {said['errorName']}{logged}"
