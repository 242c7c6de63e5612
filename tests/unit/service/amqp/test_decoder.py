"""The tolerant decoder is used by pamqp, and says so when it is not."""

import struct
from collections.abc import Iterator

import pamqp.frame
import pytest
from pamqp import constants, decode
from pamqp.commands import Basic
from pamqp.exceptions import PAMQPException
from pamqp.header import ContentHeader

from service.amqp import decoder
from service.amqp.decoder import CORPUS, DecoderBroken, flaw_of, install, self_test
from service.amqp.properties import Mended

HEAD = struct.pack(">HHQ", Basic.frame_id, 0, 0)


@pytest.fixture(autouse=True)
def _installed() -> Iterator[None]:
    install()
    yield
    install()


def header(raw: bytes) -> ContentHeader:
    frame = struct.pack(">BHI", constants.FRAME_HEADER, 1, len(raw)) + raw + b"\xce"
    got = pamqp.frame.unmarshal(frame)[2]
    assert isinstance(got, ContentHeader)
    return got


@pytest.mark.parametrize("case", CORPUS)
def test_hostile_properties_are_read_and_told(case: str) -> None:
    flags, properties, flaw = CORPUS[case]
    assert flaw_of(header(HEAD + struct.pack(">H", flags) + properties)) == flaw


def test_a_header_that_was_not_received_has_no_flaw() -> None:
    assert flaw_of(ContentHeader()) == ""


def test_installing_twice_changes_nothing() -> None:
    before = (ContentHeader.unmarshal, decode.METHODS["shortstr"])
    install()
    assert (ContentHeader.unmarshal, decode.METHODS["shortstr"]) == before


def test_method_frames_are_mended_too() -> None:
    deliver = Basic.Deliver(consumer_tag="t", delivery_tag=1, exchange="e", routing_key="key")
    raw = pamqp.frame.marshal(deliver, 1).replace(b"key", b"\xffey")
    got = pamqp.frame.unmarshal(raw)[2]
    assert isinstance(got, Basic.Deliver)
    assert got.routing_key == "\\xffey"
    assert isinstance(got.routing_key, Mended)


def test_a_method_frame_that_is_cut_off_is_still_an_error() -> None:
    with pytest.raises(PAMQPException):
        pamqp.frame.unmarshal(b"\x01\x00\x01\x00\x00\x00\x04\x00\x3c\x00\x3c\xce")


class TestAPamqpThatGoesAroundIt:
    """What an upgrade might do: each way is noticed, with a sentence that says what to do."""

    def test_that_has_its_own_header(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def unmarshal(self: ContentHeader, data: bytes) -> None:
            self.class_id, self.weight, self.body_size = struct.unpack(">HHQ", data[:12])

        monkeypatch.setattr(ContentHeader, "unmarshal", unmarshal)
        with pytest.raises(DecoderBroken, match=r"requirements\.lock"):
            self_test()

    def test_that_raises(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(decode.METHODS, "shortstr", decode.short_str)
        with pytest.raises(DecoderBroken, match="routing key not UTF-8"):
            self_test()

    def test_that_reads_short_strings_elsewhere(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(decode.METHODS, "shortstr", lambda value: (value[0] + 1, "text"))
        with pytest.raises(DecoderBroken, match="routing key not UTF-8"):
            self_test()

    def test_install_says_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(ContentHeader, "unmarshal", lambda *_: None)
        monkeypatch.setattr(pamqp.frame, "unmarshal", lambda _: (0, 0, None))
        with pytest.raises(DecoderBroken):
            decoder.install()
