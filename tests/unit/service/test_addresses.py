import json
from pathlib import Path

import pytest

from contracts._names import ADDRESSES
from sdk import find_hub
from service.addresses import AlreadyUp, Told, held, read_told, tell, url_of

TOLD = Told("amqp://hub:canary@127.0.0.1:1/", "http://127.0.0.1:8080", "hub", "s3cret")


def test_what_is_told_is_found_while_it_runs(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data"
    assert read_told(folder) is None
    with held(folder):
        assert read_told(folder) is None
        assert folder.stat().st_mode & 0o777 == 0o700
        tell(folder, TOLD)
        assert read_told(folder) == TOLD
        told_again = Told("amqp://b", "http://b", "hub")
        tell(folder, told_again)
        assert read_told(folder) == told_again
    assert read_told(folder) is None
    assert not (folder / ADDRESSES).exists()


def test_only_this_user_may_read_it(tmp_path: Path) -> None:
    with held(tmp_path):
        (tmp_path / f"{ADDRESSES}.new").write_text("left by one that was killed")
        tell(tmp_path, TOLD)
        assert [one.name for one in tmp_path.glob(f"{ADDRESSES}*")] == [ADDRESSES]
        assert (tmp_path / ADDRESSES).stat().st_mode & 0o777 == 0o600


def test_of_one_that_was_killed_nothing_is_believed(tmp_path: Path) -> None:
    with held(tmp_path):
        tell(tmp_path, TOLD)
        kept = (tmp_path / ADDRESSES).read_bytes()
    (tmp_path / ADDRESSES).write_bytes(kept)
    assert read_told(tmp_path) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"amqp_url": 1}', '{"more": "x"}'])
def test_a_file_of_another_kind_tells_nothing(tmp_path: Path, text: str) -> None:
    with held(tmp_path):
        (tmp_path / ADDRESSES).write_text(text)
        assert read_told(tmp_path) is None


def test_a_second_one_is_refused_and_leaves_the_first_alone(tmp_path: Path) -> None:
    with held(tmp_path):
        tell(tmp_path, TOLD)
        with pytest.raises(AlreadyUp, match="HUB_DATA_DIR"), held(tmp_path):
            pass
        assert read_told(tmp_path) == TOLD


def test_the_sdk_reads_the_same(tmp_path: Path) -> None:
    with held(tmp_path):
        tell(tmp_path, TOLD)
        found = find_hub(None, None, {"HUB_DATA_DIR": str(tmp_path)})
    assert (found.url, found.prefix) == (TOLD.amqp_url, TOLD.prefix)
    assert set(json.loads(json.dumps(TOLD.__dict__))) >= {"amqp_url", "prefix"}


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8080"),
        ("localhost", "http://localhost:8080"),
        ("::1", "http://[::1]:8080"),
        ("0.0.0.0", "http://127.0.0.1:8080"),  # noqa: S104
        ("::", "http://[::1]:8080"),
        ("10.0.0.7", "http://10.0.0.7:8080"),
        ("hub.internal", "http://hub.internal:8080"),
    ],
)
def test_the_address_under_which_it_is_reached_from_here(host: str, url: str) -> None:
    assert url_of(host, 8080) == url
