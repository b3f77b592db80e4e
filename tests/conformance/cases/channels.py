"""14: what a server of Phoenix's channels does with what is no message, or an odd one. The rules are those that were
recorded of Phoenix (tests/semantics/channels.json).

In each case somebody else is in the same room, on a connection of her own, and must not notice."""

import json

from case import Mismatch, expect_handshake, numbered
from phoenix import (CRASH, ROOM, UNMATCHED, answer, array, beat, beside, dies, expect, join, lives, octets, path, push,
                     refusal)
from wire import BINARY, CONTINUATION, END, TEXT, close, fragments, frame, header, ping, text

# The server's own limits.
MAX_MESSAGE = 8_000_000
MAX_CHANNELS = 100
MAX_TOPIC = 1_024

NOT_JSON = (
    ("a word", b"hello"),
    ("nothing at all", b""),
    ("white space", b" \t\r\n"),
    ("an array that ends early", b'["1","2"'),
    ("a string that ends early", b'["1","2","room:a","e'),
    ("a byte order mark", "\ufeff".encode() + array(1, 2, 3, 4, 5)),
    ("a comma too many", b'["1","2","t","e",{},]'),
    ("a comma in front", b'[,"1","2","t","e",{}]'),
    ("no commas", b'["1" "2" "t" "e" {}]'),
    ("two arrays", array(1, 2, 3, 4, 5) * 2),
    ("something behind the array", array(1, 2, 3, 4, 5) + b"x"),
    ("a NUL behind the array", array(1, 2, 3, 4, 5) + b"\0"),
    ("a bracket of the other kind", b'["1","2","t","e",{}}'),
    ("a payload that is not closed", b'["1","2","t","e",{]'),
    ("single quotes", b"['1','2','t','e',{}]"),
    ("a comment", b'["1","2","t","e",{}/**/]'),
    ("a key without quotes", b'["1","2","t","e",{a:1}]'),
    ("a key without a value", b'["1","2","t","e",{"a"}]'),
    ("a key without a colon", b'["1","2","t","e",{"a" 1}]'),
    ("a key that is a number", b'["1","2","t","e",{1:1}]'),
    ("a word in capitals", b'["1","2","t","e",True]'),
    ("half a word", b'["1","2","t","e",tru]'),
    ("NaN", b'["1","2","t","e",NaN]'),
    ("Infinity", b'["1","2","t","e",Infinity]'),
    ("a number with a leading zero", b'["1","2","t","e",{"n":01}]'),
    ("a number with a plus sign", b'["1","2","t","e",+1]'),
    ("a minus sign alone", b'["1","2","t","e",-]'),
    ("a number without digits behind the point", b'["1","2","t","e",1.]'),
    ("a number without digits before the point", b'["1","2","t","e",.5]'),
    ("a number without digits in its exponent", b'["1","2","t","e",1e]'),
    ("a hexadecimal number", b'["1","2","t","e",0x1]'),
    ("a number that no double holds", b'["1","2","t","e",{"n":1e400}]'),
    ("a negative number that no double holds", b'["1","2","t","e",-1e400]'),
    ("a number that no double holds, in an element that is ignored", b'["1","2","t","e",{},1e400]'),
    ("a control character in a string", b'["1","2","t","e",{"s":"\x01"}]'),
    ("a line feed in a string", b'["1","2","t","e","\n"]'),
    ("an unknown escape", b'["1","2","t","e","\\x41"]'),
    ("an escape with three digits", b'["1","2","t","e","\\u123"]'),
    ("an escape with a sign", b'["1","2","t","e","\\u-123"]'),
    ("the first half of a pair", b'["1","2","t","e","\\ud800"]'),
    ("the second half of a pair", b'["1","2","t","e","\\udc00"]'),
    ("two first halves", b'["1","2","t","e","\\ud800\\ud800"]'),
    ("a pair the wrong way round", b'["1","2","t","e","\\udc00\\ud800"]'),
    ("half a pair in an event", b'["1","2","t","\\ud800",{}]'),
    ("half a pair in a key", b'["1","2","t","e",{"\\ud800":1}]'),
    ("a thousand arrays within each other", b'["1","2","t","e",' + b"[" * 1000 + b"]" * 1000 + b"]"),
    ("brackets without end", b"[" * 100_000),
    ("braces without end", b'{"a":' * 20_000))

NO_MESSAGE = (
    ("an object of version 1", b'{"topic":"phoenix","event":"heartbeat","payload":{},"ref":"1"}'),
    ("a string", b'"x"'),
    ("a number", b"5"),
    ("null", b"null"),
    ("true", b"true"),
    ("no element", b"[]"),
    ("one element", array(1)),
    ("two elements", array(1, 2)),
    ("three elements", array(1, 2, ROOM)),
    ("four elements", array("1", "2", ROOM, "echo")),
    ("a message in an array", array([None, "1", "phoenix", "heartbeat", {}])))


def json_texts():
    yield from numbered("14.1", *((f"{what} ends the connection", dies(text(sent))) for what, sent in NOT_JSON))
    yield from numbered("14.2", *((f"{what} ends the connection", dies(text(sent))) for what, sent in NO_MESSAGE))
    longer = text(array("1", "2", ROOM, "echo", {"a": 1}, {"extra": 1}, []))
    spaced = text(b' [ "1" ,\t"2",\r\n"' + ROOM.encode() + b'" , "echo" , { "a" : 1 } ] \n')
    twice = text(b'["1","2","' + ROOM.encode() + b'","echo",{"a":1,"a":2}]')
    deep = json.loads("[" * 200 + "]" * 200)
    yield from numbered(
        "14.3",
        ("elements behind the fifth are ignored", lives(longer, answer({"a": 1}))),
        ("white space does not matter", lives(spaced, answer({"a": 1}))),
        ("of a name that comes twice the last value counts", lives(twice, answer({"a": 2}))),
        ("two hundred arrays within each other are a payload", lives(push("echo", deep), answer(deep))),
        ("a large integer keeps its digits", lives(push("echo", {"n": 2**70}), answer({"n": 2**70}))),
        *((f"a payload may be {show}", lives(push("echo", value), answer(value)))
          for show, value in [("a string", "x"), ("a number", 5), ("a list", [1, {"a": None}]), ("true", True)]),
        ("a payload may be null", lives(text(array("1", "2", ROOM, "echo", None)), answer(None))))


ODD = (("a number", 5), ("null", None), ("true", True), ("an array", [1, 2]), ("an object", {"a": 1}))


def types():
    yield from numbered(
        "14.4",
        *((f"a topic that is {what} is not joined",
           lives(push("echo", topic=odd), refusal(UNMATCHED, join_ref=None, topic=odd)))
          for what, odd in ODD),
        *((f"a topic that is {what} cannot be joined",
           lives(push("phx_join", join_ref="2", topic=odd), refusal(UNMATCHED, join_ref=None, topic=odd)))
          for what, odd in ODD[:3]),
        *((f"a join of {what} ends the connection", dies(push("phx_join", join_ref="2", topic=odd)))
          for what, odd in ODD[3:]),
        *((f"an event that is {what} reaches the channel, which does not know it", lives(push(odd), CRASH))
          for what, odd in ODD),
        *((f"a reference that is {what} comes back", lives(push("echo", ref=odd), answer({}, ref=odd)))
          for what, odd in ODD if odd is not None),
        *((f"a join_ref that is {what} is not that of the join: nothing happens", lives(push("echo", join_ref=odd)))
          for what, odd in [*ODD, ("the number 1", 1), ("of another join", "0")] if odd is not None),
        ("a join_ref that is null is that of every join", lives(push("echo", join_ref=None), answer({}))),
        ("a heartbeat with an odd reference", lives(text(array("1", True, "phoenix", "heartbeat", {})),
                                                    answer({}, ref=True, join_ref=None, topic="phoenix"))),
        ("the protocol's own topic cannot be joined",
         lives(push("phx_join", join_ref="2", topic="phoenix"), refusal(UNMATCHED, join_ref=None, topic="phoenix"))),
        ("a topic that nobody serves", lives(push("phx_join", join_ref="2", topic="hall"),
                                             refusal(UNMATCHED, join_ref=None, topic="hall"))),
        ("a push to a topic that is not joined", lives(push("echo", topic="room:b"),
                                                       refusal(UNMATCHED, join_ref=None, topic="room:b"))),
        ("who leaves a topic that is not joined has left",
         lives(push("phx_leave", topic="room:b"), answer({}, topic="room:b"))))


def binary():
    whole = octets()
    fields = ("the join_ref", "the reference", "the topic", "the event")
    sizes = [1, 1, len(ROOM), 4]

    def spoiled(at):
        return [b"\xff" if i == at else field for i, field in enumerate((b"1", b"2", ROOM.encode(), b"echo"))]

    yield from numbered(
        "14.5",
        *((f"a binary message of the kind {kind} ends the connection", dies(frame(BINARY, octets(kind=kind))))
          for kind in (1, 2, 3, 9, 0x5B, 255)),
        *((f"a binary message of {size} octets ends the connection", dies(frame(BINARY, whole[:size])))
          for size in range(5)),
        *((f"a length beyond the end, of {what}, ends the connection",
           dies(frame(BINARY, octets(data=b"", sizes=[255 if i == at else 0 for i in range(4)]))))
          for at, what in enumerate(fields)),
        ("lengths that are one too many together end the connection",
         dies(frame(BINARY, octets(data=b"", sizes=[*sizes[:3], 5])))),
        ("four lengths of 255 and nothing behind them end the connection", dies(frame(BINARY, b"\0" + b"\xff" * 4))),
        *((f"what is not UTF-8 in {what} ends the connection", dies(frame(BINARY, octets(*spoiled(at)))))
          for at, what in enumerate(fields)),
        ("octets come back as octets", beside(echo_of(b"\0\xff"))),
        ("no octets come back as none", beside(echo_of(b""))),
        ("octets of JSON stay octets", beside(echo_of(b"{}"))),
        ("a join_ref that is left out is the empty string: nothing happens",
         lives(frame(BINARY, octets(join_ref=b"")))),
        ("a join_ref of another join: nothing happens", lives(frame(BINARY, octets(join_ref=b"0")))),
        ("octets to a topic that is not joined", lives(frame(BINARY, octets(topic=b"room:b")),
                                                       refusal(UNMATCHED, join_ref=None, topic="room:b"))),
        ("a heartbeat of octets", lives(frame(BINARY, octets(topic=b"phoenix", event=b"heartbeat")),
                                        answer({}, join_ref=None, topic="phoenix"))))


def echo_of(data):
    def body(peer):
        peer.send(frame(BINARY, octets(data=data)))
        head = bytes([1, 1, 1, len(ROOM), 2]) + b"12" + ROOM.encode() + b"ok"
        expect(peer, ("binary", head + data))
        beat(peer)
    return body


def frames():
    beat_octets = array(None, "f", "phoenix", "heartbeat", {})
    answered = answer({}, ref="f", join_ref=None, topic="phoenix")
    many = MAX_MESSAGE // 4
    yield from numbered(
        "14.6",
        ("text that is not UTF-8", dies(text(b'["1","2","\xff","e",{}]'), 1007)),
        ("text that ends within a character", dies(text(b'["1","2","t","e","\xe2\x82'), 1007)),
        ("an encoded surrogate", dies(text(b'["1","2","t","e","\xed\xa0\x80"]'), 1007)),
        ("a frame without a mask", dies(text(beat_octets, key=None), 1002)),
        ("a reserved bit", dies(text(beat_octets, rsv=4), 1002)),
        ("a reserved opcode", dies(frame(3, beat_octets), 1002)),
        ("a continuation of nothing", dies(frame(CONTINUATION, beat_octets), 1002)),
        ("a frame over the limit", dies(header(TEXT, MAX_MESSAGE + 1), 1009)),
        ("a frame that says it has 2^62 octets", dies(header(TEXT, 2**62, width=8), 1009)),
        ("a message over the limit, in fragments",
         dies(fragments(TEXT, [b'["' + b"x" * many] + [b"x" * many] * 4), 1009)),
        ("a message of the largest size is a message", lives(
            text(beat_octets + b" " * (MAX_MESSAGE - len(beat_octets))), answered)),
        ("a message in fragments", lives(fragments(TEXT, [beat_octets[:9], b"", beat_octets[9:]]), answered)),
        ("a ping between its fragments",
         lives([text(beat_octets[:9], fin=0), ping(b"hi"), frame(CONTINUATION, beat_octets[9:])],
               ("pong", b"hi"), answered)),
        ("what follows a bad message is not looked at", dies(text(b"rubbish") + push("echo", {"late": True}))))


def many_channels(peer):
    """One is joined already."""
    topics = [f"room:many {i}" for i in range(1, MAX_CHANNELS)]
    for topic in topics:
        join(peer, "Ada", topic, topic)
    peer.send(push("phx_join", ref="x", join_ref="x", topic="room:one more"))
    expect(peer, refusal("too many channels joined", ref="x", join_ref="x", topic="room:one more"))
    peer.send(push("phx_join", ref="y", join_ref="y", topic=topics[0]))
    expect(peer, answer({"name": "Ada", "topic": topics[0]}, ref="y", join_ref="y", topic=topics[0]),
           [topics[0], topics[0], topics[0], "phx_close", {}])
    peer.send(push("phx_leave", ref="z", join_ref=None, topic=topics[1]))
    expect(peer, answer({}, ref="z", join_ref=topics[1], topic=topics[1]),
           [topics[1], topics[1], topics[1], "phx_close", {}])
    join(peer, "Ada", "room:one more", "w")
    beat(peer)


def long_topics(peer):
    longest = "room:" + "x" * (MAX_TOPIC - 5)
    join(peer, "Ada", longest, "x")
    peer.send(push("phx_join", ref="y", join_ref="y", topic=longest + "x"))
    expect(peer, refusal("topic too long", ref="y", join_ref="y", topic=longest + "x"))
    beat(peer)


def limits():
    yield from numbered(
        "14.7", ("too many channels are refused, and the others stay", beside(many_channels)),
        ("a topic that is too long is refused, and the longest one is not", beside(long_topics)))


def object_of(left_out=None, **changes):
    members = {"topic": "phoenix", "event": "heartbeat", "payload": {}, "ref": "1", **changes}
    return json.dumps({name: value for name, value in members.items() if name != left_out}).encode()


def version_1():
    beaten = {"event": "phx_reply", "payload": {"response": {}, "status": "ok"}, "ref": "1", "topic": "phoenix"}

    def talk(sent, *wanted):
        def case(server):
            with server.connect(path=path(vsn="1.0.0")) as peer:
                peer.send(sent)
                for each in wanted:
                    got = peer.next()
                    if got[0] == "text":
                        got = json.loads(got[1])
                    if got != each:
                        raise Mismatch(each, got)
                    if isinstance(got, tuple) and got[0] == "close":
                        peer.send(close(got[1]))
                if END not in wanted:
                    expect_handshake(peer)
        return case

    ended = (("close", 1011, b""), END)
    yield from numbered(
        "14.8",
        *((f"an object without {name} ends the connection", talk(text(object_of(name)), *ended))
          for name in ("topic", "event", "payload", "ref")),
        *((f"{what} ends the connection, in version 1", talk(text(sent), *ended))
          for what, sent in [("an array", array(None, "1", "phoenix", "heartbeat", {})), ("a word", b"hello"),
                             ("no text", b""), ("an empty object", b"{}"),
                             ("an object that ends early", object_of()[:-1])]),
        ("octets that are not UTF-8 end the connection",
         talk(frame(BINARY, object_of(x="?").replace(b"?", b"\xff")), *ended)),
        ("an object as octets is a message", talk(frame(BINARY, object_of()), beaten)),
        ("other members are ignored", talk(text(object_of(extra=[1, 2])), beaten)),
        ("a reference may be null", talk(text(object_of(ref=None)), {**beaten, "ref": None})))


def openings():
    def refused(target):
        def case(server):
            with server.raw() as peer:
                peer.send("\r\n".join([*server.request(path=target), "", ""]).encode())
                status = peer.read_response().status
                if status != 403:
                    raise Mismatch(("status", 403), ("status", status))
        return case

    yield from numbered(
        "14.9",
        *((f"the version {vsn!r} is refused", refused(path(vsn=vsn)))
          for vsn in ("2", "2.1.0", "3.0.0", "2.0.0-rc.1", "x", "")),
        ("who is refused by the application", refused(path(name=""))))


def cases():
    for some in (json_texts, types, binary, frames, limits, version_1, openings):
        yield from some()
