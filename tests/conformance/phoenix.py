"""Messages of Phoenix's channels, version 2, and the shapes of cases about them. The server is examples/channels."""

import json

from case import Mismatch, expect_handshake, fits
from wire import END, close, text

ROOM = "room:conformance"
PRESENCE = ("presence_state", "presence_diff")


def path(vsn="2.0.0", name="Ada"):
    return f"/socket/websocket?vsn={vsn}" + (f"&name={name}" if name else "")


def array(*elements):
    return json.dumps(elements, ensure_ascii=False).encode()


def push(event, payload=None, ref="2", join_ref="1", topic=ROOM):
    return text(array(join_ref, ref, topic, event, {} if payload is None else payload))


def octets(join_ref=b"1", ref=b"2", topic=ROOM.encode(), event=b"echo", data=b"\0\xff", kind=0, sizes=None):
    """A binary message; `sizes` replaces the true lengths of its fields."""
    fields = (join_ref, ref, topic, event)
    return bytes([kind, *(sizes or map(len, fields))]) + b"".join(fields) + data


def answer(response, status="ok", ref="2", join_ref="1", topic=ROOM):
    return [join_ref, ref, topic, "phx_reply", {"response": response, "status": status}]


def refusal(reason, **how):
    return answer({"reason": reason}, "error", **how)


UNMATCHED = "unmatched topic"
CRASH = ["1", "1", ROOM, "phx_error", {"reason": "channel_crash"}]


def told(peer):
    """The next event, messages as JSON, without what presence says of others who come and go."""
    while True:
        event = peer.next()
        if event[0] != "text":
            return event
        message = json.loads(event[1])
        if message[3] not in PRESENCE:
            return message


def expect(peer, *wanted):
    got = []
    for each in wanted:
        got.append(told(peer))
        if type(got[-1]) is not type(each) or not (fits(got[-1], each) if isinstance(each, tuple) else got[-1] == each):
            raise Mismatch(list(wanted), got)


def join(peer, name, topic=ROOM, ref="1"):
    peer.send(push("phx_join", ref=ref, join_ref=ref, topic=topic))
    expect(peer, answer({"name": name, "topic": topic}, ref=ref, join_ref=ref, topic=topic))


def beat(peer, ref="beat"):
    peer.send(text(array(None, ref, "phoenix", "heartbeat", {})))
    expect(peer, answer({}, ref=ref, join_ref=None, topic="phoenix"))


def leave_in_order(peer):
    peer.send(push("phx_leave", ref="left"))
    expect(peer, answer({}, ref="left"), ["1", "1", ROOM, "phx_close", {}])
    expect_handshake(peer)


def beside(body):
    """`body`, with a peer that has joined, while somebody else is in the room: before, meanwhile and afterwards."""
    def case(server):
        with server.connect(path=path(name="Eve")) as other, server.connect(path=path()) as peer:
            join(other, "Eve")
            other.send(push("echo", {"before": True}))
            join(peer, "Ada")
            body(peer)
            other.send(push("echo", {"after": True}, ref="3"))
            expect(other, answer({"before": True}), answer({"after": True}, ref="3"))
            leave_in_order(other)
    return case


def dies(sent, code=1011):
    """The connection ends: with the code that was recorded, and without words for 1011."""
    def body(peer):
        peer.send(sent if isinstance(sent, bytes) else b"".join(sent))
        expect(peer, ("close", code, b"") if code == 1011 else ("close", code))
        peer.send(close(code))
        expect(peer, END)
    return beside(body)


def lives(sent, *answers):
    """These answers, none if there are none, and the connection goes on."""
    def body(peer):
        peer.send(sent if isinstance(sent, bytes) else b"".join(sent))
        expect(peer, *answers)
        beat(peer)
    return beside(body)
