"""Operations on users: https://developers.notion.com/reference/user."""

from contracts._model import Request
from contracts._types import Cursor
from contracts.notion.parameters import Id, PageSize
from contracts.notion.results import User, Users


class GetMe(Request[User]):
    """The bot behind the hub's key, and its workspace."""


class GetUser(Request[User]):
    """One person or bot."""

    user_id: Id


class ListUsers(Request[Users]):
    """People and bots of the workspace; guests are not among them."""

    start_cursor: Cursor | None = None
    page_size: PageSize = 100
