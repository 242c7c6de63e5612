"""Users and their sessions.

https://github.com/supabase/auth/blob/master/openapi.yaml
"""

from functools import partial
from typing import Any, Final

import orjson

from clients._api import Api, HttpCall
from clients._body import fields, json_of
from clients._http import HttpResponse
from clients._operation import operation
from clients._reading import Whole
from clients.supabase.project import Project
from contracts import supabase as asked

_LOOK_SESSION: Final = "A session nobody knows of does no harm: sign in again."
_LOOK_TOKEN: Final = "The token may be used up: if it is refused now, sign in again."  # noqa: S105
_LOOK_USER: Final = "supabase.admin_list_users shows whether the user is there."


class Users(Project):
    """Supabase Auth: `auth_…` for one user at a time, `admin_…` with the project's secret key."""

    @operation("unsafe", look=_LOOK_SESSION)
    async def auth_sign_in(self, request: asked.AuthSignIn) -> asked.Session:
        """Sign a user in by password."""
        return await self.auth.post("/token?grant_type=password", request)

    @operation("unsafe", look=_LOOK_TOKEN)
    async def auth_refresh_session(self, request: asked.AuthRefreshSession) -> asked.Session:
        """Exchange a refresh token for a new session."""
        return await self.auth.post("/token?grant_type=refresh_token", request)

    @operation("unsafe", look=_LOOK_USER)
    async def auth_sign_up(self, request: asked.AuthSignUp) -> asked.SignedUp:
        """Make a new user."""
        return await self.auth.post("/signup", request, read=_signed_up)

    @operation("safe")
    async def auth_get_user(self, request: asked.AuthGetUser) -> asked.User:
        """Tell whose access token it is."""
        return await self._as_user(request.access_token).get("/user", request, query={})

    @operation("idempotent")  # a session that is over stays over
    async def auth_sign_out(self, request: asked.AuthSignOut) -> asked.SignedOut:
        """End a user's sessions."""
        call = HttpCall("POST", "/logout{?scope}", vars(request))
        await self._as_user(request.access_token).send(call)
        return asked.SignedOut(scope=request.scope)

    @operation("safe", ttl=60)
    async def auth_get_settings(self, request: asked.AuthGetSettings) -> asked.Settings:
        """Tell how users may sign in."""
        return await self.auth.get("/settings", request)

    @operation("safe")
    async def admin_list_users(self, request: asked.AdminListUsers) -> asked.Users:
        """List a page of the project's users."""
        return await self.admin.get("/admin/users", request, read=Whole(partial(_users, request)))

    @operation("safe")
    async def admin_get_user(self, request: asked.AdminGetUser) -> asked.User:
        """Tell about one user."""
        return await self.admin.get("/admin/users/{user_id}", request)

    @operation("unsafe", look=_LOOK_USER)
    async def admin_create_user(self, request: asked.AdminCreateUser) -> asked.User:
        """Make a user without asking anyone to confirm."""
        return await self.admin.post("/admin/users", request)

    @operation("idempotent")
    async def admin_update_user(self, request: asked.AdminUpdateUser) -> asked.User:
        """Change a user."""
        return await self.admin.put(
            "/admin/users/{user_id}", request, json=fields(request, "user_id")
        )

    @operation("idempotent")  # a second delete answers 404, and changes nothing
    async def admin_delete_user(self, request: asked.AdminDeleteUser) -> asked.DeletedUser:
        """Delete a user."""
        body = json_of({"should_soft_delete": request.keep_record})
        api, call = (
            self.admin,
            HttpCall("DELETE", "/admin/users/{user_id}", vars(request), body=body),
        )
        gone = {"user_id": request.user_id}
        return api.parse(await api.send(call), asked.DeletedUser, lambda _: gone)

    def _as_user(self, token: str) -> Api:
        return self.auth.saying({"Authorization": f"Bearer {token}"})


def _signed_up(raw: dict[str, Any]) -> dict[str, Any]:
    """A session with its user, or the user alone."""
    session = raw if "access_token" in raw else None
    return {"user": raw["user"] if session else raw, "session": session}


def _users(request: asked.AdminListUsers, answer: HttpResponse) -> dict[str, Any]:
    users = orjson.loads(answer.body)["users"]
    said = answer.headers.get("x-total-count")
    total = None if said is None else int(said)
    before = request.page * request.per_page
    more = len(users) == request.per_page and (total is None or before < total)
    return {"users": users, "total": total, "next_page": request.page + 1 if more else None}
