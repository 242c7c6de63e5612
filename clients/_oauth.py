"""OAuth 2.0 as facts: where a token is asked for, and with which variables (RFC 6749).

The token's address is an upstream of its own: each request for a token passes its gate. Authlib
writes what is asked, our transport sends it.
"""

from dataclasses import dataclass

from authlib.oauth2.rfc6749.parameters import prepare_token_request

from clients._auth import Names, Pairs, basic
from clients._body import FORM, Body
from clients._environment import Environment
from clients._tokens import TokenSource


@dataclass(frozen=True)
class ClientCredentials(TokenSource):
    """The client itself asks (RFC 6749, 4.4)."""

    client_id: Names
    secret: Names
    scope: str = ""
    more: Pairs = ()
    """Further parameters, ``(("audience", "…"),)``."""
    basic: bool = False
    """Whether the vendor wants the client's secret by HTTP Basic, not in the form."""

    @property
    def groups(self) -> tuple[Names, ...]:
        """Id and secret."""
        return self.client_id, self.secret

    @property
    def accounts(self) -> tuple[Names, ...]:
        """The id."""
        return (self.client_id,)

    def asked(self, env: Environment, wall: float) -> tuple[Body, Pairs]:  # noqa: ARG002
        """A ``client_credentials`` request."""
        return _request(self, env, "client_credentials", dict(self.more), self.scope)


@dataclass(frozen=True)
class RefreshToken(TokenSource):
    """A user has agreed once; the lasting token of that day asks (RFC 6749, 6)."""

    client_id: Names
    secret: Names
    token: Names
    scope: str = ""
    basic: bool = False

    @property
    def groups(self) -> tuple[Names, ...]:
        """Id, secret and the lasting token."""
        return self.client_id, self.secret, self.token

    @property
    def accounts(self) -> tuple[Names, ...]:
        """The id."""
        return (self.client_id,)

    def asked(self, env: Environment, wall: float) -> tuple[Body, Pairs]:  # noqa: ARG002
        """A ``refresh_token`` request."""
        lasting = {"refresh_token": env.require(*self.token)}
        return _request(self, env, "refresh_token", lasting, self.scope)


def form_of(grant: str, values: dict[str, str]) -> Body:
    """Return the body of a request for a token; empty values are left out."""
    said = {name: value for name, value in values.items() if value}
    return Body(prepare_token_request(grant, **said).encode(), FORM)


def _request(
    source: ClientCredentials | RefreshToken,
    env: Environment,
    grant: str,
    more: dict[str, str],
    scope: str,
) -> tuple[Body, Pairs]:
    user, secret = env.require(*source.client_id), env.require(*source.secret)
    asked = more | {"scope": scope}
    if source.basic:
        return form_of(grant, asked), (basic(user, secret),)
    return form_of(grant, asked | {"client_id": user, "client_secret": secret}), ()
