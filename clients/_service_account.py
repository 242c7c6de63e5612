"""A service account: a signed statement is exchanged for a token (RFC 7523, RS256).

https://developers.google.com/identity/protocols/oauth2/service-account#httprest
"""

from dataclasses import dataclass
from typing import Final

import orjson
from authlib.oauth2.rfc7523.assertion import sign_jwt_bearer_assertion
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from clients._auth import Names, Pairs
from clients._body import Body
from clients._environment import Environment
from clients._oauth import form_of
from clients._tokens import TokenSource
from contracts import NotConfigured

_GRANT: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_LIFE: Final = 3600


@dataclass(frozen=True)
class ServiceAccount(TokenSource):
    """The account's private key signs who asks, and for whom."""

    account: Names
    """Variables that hold the account's JSON file."""
    scope: str
    subject: str = ""
    """The variable with the user it acts for, if any."""

    @property
    def groups(self) -> tuple[Names, ...]:
        """The account."""
        return (self.account,)

    def asked(self, env: Environment, wall: float) -> tuple[Body, Pairs]:
        """A ``jwt-bearer`` request.

        Raises:
            NotConfigured: the variable does not hold such an account; names it.
        """
        try:
            account = orjson.loads(env.require(*self.account))
            kid = {"kid": account["private_key_id"]} if "private_key_id" in account else {}
            signed = sign_jwt_bearer_assertion(
                RSAKey.import_key(account["private_key"]),
                account["client_email"],
                account.get("token_uri") or self.at.address(env) + self.path,
                subject=env.get(self.subject) if self.subject else None,
                issued_at=int(wall),
                expires_at=int(wall) + _LIFE,
                claims={"scope": self.scope},
                header={"alg": "RS256", **kid},
            )
        except (JoseError, ValueError, LookupError, TypeError, AttributeError):
            text = f"{self.account[0]} has to hold the JSON file of a service account."
            raise NotConfigured(text) from None
        return form_of(_GRANT, {"assertion": signed}), ()
