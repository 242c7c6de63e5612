"""Who the hub is in Workspace: a user who agreed once, or a service account acting for one.

https://developers.google.com/identity/protocols/oauth2
"""

from typing import ClassVar, Final

from clients._auth import Auth, FirstOf
from clients._client import Client
from clients._limits import Rate
from clients._oauth import RefreshToken
from clients._service_account import ServiceAccount
from clients._upstream import Upstream

SCOPES: Final = " ".join(
    f"https://www.googleapis.com/auth/{one}"
    for one in ("gmail.modify", "drive", "calendar", "documents")
)
"""The fewest that all operations need: https://developers.google.com/identity/protocols/oauth2/scopes."""


class Account(Client):
    """One token for all of Workspace."""

    tokens = Upstream(
        "https://oauth2.googleapis.com",
        limits=[Rate(1, per=1, burst=10, source="https://support.google.com/cloud/answer/9028764")],
    )
    user: ClassVar[Auth] = FirstOf(
        (
            RefreshToken(
                tokens,
                "/token",
                ("GOOGLE_CLIENT_ID",),
                ("GOOGLE_CLIENT_SECRET",),
                ("GOOGLE_REFRESH_TOKEN",),
            ),
            ServiceAccount(
                tokens,
                "/token",
                ("GOOGLE_SERVICE_ACCOUNT_JSON",),
                scope=SCOPES,
                subject="MYCA_EMAIL",
            ),
        )
    )
    variables = ("MYCA_EMAIL",)
