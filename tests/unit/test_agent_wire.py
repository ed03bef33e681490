"""What travels between the agent's processes: passed on as it came, or not at all."""

import json

import pytest

from hypershape.agent import wire

BODY = wire.notification("job/reports", {"job": 1, "reports": [{"shape": (None, 3), "text": "é\u2028"}]})


def test_frames_come_out_as_they_went_in_whatever_the_pieces() -> None:
    stream = (
        wire.frame(wire.NOTIFICATION, BODY) + wire.frame(wire.ANSWER, b"") + wire.frame(wire.REQUEST, BODY)
    )
    frames = wire.Frames()
    found = [each for index in range(len(stream)) for each in frames.feed(stream[index : index + 1])]
    assert found == [(wire.NOTIFICATION, BODY), (wire.ANSWER, b""), (wire.REQUEST, BODY)]


def test_a_body_is_one_message_of_the_protocol() -> None:
    (message,) = wire.Messages().feed(BODY)
    assert message["params"]["reports"] == [{"shape": [None, 3], "text": "é\u2028"}]
    assert json.loads(BODY.partition(b"\r\n\r\n")[2]) == message


@pytest.mark.parametrize(
    "stream",
    [
        b"a line that user code printed into the channel\n",
        b"Content-Length: 2\r\n\r\n{}",
        wire.frame(b"?", BODY),
        wire.frame(wire.NOTIFICATION, BODY).replace(b"reports", b"rep\0rts", 1),
        wire.frame(wire.NOTIFICATION, BODY)[:40] + b"in between" + wire.frame(wire.NOTIFICATION, BODY)[40:],
    ],
    ids=["text", "another protocol", "unknown kind", "a changed byte", "text in between"],
)
def test_what_is_no_frame_is_never_passed_on(stream: bytes) -> None:
    frames = wire.Frames()
    assert list(frames.feed(wire.frame(wire.ANSWER, BODY))) == [(wire.ANSWER, BODY)]
    with pytest.raises(wire.Malformed, match="channel"):
        list(frames.feed(stream + b" " * len(BODY)))


def test_a_frame_that_claims_to_be_huge_is_not_waited_for() -> None:
    header = bytearray(wire.frame(wire.NOTIFICATION, b""))
    header[3:7] = (wire.LARGEST + 1).to_bytes(4, "big")
    with pytest.raises(wire.Malformed, match="larger than 256 MB"):
        list(wire.Frames().feed(bytes(header)))


REPORT = {"jsonrpc": "2.0", "method": "job/reports", "params": {"job": 3, "reports": [], "traces": {}}}
ANSWER = {"jsonrpc": "2.0", "id": "seven", "result": {"probed": 1}}


def test_a_child_s_own_messages_are_passed_on() -> None:
    for kind, message in ((wire.NOTIFICATION, REPORT), (wire.ANSWER, ANSWER)):
        (passed,) = wire.Messages().feed(wire.checked(kind, wire.text(message), 3, "seven"))
        assert passed == message


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (wire.NOTIFICATION, b"garbage"),
        (wire.NOTIFICATION, b"\xff\xfe"),
        (wire.NOTIFICATION, b"[" * 100_000),
        (wire.NOTIFICATION, b"7"),
        (wire.NOTIFICATION, wire.text({**REPORT, "params": {**REPORT["params"], "job": 4}})),  # type: ignore[dict-item]
        (wire.NOTIFICATION, wire.text({**REPORT, "params": {**REPORT["params"], "reports": None}})),  # type: ignore[dict-item]
        (wire.NOTIFICATION, wire.text({**REPORT, "method": "job/died"})),
        (wire.NOTIFICATION, wire.text({**REPORT, "id": 1})),
        (wire.NOTIFICATION, wire.encode(REPORT)),
        (wire.ANSWER, wire.text({**ANSWER, "id": "eight"})),
        (wire.ANSWER, wire.text({**ANSWER, "result": None})),
        (wire.ANSWER, wire.text(REPORT)),
        (wire.REQUEST, wire.text(ANSWER)),
    ],
)
def test_a_child_speaks_for_nobody_else(kind: bytes, body: bytes) -> None:
    with pytest.raises(wire.Malformed):
        wire.checked(kind, body, 3, "seven")
