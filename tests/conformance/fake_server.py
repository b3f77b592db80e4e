"""An echo server that is right in a few things, and wrong in one of them on demand."""

import contextlib
import socket
import threading

from wire import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, accept_of, frame, xor

FLAWS = ("changes an octet", "answers binary", "answers twice", "answers nothing", "answers late", "swaps pongs",
         "keeps pings", "masks", "long lengths", "marks frames", "wrong accept", "wrong close code", "no close frame",
         "keeps the connection open", "echoes invalid text", "fragments out of order",
         "closes with 1005")


class FakeServer:
    def __init__(self, flaw=None):
        self.flaw = flaw
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)  # wakes `accept`
        self.listener.close()

    def has(self, flaw):
        assert flaw in FLAWS
        return self.flaw == flaw

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=self.serve, args=(self.listener.accept()[0],), daemon=True).start()

    def serve(self, connection):
        with contextlib.suppress(OSError, EOFError), connection:
            stream = connection.makefile("rb")
            self.handshake(connection, stream)
            code = self.talk(connection, stream)
            if code and not self.has("no close frame"):
                code = 1003 if self.has("wrong close code") else 1005 if self.has("closes with 1005") else code
                connection.sendall(frame(CLOSE, code.to_bytes(2, "big"), key=None))
            if self.has("keeps the connection open"):
                stream.read()
            else:
                connection.shutdown(socket.SHUT_WR)
                stream.read()

    def handshake(self, connection, stream):
        key = ""
        while (line := stream.readline().strip()) != b"":
            name, _, value = line.decode().partition(":")
            if name == "Sec-WebSocket-Key":
                key = value.strip()
        accept = accept_of("another key" if self.has("wrong accept") else key)
        connection.sendall(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            f"Sec-WebSocket-Accept: {accept}\r\n\r\n").encode())

    @staticmethod
    def read(stream, count):
        got = stream.read(count)
        if len(got) < count:
            raise EOFError
        return got

    def talk(self, connection, stream):
        """Frames until the connection is to be closed; with which code."""
        message, kind = b"", None
        while True:
            first, second = self.read(stream, 2)
            opcode, size = first & 15, second & 127
            if first & 0x70 or opcode not in (0, 1, 2, 8, 9, 10):
                return 1002
            if size > 125:
                size = int.from_bytes(self.read(stream, 2 if size == 126 else 8), "big")
            key = self.read(stream, 4)
            payload = xor(self.read(stream, size), key)
            if opcode == CLOSE:
                return int.from_bytes(payload[:2], "big") or 1000
            if opcode == PING and not self.has("keeps pings"):
                connection.sendall(frame(PONG, payload[::-1] if self.has("swaps pongs") else payload, key=None))
            if opcode in (PING, PONG):
                continue
            if (opcode == CONTINUATION) != (kind is not None):
                return 1002
            kind = kind or opcode
            message += payload
            if kind == TEXT and (first & 0x80 or not self.has("answers late")):
                if not self.is_text(message, first & 0x80):
                    return 1007
            if first & 0x80:
                self.echo(connection, kind, message)
                message, kind = b"", None

    def is_text(self, message, is_whole):
        if self.has("echoes invalid text"):
            return True
        try:
            message.decode()
        except UnicodeDecodeError as wrong:
            return not is_whole and wrong.end == len(message) and wrong.reason == "unexpected end of data"
        return True

    def echo(self, connection, kind, message):
        if self.has("answers nothing"):
            return
        if self.has("changes an octet"):
            message = message[:-1] + b"!"
        if self.has("answers binary"):
            kind = BINARY
        how = {"key": b"\1\2\3\4" if self.has("masks") else None}
        if self.has("long lengths"):
            how["width"] = 2
        if self.has("marks frames"):
            how["rsv"] = 1
        if self.has("fragments out of order"):
            connection.sendall(frame(CONTINUATION, message, key=None))
        connection.sendall(frame(kind, message, **how) * (2 if self.has("answers twice") else 1))
