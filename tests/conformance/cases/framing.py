"""1: messages of every length encoding, in one frame. RFC 6455 §5.2."""

from case import numbered, talk
from wire import BINARY, TEXT, cut, frame


def cases():
    for group, (opcode, kind, octet) in enumerate([(TEXT, "text", b"*"), (BINARY, "binary", b"\xfe")], 1):
        found = []
        for size in (0, 125, 126, 127, 128, 65535, 65536):
            payload = octet * size
            for chop in (0, 1, 2, 5) if size < 1000 else (0, 997, 1):
                how = f", sent in pieces of {chop} octets" if chop else ""
                found.append((f"a {kind} message of {size} octets comes back{how}",
                              talk(frame(opcode, payload), (kind, payload), chop=chop)))
        every = bytes(range(256)) if opcode == BINARY else bytes(range(128))
        found.append((f"a {kind} message of every octet comes back", talk(frame(opcode, every), (kind, every))))
        several = cut(every, 9)
        found.append((f"{len(several)} {kind} messages in one piece come back in order",
                      talk([frame(opcode, each) for each in several], *[(kind, each) for each in several])))
        yield from numbered(f"1.{group}", *found)
