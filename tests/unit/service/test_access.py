from pathlib import Path

import pytest

from clients._call import Class
from contracts import Forbidden
from service.access import Access, read_access

FILE = """{
  "alice": {"operations": ["notion.*", "twilio.get_message"]},
  "bob": {"operations": ["*"], "classes": ["safe"]},
  "olga": {"operations": [], "operator": true}
}"""


@pytest.fixture
def access(tmp_path: Path) -> Access:
    place = tmp_path / "access.json"
    place.write_text(FILE)
    return read_access(place)


@pytest.mark.parametrize(
    ("user", "operation", "kind", "says"),
    [
        ("alice", "notion.create_page", "unsafe", ""),
        ("alice", "twilio.get_message", "safe", ""),
        ("alice", "twilio.send_message", "unsafe", "does not allow 'alice'"),
        ("bob", "twilio.get_message", "safe", ""),
        ("bob", "twilio.send_message", "unsafe", "does not allow 'bob'"),
        ("-", "notion.get_page", "safe", "does not name"),
    ],
)
def test_who_may_call_what(
    access: Access, user: str, operation: str, kind: Class, says: str
) -> None:
    assert access.restricted
    if not says:
        access.permit(user, operation, kind)
        return
    with pytest.raises(Forbidden, match=says):
        access.permit(user, operation, kind)


def test_only_operators_give_orders(access: Access) -> None:
    assert [name for name in ("alice", "olga", "-") if access.operates(name)] == ["olga"]
    assert not Access().operates("olga")


def test_without_a_file_everyone_may() -> None:
    access = read_access(None)
    assert not access.restricted
    access.permit("-", "any.thing", "unsafe")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "Invalid JSON"),
        ('{"a": {"operations": ["no spaces"]}}', "a.operations.0"),
        ('{"a": {"operations": ["*"], "calls": 1}}', "a.calls"),
        (None, "cannot be read"),
    ],
)
def test_a_wrong_file_is_said(tmp_path: Path, text: str | None, says: str) -> None:
    place = tmp_path / "access.json"
    if text is not None:
        place.write_text(text)
    with pytest.raises(ValueError, match=f"HUB_ACCESS_FILE.*{says}"):
        read_access(place)
