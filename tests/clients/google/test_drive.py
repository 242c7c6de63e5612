"""What is looked for in Drive, and how a file goes up."""

from email import message_from_bytes, policy

import orjson

from clients.google.drive import related, terms
from contracts import google


def test_words_stay_in_their_quotes() -> None:
    request = google.ListFiles(
        folder_id="f", name_contains="a' or \\'b", text_contains="x", mime_type="text/plain"
    )
    assert terms(request) == (
        r"trashed = false and 'f' in parents and name contains 'a\' or \\\'b'"
        " and fullText contains 'x' and mimeType = 'text/plain'"
    )
    own = google.ListFiles(query="starred = true or sharedWithMe = true", trashed=True)
    assert terms(own) == "trashed = true and (starred = true or sharedWithMe = true)"


def test_a_file_follows_its_facts() -> None:
    body = related({"name": "x"}, b"--bytes--\r\n", "text/plain")
    head = f"Content-Type: {body.media_type}\r\n\r\n".encode()
    facts, content = message_from_bytes(head + body.content, policy=policy.default).iter_parts()
    assert orjson.loads(str(facts.get_payload())) == {"name": "x"}
    assert content.get_content_type() == "text/plain"
    assert b"\r\n\r\n--bytes--\r\n\r\n--hub-" in body.content
