"""permessage-deflate as its client sees it, RFC 7692: what was agreed, and messages in and out of it."""

import zlib

from case import Lenient, Skip
from wire import Violation

NAME = "permessage-deflate"
TAIL = b"\x00\x00\xff\xff"
FLAGS = ("server_no_context_takeover", "client_no_context_takeover")
BITS = ("server_max_window_bits", "client_max_window_bits")


def parameters(text):
    """Name to value, None for a parameter without one."""
    name, *rest = [part.strip() for part in text.split(";")]
    if name != NAME:
        raise Violation(f"an extension that was not offered: {name}")
    found = {}
    for part in rest:
        key, equals, value = part.partition("=")
        if key in found or key not in FLAGS + BITS:
            raise Violation(f"RFC 7692 §7.1: parameter {part!r} in the response")
        found[key] = value.strip('"') if equals else None
    return found


def check(offered, agreed):
    """RFC 7692 §7.1: what a response may say to an offer."""
    for key, value in agreed.items():
        if key in FLAGS and value is not None or key in BITS and (value is None or not 8 <= int(value) <= 15):
            raise Violation(f"RFC 7692 §7.1: {key}={value} in the response")
    if "server_no_context_takeover" in offered and "server_no_context_takeover" not in agreed:
        raise Violation("RFC 7692 §7.1.1.1: server_no_context_takeover is missing in the response")
    asked = offered.get("server_max_window_bits")
    if asked and int(agreed.get("server_max_window_bits") or 15) > int(asked):
        raise Violation("RFC 7692 §7.1.2.1: a larger server window than was asked for")
    if "client_max_window_bits" in agreed and "client_max_window_bits" not in offered:
        raise Violation("RFC 7692 §7.1.2.2: client_max_window_bits was not offered")
    most = int(offered.get("client_max_window_bits") or 15)
    if int(agreed.get("client_max_window_bits") or 15) > 15 or \
            (agreed.get("client_max_window_bits") and int(agreed["client_max_window_bits"]) > most):
        raise Violation("RFC 7692 §7.1.2.2: a larger client window than was offered")


class Codec:
    """Both directions of one connection, within what was agreed and not one octet beyond."""

    def __init__(self, offered, agreed):
        bits = agreed.get("client_max_window_bits") or offered.get("client_max_window_bits") or 15
        self.client_bits = max(9, int(bits))
        self.server_bits = int(agreed.get("server_max_window_bits") or 15)
        self.client_resets = any("client_no_context_takeover" in each for each in (agreed, offered))
        self.server_resets = "server_no_context_takeover" in agreed
        self.out = self.into = None

    def compress(self, payload, level=6):
        if self.out is None or self.client_resets:
            self.out = zlib.compressobj(level, zlib.DEFLATED, -self.client_bits)
        data = self.out.compress(payload) + self.out.flush(zlib.Z_SYNC_FLUSH)
        return data[:-4]

    def inflate(self, payload):
        if self.into is None or self.server_resets or self.into.eof:
            self.into = zlib.decompressobj(-self.server_bits)
        try:
            return self.into.decompress(payload + TAIL)
        except zlib.error as wrong:
            raise Violation(f"RFC 7692 §7.2.2: what the server compressed cannot be inflated: {wrong}") from None


def connect(server, offer=NAME):
    """A peer with `codec`; `offer` is one extension with its parameters."""
    peer = server.connect([f"Sec-WebSocket-Extensions: {offer}"])
    try:
        answer = peer.response.header("Sec-WebSocket-Extensions")
        if answer is None:
            raise Skip("no permessage-deflate here") if offer == NAME else declined(server, offer)
        offered, agreed = parameters(offer), parameters(answer)
        check(offered, agreed)
        peer.codec = Codec(offered, agreed)
        peer.inflate = peer.codec.inflate
        peer.agreed = agreed
        return peer
    except BaseException:
        peer.socket.close()
        raise


def declined(server, offer):
    with connect(server):  # skips if there is no compression at all
        return Lenient(f"the offer {offer!r} is declined")


def is_declined(server, offer):
    """Whether this offer is, and not every one."""
    try:
        connect(server, offer).socket.close()
    except Lenient:
        return True
    return False


def finished(payload, bits=15):
    """Compressed in blocks of which the last one has BFINAL set, RFC 7692 §7.2.3.4."""
    out = zlib.compressobj(6, zlib.DEFLATED, -bits)
    return out.compress(payload) + out.flush(zlib.Z_FINISH)


def zeros(size):
    """A message of `size` zeros, compressed without holding them."""
    out = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = bytes(min(size, 1 << 20))
    parts = [out.compress(piece[:min(len(piece), size - at)]) for at in range(0, size, len(piece))]
    return (b"".join(parts) + out.flush(zlib.Z_SYNC_FLUSH))[:-4]
