"""Operations on users and their sessions: https://github.com/supabase/auth/blob/master/openapi.yaml."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from contracts._model import Request, Result
from contracts._types import Utc
from contracts.supabase.parameters import AccessToken, Email, Json, Password, Phone, UserId


class User(Result):
    """One user of the project."""

    id: str
    email: str | None = None
    phone: str | None = None
    """Without ``+``; empty where there is none."""
    role: str | None = None
    """Of the database: ``authenticated``."""
    created_at: Utc
    last_sign_in_at: Utc | None = None
    email_confirmed_at: Utc | None = None
    phone_confirmed_at: Utc | None = None
    banned_until: Utc | None = None
    is_anonymous: bool = False
    app_metadata: Json = {}
    """What the project keeps of the user, free in form; the user cannot change it."""
    user_metadata: Json = {}
    """What the user can change, free in form: decide nothing about rights by it."""


class Users(Result):
    """A page of users."""

    users: list[User]
    total: int | None
    next_page: int | None
    """None on the last page."""


class Session(Result):
    """A user who has signed in."""

    access_token: str
    refresh_token: str
    """Good for one `auth_refresh_session`."""
    expires_in: int
    """Seconds."""
    expires_at: Utc | None = None
    user: User


class SignedUp(Result):
    """A new user; without a session as long as address or number have to be confirmed."""

    user: User
    session: Session | None


class SignedOut(Result):
    """The sessions are over; an access token stays good until it expires."""

    scope: str


class DeletedUser(Result):
    """The user who is gone."""

    user_id: str


class Settings(Result):
    """How users may sign in."""

    disable_signup: bool
    mailer_autoconfirm: bool
    """Whether an address is taken without confirmation."""
    phone_autoconfirm: bool
    external: dict[str, bool]
    """Providers by name, and whether they are switched on."""


class AuthSignIn(Request[Session]):
    """Sign a user in by password; the answer holds secrets of that user."""

    email: Email | None = None
    phone: Phone | None = None
    password: Password

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.email is None) == (self.phone is None):
            raise ValueError("give either email or phone")
        return self


class AuthRefreshSession(Request[Session]):
    """Exchange a refresh token, which then is used up, for a new session."""

    refresh_token: Annotated[str, Field(min_length=1, max_length=512, pattern=r"^[!-~]+$")]


class AuthSignUp(Request[SignedUp]):
    """Make a new user, who may have to confirm address or number."""

    email: Email | None = None
    phone: Phone | None = None
    password: Password
    data: Annotated[Json, Field(max_length=100)] = {}
    """Becomes the `user_metadata`."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.email is None) == (self.phone is None):
            raise ValueError("give either email or phone")
        return self


class AuthGetUser(Request[User]):
    """Tell whose access token it is."""

    access_token: AccessToken


class AuthSignOut(Request[SignedOut]):
    """End sessions of the user whose access token it is."""

    access_token: AccessToken
    scope: Literal["local", "global", "others"] = "local"
    """This session, all of the user's, or all but this."""


class AuthGetSettings(Request[Settings]):
    """Tell how users may sign in."""


class AdminListUsers(Request[Users]):
    """List the users of the project."""

    page: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    per_page: Annotated[int, Field(ge=1, le=1000)] = 50


class AdminGetUser(Request[User]):
    """Tell about one user."""

    user_id: UserId


class AdminCreateUser(Request[User]):
    """Make a user without asking anyone to confirm."""

    email: Email | None = None
    phone: Phone | None = None
    password: Password | None = None
    email_confirm: bool = False
    """Take the address as confirmed."""
    phone_confirm: bool = False
    user_metadata: Annotated[Json, Field(max_length=100)] | None = None
    app_metadata: Annotated[Json, Field(max_length=100)] | None = None

    @model_validator(mode="after")
    def _any(self) -> Self:
        if self.email is None and self.phone is None:
            raise ValueError("give email, phone or both")
        return self


class AdminUpdateUser(Request[User]):
    """Change a user; what is absent stays."""

    user_id: UserId
    email: Email | None = None
    phone: Phone | None = None
    password: Password | None = None
    email_confirm: bool | None = None
    phone_confirm: bool | None = None
    ban_duration: (
        Annotated[str, Field(max_length=20, pattern=r"^(none|[0-9]{1,9}[smh])$")] | None
    ) = None
    """``24h``: no sign-in for so long; ``none``: again from now on."""
    user_metadata: Annotated[Json, Field(max_length=100)] | None = None
    app_metadata: Annotated[Json, Field(max_length=100)] | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.model_fields_set <= {"user_id"}:
            raise ValueError("give something to change")
        return self


class AdminDeleteUser(Request[DeletedUser]):
    """Delete a user."""

    user_id: UserId
    keep_record: bool = False
    """Keep a record of the account without its personal data."""
