"""13: where compression and frames meet, and compressed data that is wrong. RFC 7692 §6, §7.2."""

import random

from case import Lenient, Mismatch, Skip, converse, expect_end, expect_handshake, fit, gather, numbered, refused
from deflate import NAME, connect, finished, zeros
from wire import BINARY, CLOSE, CONTINUATION, END, PONG, SILENCE, TEXT, close, cut, fragments, frame, ping, text

HELLO = bytes.fromhex("f248cdc9c90700")  # RFC 7692 §7.2.3.1
NOISE = random.Random(7692).randbytes(4096)


def said(make, *events, offer=NAME, chop=0):
    """As `talk`; `make` gets the codec and gives the octets."""
    def body(server):
        with connect(server, offer) as peer:
            converse(peer, make(peer.codec), events, chop)
    return body


def refused_or(event, codes, make, offer=NAME):
    """One of the codes; `event` is what a forgiving server may make of it."""
    def body(server):
        with connect(server, offer) as peer:
            peer.send(make(peer.codec))
            first = peer.next()
            if event and first[0] == event[0] and (event[1] is None or first[1] == event[1]):
                raise Lenient(f"taken as {first[0]}")
            got = [first, *gather(peer)]
            if not any(fit(got, [("close", code), END]) for code in codes):
                raise Mismatch([("close", "/".join(map(str, codes))), END], got)
    return body


def packed(payload, opcode=TEXT, size=None):
    return lambda codec: fragments(opcode, cut(codec.compress(payload), size or 1 << 30), rsv=4)


def mixed(codec):
    """Compressed or not is decided for each message, RFC 7692 §6."""
    return (frame(TEXT, codec.compress(b"one" * 9), rsv=4) + text(b"two") + frame(BINARY, b"\xff")
            + frame(BINARY, codec.compress(NOISE), rsv=4) + text(b"") + frame(TEXT, codec.compress(b"one" * 9), rsv=4))


def good():
    yield "the example of a compressed message", said(lambda _: frame(TEXT, HELLO, rsv=4), ("text", b"Hello"))
    yield "the example in two fragments", said(
        lambda _: fragments(TEXT, [HELLO[:3], HELLO[3:]], rsv=4), ("text", b"Hello"))
    yield "the example of a shared context", said(
        lambda _: frame(TEXT, HELLO, rsv=4) + frame(TEXT, bytes.fromhex("f200110000"), rsv=4),
        ("text", b"Hello"), ("text", b"Hello"))
    yield "the example of a block without compression", said(
        lambda _: frame(TEXT, bytes.fromhex("000500faff48656c6c6f00"), rsv=4), ("text", b"Hello"))
    yield "the example of two blocks in one message", said(
        lambda _: frame(TEXT, bytes.fromhex("f248050000 00ffffcac9c90700"), rsv=4), ("text", b"Hello"))
    yield "an empty message, compressed", said(lambda _: frame(TEXT, b"\x00", rsv=4), ("text", b""))
    yield "an empty binary message, as zlib compresses it", said(packed(b"", BINARY), ("binary", b""))
    yield "compressed messages and others in turn", said(
        mixed, ("text", b"one" * 9), ("text", b"two"), ("binary", b"\xff"), ("binary", NOISE), ("text", b""),
        ("text", b"one" * 9))
    yield "a message that cannot be compressed", said(packed(NOISE, BINARY), ("binary", NOISE))
    for level in (0, 1, 9):
        yield f"the compression level {level}", said(
            lambda codec, level=level: frame(BINARY, codec.compress(NOISE * 3, level), rsv=4), ("binary", NOISE * 3))
    words = "compressed words, 水 and 𝄞, " * 300
    for size in (1, 2, 3, 7, 64, 1000):
        yield f"a compressed message in fragments of {size}", said(
            packed(words.encode(), size=size), ("text", words.encode()))
    for chop in (1, 5, 100):
        yield f"a compressed message sent in pieces of {chop}", said(
            packed(words.encode()), ("text", words.encode()), chop=chop)
    yield "an empty fragment at either end of a compressed message", said(
        lambda codec: fragments(TEXT, [b"", codec.compress(b"middle"), b""], rsv=4), ("text", b"middle"))
    yield "a ping between the fragments of a compressed message", said(
        lambda _: frame(TEXT, HELLO[:3], fin=0, rsv=4) + ping(b"?") + frame(CONTINUATION, HELLO[3:]),
        ("pong", b"?"), ("text", b"Hello"))
    yield "a message of 16 MiB of zeros", said(
        lambda _: frame(BINARY, zeros(16 << 20), rsv=4), ("binary", bytes(16 << 20)))


def final_blocks():
    """RFC 7692 §7.2.3.4: a block with BFINAL is legal; zlib stops behind it, and so do some servers."""
    def lenient(sent, *events):
        def body(server):
            with connect(server) as peer:
                peer.send(sent)
                got = [peer.next() for _ in events]
                if fit(got, list(events)):
                    return expect_handshake(peer)
                if got[0][0] == "close":
                    raise Lenient(f"refused with {got[0][1]}")
                raise Mismatch(list(events), got)
        return body
    hello = bytes.fromhex("f348cdc9c9070000")
    yield "the example of a block with BFINAL", lenient(frame(TEXT, hello, rsv=4), ("text", b"Hello"))
    yield "a message behind one with BFINAL", lenient(
        frame(TEXT, hello, rsv=4) + frame(TEXT, HELLO, rsv=4), ("text", b"Hello"), ("text", b"Hello"))
    yield "a block with BFINAL in fragments of one octet", lenient(
        b"".join(fragments(TEXT, cut(hello, 1), rsv=4)), ("text", b"Hello"))
    large = b"0123456789" * 10_000
    yield "a message of 100,000 octets that ends in BFINAL", lenient(
        frame(TEXT, finished(large) + b"\x00", rsv=4), ("text", large))


def bad_bits():
    spoiled = {"a continuation": frame(TEXT, HELLO[:3], fin=0, rsv=4) + frame(CONTINUATION, HELLO[3:], rsv=4),
               "a continuation of a message without compression": text(b"a", fin=0) + frame(CONTINUATION, HELLO, rsv=4),
               "a ping": ping(HELLO, rsv=4), "a pong": frame(PONG, HELLO, rsv=4),
               "a close frame": frame(CLOSE, b"\x03\xe8", rsv=4)}
    for name, octets in spoiled.items():
        yield f"RSV1 on {name} is refused", said(lambda _, octets=octets: octets, refused(1002))
    for rsv in (1, 2, 3, 5, 6, 7):
        yield f"the reserved bits {rsv:03b} are refused although RSV1 is agreed on", said(
            lambda _, rsv=rsv: frame(TEXT, HELLO, rsv=rsv), refused(1002))

    def not_agreed(server):
        with server.connect() as peer:
            peer.send(frame(TEXT, HELLO, rsv=4))
            expect_end(peer, refused(1002))
    yield "RSV1 without agreement is refused", not_agreed


def bad_data():
    codes = (1007, 1002)
    wrong = {"a block of the reserved type": "07", "octets FF": "ffffffffff",
             "a block without compression whose length is wrong": "000500fafe48656c6c6f00",
             "a distance behind the beginning": "4b04120000",
             "Huffman code lengths that fit no code": "05e0ffffffffffffff"}
    for name, digits in wrong.items():
        octets = bytes.fromhex(digits)
        yield f"{name} is refused", refused_or(None, codes, lambda _, octets=octets: frame(TEXT, octets, rsv=4))
        yield f"{name} in fragments of one octet is refused", refused_or(
            None, codes, lambda _, octets=octets: b"".join(fragments(BINARY, cut(octets, 1), rsv=4)))
    yield "data that end inside a block are refused", refused_or(
        ("binary", None), codes, lambda _: frame(BINARY, bytes.fromhex("006400 9bff") + b"ten octets", rsv=4))
    for name, octets in (("a text", b"good \xff bad"), ("a text that ends inside a character", b"good \xe2\x98")):
        yield f"{name} that is no UTF-8 is refused", said(packed(octets), refused(1007))
        yield f"{name} that is no UTF-8, in fragments of two octets, is refused", said(
            packed(octets, size=2), refused(1007))
    yield "the window that was promised is exceeded: taken or refused", exceeded("; client_max_window_bits=9", "window")
    yield "the context that was given up is used: taken or refused", exceeded("; client_no_context_takeover", "context")


def exceeded(parameter, what):
    """A server need not see it, for its own window may be larger; either way nothing else comes out."""
    def body(server):
        with connect(server, NAME + parameter) as peer:
            peer.codec.client_bits, peer.codec.client_resets = 15, False
            payload = NOISE[:2000] * (2 if what == "window" else 1)
            for _ in range(1 if what == "window" else 2):
                peer.send(frame(BINARY, peer.codec.compress(payload), rsv=4))
                got = peer.next()
            if got != ("binary", payload) and got[:2] not in (("close", 1002), ("close", 1007)):
                raise Mismatch([("close", "1007/1002")], [got])
    return body


def bombs():
    def sent(make):
        def body(server):
            if server.max_message is None:
                raise Skip("needs --max-message")
            with connect(server) as peer:
                peer.send(make(server.max_message))
                expect_end(peer, refused(1009))
        return body

    def first_fragment_alone(server):
        if server.max_message is None:
            raise Skip("needs --max-message")
        with connect(server) as peer:
            peer.send(frame(BINARY, zeros(server.max_message + (1 << 20)), fin=0, rsv=4))
            got = gather(peer, server.haste)
            if got == [SILENCE]:
                peer.send(frame(CONTINUATION, b"\x00"))
                expect_end(peer, refused(1009))
                raise Lenient("not before the last fragment was sent")
            if not fit(got, [refused(1009), END]):
                raise Mismatch([refused(1009), END], got)

    yield "one octet more than a message may have", sent(lambda most: frame(BINARY, zeros(most + 1), rsv=4))
    yield "ten times what a message may have", sent(lambda most: frame(TEXT, zeros(most * 10), rsv=4))
    yield "the same in fragments of 100 octets", sent(
        lambda most: b"".join(fragments(BINARY, cut(zeros(most * 10), 100), rsv=4)))
    yield "the first fragment is too much, the last one never comes", first_fragment_alone


def closing():
    yield "a close frame behind a compressed message", said(
        lambda _: frame(TEXT, HELLO, rsv=4) + close(1001), ("text", b"Hello"), ("close", 1001))
    yield "a close frame inside a compressed message", said(
        lambda _: frame(TEXT, HELLO[:3], fin=0, rsv=4) + close(1000), ("close", 1000))


def cases():
    for group, made in enumerate((good, final_blocks, bad_bits, bad_data, bombs, closing), 1):
        yield from numbered(f"13.{group}", *made())
