"""A websocket frame that is no message of Streamlit's ends its connection with one line in the log."""

import asyncio
import logging

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState

from dashboard.security import SoundFrames

CLICK = BackMsg(rerun_script=ClientState(query_string="x")).SerializeToString()


def told(frames):
    """Return what reaches the app of the frames, its end included."""
    waiting, seen = list(frames), []

    async def receive():
        return waiting.pop(0) if waiting else {"type": "websocket.disconnect", "code": 1000}

    async def app(scope, receive, send):
        while True:
            seen.append(await receive())
            if seen[-1]["type"] == "websocket.disconnect":
                return

    asyncio.run(SoundFrames(app)({"type": "websocket"}, receive, None))
    return seen


@pytest.mark.parametrize(
    "frame",
    [
        {"bytes": b""},
        {"bytes": b"\xff" * 40},
        {"bytes": CLICK[:-1]},
        {"bytes": b"\x00" * 10_000},
        {"text": "hello"},
        {"text": "", "bytes": None},
        {"bytes": b"<html>"},
    ],
)
def test_garbage_ends_the_connection_with_one_line(caplog, frame):
    good = {"type": "websocket.receive", "bytes": CLICK}
    with caplog.at_level(logging.DEBUG, "digital_persona"):
        seen = told([{"type": "websocket.connect"}, good, {"type": "websocket.receive", **frame}, good])
    assert [m["type"] for m in seen] == ["websocket.connect", "websocket.receive", "websocket.disconnect"]
    (line,) = caplog.records
    assert line.exc_info is None
    assert "\n" not in line.getMessage()


def test_messages_of_a_page_pass_untouched(caplog):
    good = {"type": "websocket.receive", "bytes": CLICK}
    assert told([good, good])[:2] == [good, good]
    assert not caplog.records
