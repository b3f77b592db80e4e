"""5: messages in fragments, and what may come between them. RFC 6455 §5.4."""

from case import expect, expect_handshake, numbered, refused, talk
from wire import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, close, cut, fragments, frame, ping, text

FIVE = cut(b"fragment1fragment2fragment3fragment4fragment5", 9)
CHOPS = ((0, ""), (1, ", octet by octet"))


def more(payload=b"", **how):
    return frame(CONTINUATION, payload, **how)


def pings_between(server):
    """The pong must not wait for the message."""
    with server.connect() as peer:
        for i, each in enumerate(fragments(TEXT, FIVE)):
            peer.send(each)
            if i < len(FIVE) - 1:
                peer.send(ping(b"%d" % i))
                expect(peer, ("pong", b"%d" % i))
        expect(peer, ("text", b"".join(FIVE)))
        expect_handshake(peer)


def good():
    whole = b"".join(FIVE)
    pongs = [("pong", b"%d" % i) for i in range(5)]
    woven = [each + ping(b"%d" % i) for i, each in enumerate(fragments(TEXT, FIVE))]
    last_first = woven[:-1] + [ping(b"4"), fragments(TEXT, FIVE)[-1]]
    for chop, how in CHOPS:
        yield f"a text message in two fragments{how}", talk(
            fragments(TEXT, [b"fragment1", b"fragment2"]), ("text", b"fragment1fragment2"), chop=chop)
        yield f"a binary message in two fragments{how}", talk(
            fragments(BINARY, [b"\xff\x00", b"\xfe"]), ("binary", b"\xff\x00\xfe"), chop=chop)
        yield f"a ping between two fragments{how}: the pong comes before the message", talk(
            text(b"fragment1", fin=0) + ping(b"between") + more(b"fragment2"),
            ("pong", b"between"), ("text", b"fragment1fragment2"), chop=chop)
        yield f"a pong between two fragments changes nothing{how}", talk(
            text(b"fragment1", fin=0) + frame(PONG, b"between") + more(b"fragment2"),
            ("text", b"fragment1fragment2"), chop=chop)
        yield f"five fragments{how}", talk(fragments(TEXT, FIVE), ("text", whole), chop=chop)
        yield f"five fragments with a ping behind each but the last{how}", talk(
            last_first, *pongs, ("text", whole), chop=chop)
        yield f"empty fragments add nothing{how}", talk(
            fragments(TEXT, [b"", b"a", b"", b"", b"b", b""]), ("text", b"ab"), chop=chop)
        yield f"a message of empty fragments is empty{how}", talk(
            fragments(BINARY, [b"", b"", b""]), ("binary", b""), chop=chop)
        yield f"two fragmented messages, one behind the other{how}", talk(
            fragments(TEXT, [b"a", b"b"]) + fragments(BINARY, [b"c", b"d"]),
            ("text", b"ab"), ("binary", b"cd"), chop=chop)
        yield f"a character of four octets over four fragments{how}", talk(
            fragments(TEXT, cut("𝄞".encode(), 1)), ("text", "𝄞".encode()), chop=chop)
        yield f"a close frame between fragments ends the connection{how}", talk(
            text(b"half", fin=0) + close(1001), ("close", 1001), chop=chop)
    yield "pings between fragments are answered before the next fragment is sent", pings_between
    hundred = cut(bytes(range(100)), 1)
    yield "a binary message of 100 fragments of one octet", talk(
        fragments(BINARY, hundred), ("binary", bytes(range(100))))
    yield "a text message of 1000 fragments of one octet", talk(fragments(TEXT, [b"x"] * 1000), ("text", b"x" * 1000))
    yield "the 16-bit and the 64-bit length in fragments of one message", talk(
        fragments(BINARY, [b"a" * 126, b"b" * 65536, b"c"]), ("binary", b"a" * 126 + b"b" * 65536 + b"c"))


def bad():
    for chop, how in CHOPS:
        for name, opcode in (("ping", PING), ("pong", PONG), ("close frame", CLOSE)):
            yield f"a {name} in two fragments{how}", talk(
                frame(opcode, b"", fin=0) + more(b""), refused(1002), chop=chop)
            yield f"a {name} in two fragments inside a message{how}", talk(
                text(b"a", fin=0) + frame(opcode, b"", fin=0) + more(b"b"), refused(1002), chop=chop)
        for fin in (0, 1):
            stray = more(b"stray", fin=fin)
            yield f"a continuation with FIN {fin} without a message{how}", talk(
                stray + text(b"next"), refused(1002), chop=chop)
            yield f"a continuation with FIN {fin} behind a whole message{how}", talk(
                text(b"good") + stray + text(b"next"), ("text", b"good"), refused(1002), chop=chop)
            yield f"a continuation with FIN {fin} behind a fragmented message{how}", talk(
                fragments(TEXT, [b"a", b"b"]) + [stray], ("text", b"ab"), refused(1002), chop=chop)
        for name, opcode in (("text", TEXT), ("binary", BINARY)):
            for fin in (0, 1):
                yield f"a {name} message with FIN {fin} inside a fragmented one{how}", talk(
                    text(b"a", fin=0) + frame(opcode, b"b", fin=fin) + more(b"c"), refused(1002), chop=chop)
        yield f"an empty message inside a fragmented one{how}", talk(
            text(b"a", fin=0) + text(b""), refused(1002), chop=chop)
    yield "continuations before every message", talk(
        more(b"1", fin=0) + text(b"2", fin=0) + more(b"3"), refused(1002))


def cases():
    yield from numbered("5.1", *good())
    yield from numbered("5.2", *bad())
