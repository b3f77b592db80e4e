"""2: pings and pongs. RFC 6455 §5.5.2, §5.5.3."""

from case import Lenient, Mismatch, expect_handshake, fit, numbered, refused, talk
from wire import PING, PONG, close, frame, ping, text


def in_turn(server):
    """No clause says that a pong may not overtake a message."""
    wanted = [("text", b"one"), ("pong", b"1"), ("text", b"two"), ("pong", b"2")]
    with server.connect() as peer:
        peer.send(text(b"one") + ping(b"1") + text(b"two") + ping(b"2"))
        got = [peer.next() for _ in wanted]
        if not fit(sorted(got), sorted(wanted)):
            raise Mismatch(wanted, got)
        expect_handshake(peer)
        if got != wanted:
            raise Lenient("in another order")


def cases():
    every = bytes(range(256))[131:]
    yield from numbered(
        "2.1",
        *[(f"a ping of {name} is answered with a pong of the same", talk(ping(payload), ("pong", payload)))
          for name, payload in [("nothing", b""), ("5 octets", b"Hello"), ("125 different octets", every),
                                ("125 octets FE", b"\xfe" * 125), ("124 octets", b"-" * 124)]],
        *[(f"a ping of {size} octets, sent in pieces of {chop}, is answered",
           talk(ping(b"\xfe" * size), ("pong", b"\xfe" * size), chop=chop))
          for size in (0, 125) for chop in (1, 3)],
        *[(f"a ping of {size} octets is refused", talk(ping(b"x" * size), refused(1002)))
          for size in (126, 127, 65535, 65536)],
        ("a ping of 126 octets, octet by octet, is refused", talk(ping(b"x" * 126), refused(1002), chop=1)),
        ("a pong of 126 octets is refused", talk(frame(PONG, b"x" * 126), refused(1002))))
    ten = [b"payload-%d" % i for i in range(10)]
    many = [bytes([i]) * i for i in range(100)]
    yield from numbered(
        "2.2",
        ("a pong that nobody asked for is not answered", talk(frame(PONG))),
        ("a pong with payload that nobody asked for is not answered", talk(frame(PONG, b"unsolicited"))),
        ("a pong that nobody asked for, and the ping behind it is answered",
         talk(frame(PONG, b"unsolicited") + ping(b"ours"), ("pong", b"ours"))),
        ("ten pongs that nobody asked for are not answered", talk(frame(PONG, b"again") * 10)),
        ("ten pings are answered in order", talk(map(ping, ten), *[("pong", each) for each in ten])),
        ("ten pings, octet by octet, are answered in order",
         talk(map(ping, ten), *[("pong", each) for each in ten], chop=1)),
        ("a hundred pings of growing size are answered in order",
         talk(map(ping, many), *[("pong", each) for each in many])),
        ("pings and messages are answered in the order in which they came",
         in_turn),
        ("a ping of octets that are no UTF-8 is answered", talk(ping(b"\xff\xc0\x80"), ("pong", b"\xff\xc0\x80"))),
        ("a ping just before the close frame is answered first",
         talk(ping(b"last") + close(), ("pong", b"last"), ("close", 1000))))
    yield from numbered(
        "2.3",
        *[(f"a {name} with FIN clear is refused", talk(frame(opcode, b"part", fin=0), refused(1002)))
          for name, opcode in (("ping", PING), ("pong", PONG))])
