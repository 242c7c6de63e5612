from pathlib import Path

import pytest

from clients._call import Class
from contracts import Forbidden, NotConfigured
from service.permission.access import Access, read_access

FILE = """{
  "alice": {
    "operations": ["notion.*", "twilio.get_message"],
    "requests_per_day": {"*": 100, "notion.*": 50, "twilio.get_message": 2},
    "share": 0.25
  },
  "bob": {"operations": ["*"], "classes": ["safe"], "requests_per_day": 10},
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
        ("carol", "notion.get_page", "safe", "does not name the user 'carol'"),
        ("-", "notion.get_page", "safe", "set the property user_id"),
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
    assert access.daily("-", "any.thing") == {}
    assert access.most("-", 256) is None


@pytest.mark.parametrize(
    ("user", "operation", "limits"),
    [
        ("alice", "notion.get_page", {"*": 100, "notion.*": 50}),
        ("alice", "twilio.get_message", {"*": 100, "twilio.get_message": 2}),
        ("bob", "notion.get_page", {"*": 10}),
        ("olga", "notion.get_page", {}),
        ("carol", "notion.get_page", {}),
    ],
)
def test_how_many_a_day(access: Access, user: str, operation: str, limits: dict[str, int]) -> None:
    assert access.daily(user, operation) == limits


def test_the_share_of_a_window(access: Access) -> None:
    assert [access.most("alice", window) for window in (256, 8, 1)] == [64, 2, 1]
    assert access.most("bob", 256) is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "not JSON as it has to be"),
        ("", "not JSON as it has to be"),
        ("[]", "valid dictionary"),
        ('{"a": {"operations": []}, "a": {"operations": ["*"]}}', "'a' stands there twice"),
        ('{"a": {}}', "user 'a', operations: it is missing"),
        ('{"-": {"operations": ["*"]}}', "user '-': it is no user's name"),
        ('{"": {"operations": ["*"]}}', "it is no user's name"),
        (
            '{"a": {"operations": ["no spaces"]}}',
            "user 'a', operations.0: it has to be an operation, <integration>.* or *",
        ),
        ('{"a": {"operations": ["*"], "calls": 1}}', "user 'a', calls: there is no such field"),
        ('{"a": {"operations": ["*"], "classes": ["read"]}}', "user 'a', classes.0: .*'safe'"),
        ('{"a": {"operations": ["*"], "requests_per_day": 0}}', "user 'a', requests_per_day"),
        ('{"a": {"operations": ["*"], "requests_per_day": {"x": 1}}}', "requests_per_day.x"),
        ('{"a": {"operations": ["*"], "share": 1.5}}', "user 'a', share: .*less than 1"),
        ('{"a": {"operations": ["*"], "operator": "perhaps"}}', "user 'a', operator: .*boolean"),
        (None, "cannot be read"),
    ],
)
def test_a_wrong_file_is_said(tmp_path: Path, text: str | None, says: str) -> None:
    place = tmp_path / "access.json"
    if text is not None:
        place.write_text(text)
    with pytest.raises(ValueError, match=rf"HUB_ACCESS_FILE.*: .*{says}.*\.$"):
        read_access(place)


def test_each_wrong_thing_is_said_on_a_line_of_its_own(tmp_path: Path) -> None:
    place = tmp_path / "access.json"
    place.write_text('{"a": {"operations": ["x"]}, "b": {"operations": [], "share": 0}}')
    with pytest.raises(ValueError, match="HUB_ACCESS_FILE") as wrong:
        read_access(place)
    first, second = str(wrong.value).splitlines()
    assert "'a', operations.0" in first
    assert "'b', share" in second


KNOWN = ("notion.get_page", "notion.search", "twilio.get_message")


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        (
            '"operations": ["notoin.get_page"]',
            "operations: There is no operation 'notoin.get_page'. Did you mean notion.get_page",
        ),
        (
            '"operations": ["*", "notoin.*"]',
            "operations: There is no integration 'notoin'. Did you mean notion?",
        ),
        (
            '"operations": ["*"], "requests_per_day": {"twilio.get_mesage": 2}',
            "requests_per_day: There is no operation 'twilio.get_mesage'. Did you mean twilio.get",
        ),
    ],
)
def test_what_matches_no_operation_is_said(tmp_path: Path, entry: str, says: str) -> None:
    place = tmp_path / "access.json"
    place.write_text(f'{{"alice": {{{entry}}}, "bob": {{"operations": ["zzz.a"]}}}}')
    with pytest.raises(NotConfigured) as wrong:
        read_access(place).check(KNOWN)
    first, second = wrong.value.detail.splitlines()
    assert first.startswith(f"HUB_ACCESS_FILE: user 'alice', {says}")
    assert second.startswith("HUB_ACCESS_FILE: user 'bob', operations: There is no operation")


def test_what_matches_an_operation_is_said_nothing_of(access: Access) -> None:
    access.check(KNOWN)
    Access().check(())
