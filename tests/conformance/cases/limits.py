"""9 and 10: large messages, many messages, many fragments, and what is too much."""

import socket

from case import Skip, expect, expect_end, expect_handshake, numbered, refused, talk, tolerated
from wire import BINARY, TEXT, cut, fragments, frame, header

KIB, MIB = 1024, 1024 * 1024
KINDS = ((TEXT, "text", b"*"), (BINARY, "binary", b"\xfe"))


def named(size):
    return f"{size // MIB} MiB" if size % MIB == 0 else f"{size // KIB} KiB" if size % KIB == 0 else f"{size} octets"


def lazily(make):
    """The payload is made when its turn comes, and gone behind it."""
    def body(server):
        sent, events, chop = make()
        talk(sent, *events, chop=chop)(server)
    return body


def whole(opcode, kind, octet, size, piece=None, chop=0):
    def make():
        payload = octet * size
        return fragments(opcode, cut(payload, piece or size)), [(kind, payload)], chop
    return tolerated(lazily(make), [("close", 1008), ("close", 1009)], "a limit of the server")


def roundtrips(opcode, kind, payload, count=1000):
    def body(server):
        with server.connect() as peer:
            sent = frame(opcode, payload)
            for _ in range(count):
                peer.send(sent)
                expect(peer, (kind, payload))
            expect_handshake(peer)
    return body


def too_big(make):
    def body(server):
        if server.max_message is None:
            raise Skip("needs --max-message")
        with server.connect() as peer:
            peer.send(make(server.max_message))
            expect_end(peer, refused(1009))
    return body


def as_large_as_allowed(server):
    if server.max_message is None:
        raise Skip("needs --max-message")
    whole(BINARY, "binary", b"\xfe", server.max_message)(server)


def slow_reader(server):
    """4 MiB of echo for a peer that reads only when it has sent all: nothing is lost."""
    with server.connect() as peer:
        peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        pieces = [b"%07d" % i * 9362 for i in range(16)]
        for piece in pieces:
            peer.send(frame(BINARY, piece))
        expect(peer, *[("binary", piece) for piece in pieces])
        expect_handshake(peer)


def pipelined(server):
    with server.connect() as peer:
        for at in range(0, 10_000, 500):
            numbers = [b"message %d" % i for i in range(at, at + 500)]
            peer.send(b"".join(frame(TEXT, each) for each in numbers))
            expect(peer, *[("text", each) for each in numbers])
        expect_handshake(peer)


def never_ending(server):
    """A message of fragments that do not end, up to the limit and past it."""
    if server.max_message is None:
        raise Skip("needs --max-message")
    with server.connect() as peer:
        peer.send(frame(BINARY, b"", fin=0))
        piece = frame(0, b"x" * MIB, fin=0)
        for _ in range(server.max_message // MIB + 1):
            peer.send(piece)
        expect_end(peer, refused(1009))


def cases():
    for group, (opcode, kind, octet) in enumerate(KINDS, 1):
        sizes = (64 * KIB, 256 * KIB, MIB, 4 * MIB, 8 * MIB, 16 * MIB)
        yield from numbered(f"9.{group}", *[
            (f"a {kind} message of {named(size)}", whole(opcode, kind, octet, size)) for size in sizes])
        pieces = (64, 256, KIB, 4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB, MIB, 4 * MIB)
        yield from numbered(f"9.{group + 2}", *[
            (f"a {kind} message of 4 MiB in fragments of {named(piece)}", whole(opcode, kind, octet, 4 * MIB, piece))
            for piece in pieces])
        yield from numbered(f"9.{group + 4}", *[
            (f"a {kind} message of 1 MiB sent in pieces of {named(chop)}", whole(opcode, kind, octet, MIB, chop=chop))
            for chop in (64, 128, 256, 512, KIB, 2 * KIB)])
        yield from numbered(f"9.{group + 6}", *[
            (f"1000 round trips of {kind} messages of {named(size) if size else 'nothing'}",
             roundtrips(opcode, kind, octet * size))
            for size in (0, 16, 64, 256, KIB, 4 * KIB, 16 * KIB, 64 * KIB)])
    yield from numbered(
        "9.9",
        ("a binary message of 16 MiB in 65,536 fragments", whole(BINARY, "binary", b"\xfe", 16 * MIB, 256)),
        ("a text message of 16 MiB in fragments of 4 KiB", whole(TEXT, "text", b"*", 16 * MIB, 4 * KIB)),
        ("10,000 messages, 500 at a time", pipelined),
        ("a peer that reads late loses nothing", slow_reader))
    yield from numbered(
        "9.10",
        ("a message as large as is allowed", as_large_as_allowed),
        ("a frame over the limit is refused on its header", too_big(lambda most: header(BINARY, most + 1))),
        ("a frame that claims 2^62 octets is refused on its header", too_big(lambda _: header(BINARY, 1 << 62))),
        ("a message over the limit is refused on the header that shows it",
         too_big(lambda most: frame(TEXT, b"x" * most, fin=0) + header(0, 1))),
        ("a message that does not end is refused", never_ending))
    yield from numbered("10.1", *[
        (f"a {kind} message of {size} octets in fragments of {piece}", whole(opcode, kind, octet, size, piece))
        for opcode, kind, octet in KINDS for size, piece in ((65536, 1300), (65535, 1300), (131072, 125), (1000, 999))])
