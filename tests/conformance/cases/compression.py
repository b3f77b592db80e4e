"""12: compressed messages with every set of parameters. RFC 7692 §7."""

import itertools
import json

from case import Lenient, Mismatch, expect, expect_handshake, numbered
from deflate import NAME, connect, is_declined
from wire import BINARY, TEXT, frame

SIZES = (16, 64, 256, 1024, 4096, 8192, 16384, 32768, 65536, 131072)


def sample(size, number=0):
    """Text that compresses as much as text does, a little different each time."""
    line = json.dumps({"id": number, "user": f"user{number % 7}", "text": f"message {number} of many " * 2})
    return (line * (size // len(line) + 1))[:size].encode()


def exchange(offer, sizes, rounds=1, opcode=TEXT):
    kind = "text" if opcode == TEXT else "binary"

    def body(server):
        with connect(server, offer) as peer:
            for number, size in enumerate(list(sizes) * rounds):
                payload = sample(size, number)
                peer.send(frame(opcode, peer.codec.compress(payload), rsv=4))
                expect(peer, (kind, payload))
            expect_handshake(peer)
    return body


def smallest_window(server):
    """RFC 7692 §7.1.2.1 has windows of 2^8; zlib has no such compressor, so that declining is right, too."""
    offer = f"{NAME}; server_max_window_bits=8"
    if not is_declined(server, offer):
        exchange(offer, SIZES[:7], 2)(server)


def offers():
    takeovers = ("", "; server_no_context_takeover")
    server_bits = ("", *(f"; server_max_window_bits={bits}" for bits in (9, 12, 15)))
    client_bits = ("", "; client_max_window_bits", *(f"; client_max_window_bits={bits}" for bits in (9, 12, 15)))
    for of_server, of_client, ours, yours in itertools.product(
            takeovers, ("", "; client_no_context_takeover"), server_bits, client_bits):
        yield NAME + of_server + of_client + ours + yours
    for bits in (8, 10, 11, 13, 14):
        if bits > 8:
            yield f"{NAME}; server_max_window_bits={bits}"
        yield f"{NAME}; client_max_window_bits={bits}"
    yield f'{NAME}; server_max_window_bits="10"'
    yield f"{NAME}; client_max_window_bits=10; server_max_window_bits=10"


def negotiated(add, expected, may_refuse=False):
    """`expected`: whether an extension is agreed on."""
    def body(server):
        connect(server).socket.close()  # skips if there is no compression at all
        with server.raw() as peer:
            peer.send(("\r\n".join([*server.request(), *add]) + "\r\n\r\n").encode())
            response = peer.read_response()
            agreed = response.header("Sec-WebSocket-Extensions")
            if response.status != 101 and may_refuse:
                raise Lenient(f"the handshake is refused with {response.status}")
            if response.status != 101:
                raise Mismatch(["status 101"], [f"status {response.status}"])
            if (agreed is not None) != expected:
                raise Mismatch(["agreed" if expected else "declined"], [str(agreed)])
            if agreed and agreed.count(NAME) != 1:
                raise Mismatch([f"{NAME} once"], [agreed])
    return body


def negotiation():
    line = "Sec-WebSocket-Extensions: "
    yield "no offer, no extension", negotiated([], False)
    for wrong in ("unknown", "unknown=1", "server_max_window_bits", "server_max_window_bits=7",
                  "server_max_window_bits=16", "server_max_window_bits=0", "server_max_window_bits=-9",
                  "server_max_window_bits=010", "server_max_window_bits=9x", "server_max_window_bits=99999999999",
                  "client_max_window_bits=7", "client_max_window_bits=16", "client_max_window_bits=x",
                  "server_no_context_takeover=1", "client_no_context_takeover=true",
                  "server_no_context_takeover; server_no_context_takeover",
                  "client_no_context_takeover; client_no_context_takeover",
                  "server_max_window_bits=10; server_max_window_bits=10",
                  "client_max_window_bits; client_max_window_bits=12"):
        yield f"the parameters {wrong!r} are declined", negotiated(
            [f"{line}{NAME}; {wrong}"], False, may_refuse=True)
    for broken in (f"{NAME};", f"{NAME}; =", f"{NAME}; server_max_window_bits=", f'{NAME}; server_max_window_bits="10',
                   f"{NAME} server_no_context_takeover"):
        yield f"the malformed offer {broken!r} is declined", negotiated([line + broken], False, may_refuse=True)
    yield "the second offer is taken when the first cannot be", negotiated(
        [f"{line}{NAME}; unknown, {NAME}"], True, may_refuse=True)
    yield "an offer behind an unknown extension is taken", negotiated([f"{line}x-unknown; a=1, {NAME}"], True)
    yield "an offer in a second header is taken", negotiated([f"{line}x-unknown", line + NAME], True)
    yield "two good offers, one answer", negotiated([f"{line}{NAME}; server_no_context_takeover, {NAME}"], True)
    yield "another name is declined", negotiated([f"{line}permessage-bzip2"], False)


def cases():
    yield from numbered("12.1", *[
        (f"messages of many sizes: {offer[len(NAME):].strip('; ') or 'no parameters'}",
         exchange(offer, SIZES[:7], 2)) for offer in offers()],
        ("server_max_window_bits=8 is kept to, or declined", smallest_window))
    for group, (name, offer) in enumerate((
            ("with context", NAME),
            ("without context", f"{NAME}; server_no_context_takeover; client_no_context_takeover")), 2):
        yield from numbered(f"12.{group}", *[
            (f"{kind} messages of {size} octets, {name}",
             exchange(offer, [size], min(500, max(16, (2 << 20) // size)), opcode))
            for opcode, kind in ((TEXT, "text"), (BINARY, "binary")) for size in SIZES])
    yield from numbered("12.4", *negotiation())
