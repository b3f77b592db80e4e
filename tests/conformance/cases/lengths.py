"""8: the length and the mask of a frame. RFC 6455 §5.2, §5.3."""

from case import hasty, numbered, refused, talk, tolerated
from wire import BINARY, CLOSE, PING, TEXT, frame, header, text


def longer_than_need_be(octets):
    """RFC 6455 §5.2 forbids to send it, and does not say that it has to be refused."""
    return tolerated(talk(octets, refused(1002)), ("text", "pong"), "taken all the same")


def lengths():
    for size in (0, 1, 125):
        yield f"{size} octets with a 16-bit length", longer_than_need_be(text(b"x" * size, width=2))
    for size in (0, 125, 126, 65535):
        yield f"{size} octets with a 64-bit length", longer_than_need_be(text(b"x" * size, width=8))
    yield "a ping with a 16-bit length", longer_than_need_be(frame(PING, b"x", width=2))
    yield "a ping with a 64-bit length", longer_than_need_be(frame(PING, b"x", width=8))
    for first in (0x80, 0xFF):
        sized = bytes([0x82, 0xFF, first]) + b"\x00" * 7
        yield f"a 64-bit length that starts with {first:02X}", tolerated(
            hasty(sized, b"\x00" * 4, refused(1002)), [("close", 1009)], "for another reason")
    yield "a length that is too long for itself is refused before the mask key", tolerated(hasty(
        bytes.fromhex("82fe007d"), b"\x00" * 129, refused(1002)), ("binary",), "taken all the same")
    for chop in (1, 3):
        for size in (126, 65536):
            yield f"the header of {size} octets in pieces of {chop}", talk(
                frame(BINARY, b"y" * size), ("binary", b"y" * size), chop=chop if size < 1000 else chop * 331)


def masks():
    for name, octets in (("a text message", text(b"Hello", key=None)), ("an empty one", text(b"", key=None)),
                         ("a binary message", frame(BINARY, b"\x00", key=None)),
                         ("a ping", frame(PING, b"?", key=None)),
                         ("a close frame", frame(CLOSE, b"\x03\xe8", key=None)),
                         ("a message of 126 octets", text(b"x" * 126, key=None))):
        yield f"{name} without a mask is refused", talk(octets, refused(1002))
    yield "a frame without a mask behind a good one: that one comes back", talk(
        text(b"good") + text(b"bad", key=None), ("text", b"good"), refused(1002))
    yield "a frame without a mask is refused on its second octet", hasty(
        header(TEXT, 1000, key=None)[:2], b"", refused(1002))
    for digits in ("00000000", "ffffffff", "00ff00ff", "01020304", "80000000", "00000001"):
        key = bytes.fromhex(digits)
        payload = bytes(range(256)) * 3
        yield f"the mask key {digits}", talk(frame(BINARY, payload, key=key), ("binary", payload))
        yield f"the mask key {digits}, octet by octet", talk(
            frame(BINARY, payload[:97], key=key), ("binary", payload[:97]), chop=1)
    yield "another mask key for each fragment", talk(
        frame(TEXT, b"abcde", fin=0, key=b"\x01\x02\x03\x04") + frame(0, b"fghij", key=b"\xf0\xf1\xf2\xf3"),
        ("text", b"abcdefghij"))


def cases():
    yield from numbered("8.1", *lengths())
    yield from numbered("8.2", *masks())
