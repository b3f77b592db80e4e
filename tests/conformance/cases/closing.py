"""7: the closing handshake. RFC 6455 §5.5.1, §7."""

from case import Lenient, Mismatch, expect, expect_handshake, gather, hasty, numbered, refused, talk
from wire import CLOSE, CONTINUATION, END, PONG, SILENCE, close, fragments, frame, header, ping, text, xor, KEY, TEXT

VALID = (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999)
REGISTERED_LATER = (1012, 1013, 1014)  # by IANA, RFC 6455 §7.4.2
INVALID = (0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1099, 1100, 2000, 2999, 5000, 32768, 65535)


def registered_later(code):
    """A server that does not know the code yet may refuse it."""
    def body(server):
        with server.connect() as peer:
            peer.send(close(code))
            got = gather(peer)
            if [each[:2] for each in got] == [("close", 1002), END]:
                raise Lenient(f"{code} is refused")
            if [each[:2] for each in got] != [("close", code), END]:
                raise Mismatch([("close", code), END], got)
    return body


def without_code(server):
    """RFC 6455 §7.1.5 leaves open what an empty close frame is answered with."""
    with server.connect() as peer:
        peer.send(close(None))
        got = gather(peer)
        if [each[0] for each in got] != ["close", "end"] or got[0][1] not in (None, 1000):
            raise Mismatch([("close", "without code or 1000"), END], got)


def no_second_close_frame(server):
    """The client's answer to the answer is one too many: it is ignored."""
    with server.connect() as peer:
        peer.send(close())
        expect(peer, ("close", 1000))
        peer.send(close())
        got = peer.next()
        if got != END:
            raise Mismatch([END], [got])


def ends_unread(server):
    """The end of the stream without a close frame is not answered with a frame that nobody reads."""
    with server.connect() as peer:
        peer.send(text(b"last"))
        expect(peer, ("text", b"last"))
        peer.end_of_output()
        got = gather(peer)
        if got[-1] == SILENCE or any(each[0] not in ("close", "end") for each in got):
            raise Mismatch([END], got)


def half_message_then_end(server):
    with server.connect() as peer:
        peer.send(text(b"half", fin=0) + header(CONTINUATION, 100))
        peer.end_of_output()
        got = gather(peer)
        if got[-1] == SILENCE or any(each[0] not in ("close", "end") for each in got):
            raise Mismatch([END], got)


def the_server_closes_first(server):
    """RFC 6455 §7.1.1: the server closes the TCP connection, before the client does."""
    with server.connect() as peer:
        expect_handshake(peer)


def handshakes():
    yield "a message, then the closing handshake", talk(text(b"Hello"), ("text", b"Hello"))
    yield "the closing handshake at once", talk(b"")
    yield "the server closes the TCP connection first", the_server_closes_first
    yield "a second close frame is not answered", talk(close() + close(), ("close", 1000))
    yield "a second close frame behind the answer is ignored", no_second_close_frame
    yield "a ping behind the close frame is not answered", talk(close() + ping(b"late"), ("close", 1000))
    yield "a pong behind the close frame changes nothing", talk(close() + frame(PONG), ("close", 1000))
    yield "a message behind the close frame does not come back", talk(close() + text(b"late"), ("close", 1000))
    yield "a fragment behind the close frame changes nothing", talk(
        text(b"a", fin=0) + close() + frame(CONTINUATION, b"b"), ("close", 1000))
    yield "what is malformed behind the close frame changes nothing", talk(
        close() + frame(3, rsv=7), ("close", 1000))
    yield "256 KiB behind the close frame change nothing", talk(
        text(b"a") + close() + text(b"x" * 262144), ("text", b"a"), ("close", 1000))
    yield "messages before the close frame come back first", talk(
        text(b"1") + text(b"2") + close(1001), ("text", b"1"), ("text", b"2"), ("close", 1001))
    yield "a close frame without code is answered", without_code
    yield "the end of the stream without a close frame ends the connection", ends_unread
    yield "the end of the stream inside a message ends the connection", half_message_then_end
    for chop in (1, 2, 3):
        yield f"a close frame in pieces of {chop} octets", talk(close(1000, b"good bye"), ("close", 1000), chop=chop)


def payloads():
    yield "a payload of one octet is refused", talk(frame(CLOSE, b"\x03"), refused(1002))
    yield "a code without a body", talk(close(1000), ("close", 1000))
    yield "a code with a body", talk(close(1000, b"Hello World!"), ("close", 1000))
    yield "a body of 123 octets", talk(close(1000, b"*" * 123), ("close", 1000))
    yield "a body of 124 octets is refused", talk(close(1000, b"*" * 124), refused(1002))
    yield "a body of 60,000 octets is refused", talk(close(1000, b"*" * 60000), refused(1002))
    yield "a body of characters of four octets", talk(close(1000, "𝄞".encode() * 30), ("close", 1000))
    for digits in ("ff", "ceba80", "c0af", "eda080", "f4908080", "80"):
        body = b"why " + bytes.fromhex(digits) + b" not"
        yield f"a body that is no UTF-8 is refused: {digits}", talk(close(1000, body), refused(1007))
        yield f"the same octet by octet: {digits}", talk(close(1000, body), refused(1007), chop=1)
    for digits in ("c3", "e180", "f18080"):
        yield f"a body that ends inside a character is refused: {digits}", talk(
            close(1000, b"why" + bytes.fromhex(digits)), refused(1007))


def early():
    masked = xor(b"\x03\xe8" + b"why \xff" + b"x" * 93, KEY)
    yield "a body is refused at the octet that is no UTF-8", hasty(
        header(CLOSE, 100) + masked[:7], masked[7:], refused(1007))
    masked = xor(b"\x03\xed" + b"x" * 98, KEY)
    yield "a code is refused at its second octet", hasty(header(CLOSE, 100) + masked[:2], masked[2:], refused(1002))
    yield "a body of 124 octets is refused on the header", hasty(header(CLOSE, 126), b"x" * 126, refused(1002))
    yield "a payload of one octet is refused on the header", hasty(header(CLOSE, 1), b"x", refused(1002))


def codes():
    for code in VALID:
        yield f"{code} is answered with itself", talk(close(code), ("close", code))
        yield f"{code} with a body is answered with itself", talk(close(code, b"why"), ("close", code))
    for code in REGISTERED_LATER:
        yield f"{code} is answered with itself", registered_later(code)
    for code in INVALID:
        yield f"{code} is refused", talk(close(code), refused(1002))
        yield f"{code} with a body is refused", talk(close(code, b"why"), refused(1002))


def failing():
    """RFC 6455 §7.1.7: once failed, the connection takes nothing more."""
    for name, wrong, code in (("a reserved bit", text(b"x", rsv=1), 1002), ("invalid text", text(b"\xff"), 1007)):
        yield f"a message behind {name} does not come back", talk(wrong + text(b"late"), refused(code))
        yield f"a ping behind {name} is not answered", talk(wrong + ping(b"late"), refused(code))
        yield f"a close frame behind {name} changes nothing", talk(wrong + close(), refused(code))
        yield f"messages before {name} come back", talk(
            fragments(TEXT, [b"a", b"b"]) + [wrong], ("text", b"ab"), refused(code))


def cases():
    yield from numbered("7.1", *handshakes())
    yield from numbered("7.2", *payloads())
    yield from numbered("7.3", *codes())
    yield from numbered("7.4", *early())
    yield from numbered("7.5", *failing())
