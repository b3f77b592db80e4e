"""A case, its verdict, and the few shapes that most cases have."""

import dataclasses
import typing

from wire import END, SILENCE, Server, Violation, close

PASS, NON_STRICT, FAIL, SKIPPED = "pass", "non-strict", "fail", "skipped"


class Mismatch(Exception):
    """What was expected, and what came instead."""

    def __init__(self, expected, got):
        super().__init__(f"expected {show(expected)}; got {show(got)}")
        self.got = got


class Lenient(Exception):
    """Not what was expected, but not against the RFC either."""


class Skip(Exception):
    """Cannot be tried with this server."""


@dataclasses.dataclass(frozen=True)
class Case:
    id: str
    title: str
    body: typing.Callable[[Server], None]

    def run(self, server):
        """The verdict and a sentence about it."""
        try:
            self.body(server)
            return PASS, ""
        except Lenient as note:
            return NON_STRICT, str(note)
        except Skip as note:
            return SKIPPED, str(note)
        except (Mismatch, Violation) as wrong:
            return FAIL, str(wrong)
        except TimeoutError:
            return FAIL, "the server did not answer in time"
        except (OSError, EOFError) as wrong:
            return FAIL, f"the connection ended: {wrong!r}"
        except UnicodeDecodeError as wrong:
            return FAIL, f"RFC 6455 §5.5.1: the server sent {wrong}"
        except Exception as wrong:  # the case itself is broken: never mistaken for a pass
            return FAIL, f"the case raised {wrong!r}"


def show(what):
    if isinstance(what, list) and len(what) > 8:
        return f"[{show(what[0])}, {show(what[1])}, ... {show(what[-2])}, {show(what[-1])}] ({len(what)} events)"
    if isinstance(what, list):
        return "[" + ", ".join(show(each) for each in what) + "]"
    if isinstance(what, tuple):
        return " ".join(show(each) for each in what)
    if isinstance(what, bytes):
        return f"{what[:24]!r}... ({len(what)} octets)" if len(what) > 32 else repr(what)
    return str(what)


def fits(got, expected):
    """A close frame may say why in words of its own."""
    return got[:2] == expected[:2] if expected[0] == "close" and len(expected) == 2 else got == expected


def fit(got, expected):
    return len(got) == len(expected) and all(map(fits, got, expected))


def gather(peer, within=None):
    """All events up to the end of the stream, or up to silence."""
    events = []
    while not events or events[-1] not in (END, SILENCE):
        events.append(peer.next(within))
    return events


def expect(peer, *events):
    """The next events are these."""
    got = []
    for event in events:
        got.append(peer.next())
        if not fits(got[-1], event):
            raise Mismatch(list(events), got)


def expect_end(peer, *events):
    """These events, a close frame last, and then the server closes the connection."""
    got = gather(peer)
    wanted = [*events, END]
    if fit(got, wanted):
        return
    said = got[:-1]
    if got[-1] == END and len(said) < len(events) and all(any(fits(g, e) for e in events) for g in said):
        missing = "no close frame" if not said or said[-1][0] != "close" else "an answer is missing"
        raise Lenient(f"{missing}: expected {show(wanted)}; got {show(got)}")
    raise Mismatch(wanted, got)


def expect_handshake(peer, code=1000, reason=b""):
    """The closing handshake: our close frame, theirs, the end of the stream."""
    peer.send(close(code, reason))
    got = gather(peer)
    if not fit(got, [("close", code), END]):
        raise Mismatch([("close", code), END], got)


def joined(sent):
    return sent if isinstance(sent, (bytes, bytearray)) else b"".join(sent)


def converse(peer, sent, events, chop=0):
    """Sends frames and expects `events`. When a close frame is the last of them the server ends the connection,
    otherwise the case does."""
    peer.send(joined(sent), chop)
    if events and events[-1][0] == "close":
        expect_end(peer, *events)
    else:
        expect(peer, *events)
        expect_handshake(peer)


def talk(sent, *events, chop=0):
    """As `converse`, with a peer of its own."""
    def body(server):
        with server.connect() as peer:
            converse(peer, sent, events, chop)
    return body


def tolerated(body, kinds, note):
    """As `body`, but when the server answers with one of these kinds instead, that is not against the RFC."""
    def lenient(server):
        try:
            body(server)
        except Mismatch as wrong:
            if wrong.got and (wrong.got[0][0] in kinds or wrong.got[0][:2] in kinds):
                raise Lenient(f"{note}: {wrong}") from None
            raise
    return lenient


def hasty(start, rest, *events):
    """As `talk`, but `start` alone must bring the end about: `rest` is sent only if it did not."""
    def body(server):
        with server.connect() as peer:
            peer.send(joined(start))
            first = peer.next(server.haste)
            if first != SILENCE:
                got = [first] if first == END else [first, *gather(peer)]
                if fit(got, [*events, END]):
                    return
                if got == [END]:
                    raise Lenient("no close frame")
                raise Mismatch([*events, END], got)
            peer.send(joined(rest))
            expect_end(peer, *events)
            raise Lenient("not before the rest of the message was sent")
    return body


def refused(code):
    return ("close", code)


def numbered(prefix, *cases):
    """Cases from (title, body) pairs, with ids that count."""
    return [Case(f"{prefix}.{i}", title, body) for i, (title, body) in enumerate(cases, 1)]
