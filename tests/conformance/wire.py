"""Frames, and the peer that sends and reads them: literal bytes over a socket."""

import base64
import hashlib
import os
import socket
import ssl
import time

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
NAMES = {TEXT: "text", BINARY: "binary", CLOSE: "close", PING: "ping", PONG: "pong"}
KEY = bytes.fromhex("37fa213d")  # the example of RFC 6455 §5.7
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
END = ("end",)  # the server closed the TCP connection
SILENCE = ("silence",)  # nothing came within the deadline


class Violation(Exception):
    """The server broke the protocol in what it sent."""


def xor(payload, key):
    size = len(payload)
    mask = (key * (size // 4 + 1))[:size]
    return (int.from_bytes(payload, "little") ^ int.from_bytes(mask, "little")).to_bytes(size, "little")


def header(opcode, size, fin=1, rsv=0, key=KEY, width=None):
    """The header of a frame; `width` forces a length of 0, 2 or 8 further octets, `key` None leaves it unmasked."""
    if width is None:
        width = 0 if size < 126 else 2 if size < 65536 else 8
    field = {0: size, 2: 126, 8: 127}[width]
    out = bytes([fin << 7 | rsv << 4 | opcode, (0x80 if key else 0) | field])
    return out + (size.to_bytes(width, "big") if width else b"") + (key or b"")


def frame(opcode, payload=b"", fin=1, rsv=0, key=KEY, width=None):
    return header(opcode, len(payload), fin, rsv, key, width) + (xor(payload, key) if key else payload)


def text(payload=b"", **how):
    return frame(TEXT, payload, **how)


def ping(payload=b"", **how):
    return frame(PING, payload, **how)


def close(code=1000, reason=b"", **how):
    return frame(CLOSE, b"" if code is None else code.to_bytes(2, "big") + reason, **how)


def fragments(opcode, pieces, rsv=0):
    """One frame for each piece of a message."""
    last = len(pieces) - 1
    return [frame(opcode if i == 0 else CONTINUATION, piece, fin=int(i == last), rsv=rsv if i == 0 else 0)
            for i, piece in enumerate(pieces)]


def cut(payload, size):
    return [payload[at:at + size] for at in range(0, len(payload), size)] or [b""]


def request(path="/", host="localhost", key=None, extra=()):
    """The lines of a good opening handshake, for cases to spoil."""
    key = key or base64.b64encode(os.urandom(16)).decode()
    return [f"GET {path} HTTP/1.1", f"Host: {host}", "Upgrade: websocket", "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", *extra]


def octets(lines, end="\r\n"):
    return (end.join(lines) + end + end).encode("latin-1")


def accept_of(key):
    return base64.b64encode(hashlib.sha1(key.encode() + GUID).digest()).decode()


class Response:
    """The head of the server's answer."""

    def __init__(self, head):
        lines = head.decode("latin-1").split("\r\n")
        version, _, rest = lines[0].partition(" ")
        if version not in ("HTTP/1.1", "HTTP/1.0") or not rest[:3].isdigit():
            raise Violation(f"status line {lines[0]!r}")
        self.status = int(rest[:3])
        self.headers = [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines[1:])]

    def header(self, name):
        values = [value for given, value in self.headers if given == name.lower()]
        return ", ".join(values) if values else None


class Peer:
    """A client of which every octet is the case's. `inflate` makes messages of compressed ones. `tls` is a context, or
    None: there the octets are those inside."""

    def __init__(self, address, timeout, tls=None):
        self.timeout = timeout
        self.socket = socket.create_connection(address, timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_hostname=address[0])
        self.held = bytearray()
        self.inflate = None
        self.response = None
        self.partial = None  # of a message: its fragments, its opcode, whether it is compressed

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data, chop=0):
        """Sends what the server will still take; in pieces of `chop` octets, each on its way before the next."""
        try:
            if not chop:
                self.socket.settimeout(self.timeout)
                self.socket.sendall(data)
                return
            pause = len(data) <= 200 * chop
            for piece in cut(data, chop):
                self.socket.sendall(piece)
                if pause:
                    time.sleep(0.0002)
        except (BrokenPipeError, ConnectionResetError, ssl.SSLEOFError):
            pass  # what the server said before it closed can still be read

    def end_of_output(self):
        socket.socket.shutdown(self.socket, socket.SHUT_WR)  # of TCP: what comes can be read, with TLS too

    def read(self, count, within=None):
        """Exactly `count` octets; raises EOFError or TimeoutError."""
        deadline = time.monotonic() + (self.timeout if within is None else within)
        out = bytearray(count)
        have = min(count, len(self.held))
        out[:have] = self.held[:have]
        del self.held[:have]
        view = memoryview(out)
        while have < count:
            left = deadline - time.monotonic()
            if left <= 0:
                self.held[:0] = out[:have]
                raise TimeoutError
            self.socket.settimeout(left)
            if count - have > 65536:
                got = self.socket.recv_into(view[have:])
            else:
                piece = self.socket.recv(65536)
                got = min(len(piece), count - have)
                view[have:have + got] = piece[:got]
                self.held += piece[got:]
                if not piece:
                    raise EOFError
            if got == 0:
                raise EOFError
            have += got
        return bytes(out)

    def read_response(self):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self.read(1)
            if len(head) > 65536:
                raise Violation("a response head over 64 KiB")
        self.response = Response(head[:-4])
        return self.response

    def read_frame(self, within=None):
        first, second = self.read(2, within)
        size, opcode = second & 0x7F, first & 0x0F
        if second & 0x80:
            raise Violation("RFC 6455 §5.1: a masked frame from the server")
        if opcode not in (0, 1, 2, 8, 9, 10):
            raise Violation(f"RFC 6455 §5.2: reserved opcode {opcode}")
        if opcode >= 8 and (size > 125 or not first & 0x80):
            raise Violation("RFC 6455 §5.5: a control frame over 125 octets or in fragments")
        if size >= 126:
            width = 2 if size == 126 else 8
            size = int.from_bytes(self.read(width), "big")
            if size < (126 if width == 2 else 65536):
                raise Violation("RFC 6455 §5.2: a length that is not in its shortest form")
        return first >> 7, first >> 4 & 7, opcode, self.read(size) if size else b""

    def next(self, within=None):
        """The next event: (kind, payload), ("close", code, reason), END or SILENCE."""
        try:
            return self._next(within)
        except TimeoutError:
            return SILENCE
        except (EOFError, ConnectionResetError, BrokenPipeError):
            return END

    def _next(self, within):
        parts, kind, marked = self.partial or ([], None, 0)
        while True:
            fin, rsv, opcode, payload = self.read_frame(within)
            may_be_marked = self.inflate and opcode in (TEXT, BINARY)
            if rsv & ~(4 if may_be_marked else 0):
                raise Violation("RFC 6455 §5.2: a reserved bit without its extension")
            if opcode >= 8:
                self.partial = (parts, kind, marked)
                return self._control(opcode, payload)
            if (opcode == CONTINUATION) != bool(parts):
                raise Violation("RFC 6455 §5.4: fragments out of order")
            if opcode:
                kind, marked = opcode, rsv
            parts.append(payload)
            if fin:
                self.partial = None
                whole = b"".join(parts)
                return NAMES[kind], self.inflate(whole) if marked else whole

    @staticmethod
    def _control(opcode, payload):
        if opcode != CLOSE:
            return NAMES[opcode], payload
        if len(payload) == 1:
            raise Violation("RFC 6455 §5.5.1: a close frame with half a code")
        code = int.from_bytes(payload[:2], "big") if payload else None
        if code is not None and not (code in (1000, 1001, 1002, 1003) or 1007 <= code <= 1014 or 3000 <= code <= 4999):
            raise Violation(f"RFC 6455 §7.4: close code {code}")
        payload[2:].decode()
        return "close", code, payload[2:]


class Server:
    """Where the server under test is, and what may be asked of it."""

    def __init__(self, host, port, path="/", timeout=10.0, haste=1.0, max_message=None, tls=None):
        self.address, self.path = (host, port), path or "/"
        self.timeout, self.haste, self.max_message = timeout, haste, max_message
        self.tls = tls

    def raw(self):
        return Peer(self.address, self.timeout, self.tls)

    def request(self, path=None, **how):
        return request(path or self.path, "{}:{}".format(*self.address), **how)

    def connect(self, extra=(), path=None):
        """A peer behind a good handshake."""
        peer = self.raw()
        try:
            key = base64.b64encode(os.urandom(16)).decode()
            peer.send(octets(self.request(path, key=key, extra=extra)))
            response = peer.read_response()
            if response.status != 101:
                raise Violation(f"the handshake was answered with {response.status}")
            if response.header("Sec-WebSocket-Accept") != accept_of(key):
                raise Violation("RFC 6455 §4.2.2: wrong Sec-WebSocket-Accept")
            return peer
        except BaseException:
            peer.socket.close()
            raise
