"""3 and 4: reserved bits and reserved opcodes. RFC 6455 §5.2."""

from case import hasty, numbered, refused, talk
from wire import BINARY, CLOSE, CONTINUATION, PING, TEXT, frame, header, ping, text


def bits():
    for rsv in range(1, 8):
        spoiled = text(b"spoiled", rsv=rsv)
        good = text(b"good")
        yield from numbered(
            f"3.{rsv}",
            (f"a text message with reserved bits {rsv:03b}", talk(spoiled, refused(1002))),
            (f"reserved bits {rsv:03b} between two good messages: the first one comes back",
             talk(good + spoiled + good, ("text", b"good"), refused(1002))),
            (f"reserved bits {rsv:03b} behind a good message, octet by octet",
             talk(good + spoiled + ping(), ("text", b"good"), refused(1002), chop=1)),
            (f"a binary message with reserved bits {rsv:03b}",
             talk(frame(BINARY, b"\x00\xff", rsv=rsv), refused(1002))),
            (f"an empty message with reserved bits {rsv:03b}", talk(text(b"", rsv=rsv), refused(1002))),
            (f"a ping with reserved bits {rsv:03b}", talk(ping(b"?", rsv=rsv), refused(1002))),
            (f"a close frame with reserved bits {rsv:03b}",
             talk(frame(CLOSE, b"\x03\xe8", rsv=rsv), refused(1002))),
            (f"a continuation with reserved bits {rsv:03b}",
             talk(text(b"a", fin=0) + frame(CONTINUATION, b"b", rsv=rsv), refused(1002))),
            (f"reserved bits {rsv:03b} are refused on the header, before the payload",
             hasty(header(TEXT, 1000, rsv=rsv), b"x" * 1000, refused(1002))))


def opcodes():
    groups = (("data", (3, 4, 5, 6, 7)), ("control", (11, 12, 13, 14, 15)))
    for group, (kind, reserved) in enumerate(groups, 1):
        for opcode in reserved:
            good = text(b"good")
            yield from numbered(
                f"4.{group}.{opcode}",
                (f"an empty frame of the reserved {kind} opcode {opcode}", talk(frame(opcode), refused(1002))),
                (f"a frame of the reserved {kind} opcode {opcode} with payload",
                 talk(frame(opcode, b"payload"), refused(1002))),
                (f"the reserved {kind} opcode {opcode} between two good messages: the first one comes back",
                 talk(good + frame(opcode) + good, ("text", b"good"), refused(1002))),
                (f"the reserved {kind} opcode {opcode} behind a good message, octet by octet",
                 talk(good + frame(opcode, b"payload") + ping(), ("text", b"good"), refused(1002), chop=1)),
                (f"the reserved {kind} opcode {opcode} inside a fragmented message",
                 talk(text(b"a", fin=0) + frame(opcode) + frame(CONTINUATION, b"b"), refused(1002))))


def early():
    yield from numbered(
        "4.3",
        *[(f"{what} is refused on its first two octets, before the mask key",
           hasty(octets[:2], octets[2:], refused(1002)))
          for what, octets in [
              ("a reserved bit", text(b"x", rsv=2)),
              ("a reserved opcode", frame(3, b"x")),
              ("a fragmented ping", ping(b"x", fin=0)),
              ("a ping of 126 octets", frame(PING, b"x" * 126)),
              ("a continuation without a message", frame(CONTINUATION, b"x"))]],
        ("a message inside a fragmented one is refused on its first two octets",
         hasty(text(b"a", fin=0) + text(b"b")[:2], text(b"b")[2:], refused(1002))))


def cases():
    yield from bits()
    yield from opcodes()
    yield from early()
