"""6: text is UTF-8, and what is not is refused at once. RFC 6455 §8.1, RFC 3629."""

from case import hasty, numbered, refused, talk
from wire import BINARY, TEXT, cut, fragments, frame, header, text, xor, KEY

GOOD = "κόσμε".encode()
BOUNDARIES = (0x00, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFD, 0xFFFF, 0x10000, 0x3FFFF, 0x40000, 0xFFFFF,
              0x100000, 0x10FFFF)
NON_CHARACTERS = (0xFDD0, 0xFDEF, *(plane << 16 | low for plane in range(17) for low in (0xFFFE, 0xFFFF)))
INVALID = (
    ("a continuation octet alone", "80"), ("the last continuation octet alone", "bf"),
    ("two continuation octets", "80bf"), ("seven continuation octets", "80bf80bf80bf80"),
    ("a lead octet of two, then a space", "c320"), ("a lead octet of three, then a space", "e120"),
    ("three octets, the last one missing", "e18020"), ("four octets, the last two missing", "f19020"),
    ("four octets, the last one missing", "f1808020"), ("a lead octet inside a character", "e1c380"),
    ("octet C0", "c0"), ("octet C1", "c1"), ("octet F5", "f5808080"), ("octet F8", "f888808080"),
    ("octet FC", "fc8480808080"), ("octet FE", "fe"), ("octet FF", "ff"), ("octets FE FE FF FF", "fefeffff"),
    ("an overlong slash in two octets", "c0af"), ("an overlong slash in three octets", "e080af"),
    ("an overlong slash in four octets", "f08080af"), ("an overlong NUL in two octets", "c080"),
    ("an overlong NUL in three octets", "e08080"), ("an overlong NUL in four octets", "f0808080"),
    ("the largest overlong form of two octets", "c1bf"), ("the largest overlong form of three octets", "e09fbf"),
    ("the largest overlong form of four octets", "f08fbfbf"), ("the first surrogate", "eda080"),
    ("the last high surrogate", "edafbf"), ("the first low surrogate", "edb080"), ("the last surrogate", "edbfbf"),
    ("a pair of surrogates", "eda080edb080"), ("U+110000", "f4908080"), ("U+13FFFF", "f48fbfbff4bfbfbf"),
    ("U+1FFFFF", "f7bfbfbf"))
CUT_SHORT = ("c3", "e1", "e180", "f1", "f180", "f18080", "f48fbf")


def valid():
    yield "an empty text message", talk(text(b""), ("text", b""))
    yield "three empty fragments", talk(fragments(TEXT, [b"", b"", b""]), ("text", b""))
    yield "three fragments, the middle one not empty", talk(fragments(TEXT, [b"", GOOD, b""]), ("text", GOOD))
    yield "Greek", talk(text(GOOD), ("text", GOOD))
    mixed = "Hello-µ@ßöäüàá-UTF-8!! 水 𝄞 \u0000 ☃".encode()
    yield "characters of one to four octets", talk(text(mixed), ("text", mixed))
    yield "characters of one to four octets, octet by octet", talk(text(mixed), ("text", mixed), chop=1)
    for size in (1, 2, 3, 5):
        yield f"characters of one to four octets, in fragments of {size}", talk(
            fragments(TEXT, cut(mixed, size)), ("text", mixed))
    long = mixed * 1000
    yield "a long text cut inside its characters", talk(fragments(TEXT, cut(long, 997)), ("text", long))
    yield "octets that are no UTF-8 are fine in a binary message", talk(
        frame(BINARY, b"\xff\xfe\x80"), ("binary", b"\xff\xfe\x80"))


def code_points():
    for number in dict.fromkeys((*BOUNDARIES, *NON_CHARACTERS)):
        what = "the non-character " if number in NON_CHARACTERS else ""
        octets = chr(number).encode()
        yield f"{what}U+{number:04X} is valid, whole and in fragments of one octet", talk(
            [text(octets), *fragments(TEXT, cut(octets, 1))], ("text", octets), ("text", octets))


def invalid():
    for name, digits in INVALID:
        octets = GOOD + bytes.fromhex(digits) + b"edited"
        yield f"{name}, in one frame", talk(text(octets), refused(1007))
        yield f"{name}, in fragments of one octet", talk(fragments(TEXT, cut(octets, 1)), refused(1007))
    for digits in CUT_SHORT:
        octets = GOOD + bytes.fromhex(digits)
        yield f"a text that ends inside a character: {digits}", talk(text(octets), refused(1007))
        yield f"the same in two fragments: {digits}", talk(
            fragments(TEXT, [octets[:-1], octets[-1:]]), refused(1007))
        yield f"the same with an empty last fragment: {digits}", talk(fragments(TEXT, [octets, b""]), refused(1007))
    yield "an invalid octet behind 64 KiB of text", talk(text(b"x" * 65536 + b"\xff"), refused(1007))
    yield "invalid text behind good text: the good one comes back", talk(
        text(GOOD) + text(b"\xff"), ("text", GOOD), refused(1007))
    for at in range(9):
        octets = bytearray(b"plain text"[:9])
        octets[at] = 0xFF
        yield f"an invalid octet at position {at} of 9", talk(text(bytes(octets)), refused(1007))


def fail_fast():
    for name, digits in INVALID:
        start = GOOD + bytes.fromhex(digits)
        yield f"{name}: refused before the next fragment is sent", hasty(
            frame(TEXT, start, fin=0), frame(0, b"rest"), refused(1007))
    for name, digits in (("an overlong form", "e080"), ("a surrogate", "eda0"), ("U+110000", "f490"),
                         ("octet FF", "ff")):
        start = GOOD + bytes.fromhex(digits)
        masked = xor(start + b"\x80" * 4, KEY)
        yield f"{name}: refused at the octet that makes it wrong, inside a frame", hasty(
            header(TEXT, len(start) + 4) + masked[:len(start)], masked[len(start):], refused(1007))


def cases():
    yield from numbered("6.1", *valid())
    yield from numbered("6.2", *code_points())
    yield from numbered("6.3", *invalid())
    yield from numbered("6.4", *fail_fast())
