#!/usr/bin/python3
"""The servers against another independent client: python3-websockets."""

import asyncio
import json
import os
import re
import subprocess
import threading
import unittest
import urllib.error
import urllib.request

import websockets
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory

DEADLINE = 10 * float(os.environ.get("WEBSOCK_E2E_SLOW", "1"))


class ServerProcess:
    def __init__(self, variable, *flags):
        path = os.environ.get(variable)
        if not path:
            raise AssertionError(f"{variable} has to name the server binary")
        self.process = subprocess.Popen([path, "--port", "0", *flags], stdout=subprocess.PIPE, text=True)
        self.found = threading.Event()
        self.ws = None
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        self.found.wait(DEADLINE)
        if self.ws is None:
            self.process.kill()
            self.process.wait()
            raise AssertionError("the server did not print its address in time")

    def _read(self):
        for line in self.process.stdout:
            match = re.search(r"(?:http|ws)://([\w.-]+:\d+)", line)
            if match and self.ws is None:
                self.ws = "ws://" + match.group(1)
                self.found.set()
        self.found.set()

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        try:
            status = self.process.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError("the server did not end after SIGTERM") from None
        finally:
            self.reader.join(DEADLINE)
            self.process.stdout.close()
        if status != 0:
            raise AssertionError(f"the server ended with status {status}")


def within(awaitable):
    return asyncio.wait_for(awaitable, DEADLINE)


def connect(url, **options):
    options.setdefault("open_timeout", DEADLINE)
    options.setdefault("close_timeout", DEADLINE)
    options.setdefault("ping_interval", None)
    return websockets.connect(url, **options)


class Echo(unittest.IsolatedAsyncioTestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = ServerProcess("WEBSOCK_ECHO")
        cls.url = cls.server.ws + "/"

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    async def echoes(self, socket, message):
        await within(socket.send(message))
        self.assertEqual(await within(socket.recv()), message)

    async def test_text_and_binary(self):
        async with connect(self.url) as socket:
            for message in ["hello", "", "Grüße 漢字 🐌", b"\x00\xff", b""]:
                await self.echoes(socket, message)

    async def test_one_mebibyte(self):
        async with connect(self.url, max_size=2**21) as socket:
            await self.echoes(socket, bytes(range(256)) * 4096)
            await self.echoes(socket, "0123456789abcdef" * 65536)

    async def test_fragments(self):
        async def text():
            for part in ["one ", "", "zwö ", "three"]:
                yield part

        async def binary():
            for part in [b"\x01" * 1000, b"\x02" * 70000, b"\x03"]:
                yield part

        async with connect(self.url) as socket:
            await within(socket.send(text()))
            self.assertEqual(await within(socket.recv()), "one zwö three")
            await within(socket.send(binary()))
            self.assertEqual(await within(socket.recv()), b"\x01" * 1000 + b"\x02" * 70000 + b"\x03")

    async def test_ping(self):
        async with connect(self.url) as socket:
            for payload in [b"", b"are you there?", b"x" * 125]:
                pong = await within(socket.ping(payload))
                await within(pong)

    async def test_offered_compression_is_declined_without_the_flag(self):
        async with connect(self.url, compression="deflate") as socket:
            self.assertEqual(socket.extensions, [])
            await self.echoes(socket, "plain " * 100)

    async def test_client_closes(self):
        for code in [1000, 3001]:
            socket = await connect(self.url)
            await within(socket.close(code, "bye"))
            self.assertEqual(socket.close_code, code)

    async def test_many_in_order(self):
        async with connect(self.url) as socket:
            for number in range(100):
                await within(socket.send(str(number)))
            for number in range(100):
                self.assertEqual(await within(socket.recv()), str(number))


class Compressed(unittest.IsolatedAsyncioTestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = ServerProcess("WEBSOCK_ECHO", "--compress")
        cls.url = cls.server.ws + "/"

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    async def exchange(self, socket):
        for size in [0, 1, 63, 64, 1000, 65535, 65536, 2**20]:
            text = "".join(f'{{"id": {n * 7919 % 10007}}},' for n in range(size // 10 + 1))[:size]
            for message in [text, os.urandom(size)]:
                await within(socket.send(message))
                self.assertTrue(await within(socket.recv()) == message, f"{size} bytes")

    async def test_what_is_offered_by_default(self):
        async with connect(self.url, compression="deflate", max_size=2**21) as socket:
            self.assertEqual([each.name for each in socket.extensions], ["permessage-deflate"])
            await self.exchange(socket)

    async def test_every_parameter(self):
        for server_alone in [False, True]:
            for client_alone in [False, True]:
                for bits in [None, 9, 10, 15]:
                    with self.subTest(server_alone=server_alone, client_alone=client_alone, bits=bits):
                        offer = ClientPerMessageDeflateFactory(
                            server_no_context_takeover=server_alone,
                            client_no_context_takeover=client_alone,
                            server_max_window_bits=bits,
                            client_max_window_bits=bits or True,
                        )
                        async with connect(
                            self.url, compression=None, extensions=[offer], max_size=2**21
                        ) as socket:
                            (agreed,) = socket.extensions
                            self.assertEqual(agreed.local_no_context_takeover, client_alone)
                            self.assertEqual(agreed.remote_no_context_takeover, server_alone)
                            self.assertEqual(agreed.local_max_window_bits, bits or 15)
                            self.assertEqual(agreed.remote_max_window_bits, bits or 15)
                            await self.exchange(socket)

    async def test_fragments(self):
        async def parts():
            for part in ["one ", "", "zwö " * 1000, "three"]:
                yield part

        async with connect(self.url, compression="deflate") as socket:
            for _ in range(3):
                await within(socket.send(parts()))
                self.assertEqual(await within(socket.recv()), "one " + "zwö " * 1000 + "three")


class Chat(unittest.IsolatedAsyncioTestCase):
    """Somebody with a name and its token, who speaks the protocol of channels."""

    @classmethod
    def setUpClass(cls):
        cls.server = ServerProcess("WEBSOCK_CHAT")
        cls.token = json.loads(cls.register({"name": "py"}).read())["token"]
        cls.url = cls.server.ws + "/socket/websocket?vsn=2.0.0&token=" + cls.token

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    @classmethod
    def register(cls, body):
        url = cls.server.ws.replace("ws:", "http:", 1) + "/names"
        return urllib.request.urlopen(url, data=json.dumps(body).encode(), timeout=DEADLINE)

    async def ask(self, socket, event, payload):
        await within(socket.send(json.dumps(["1", event, "room:snakes", event, payload])))
        while True:
            frame = json.loads(await within(socket.recv()))
            if frame[1] == event:
                return frame[4]

    async def test_a_line_is_said(self):
        async with connect(self.url) as socket:
            self.assertEqual((await self.ask(socket, "phx_join", {}))["response"]["name"], "py")
            said = await self.ask(socket, "line", {"id": "one", "text": "hisss"})
            self.assertEqual(said["response"]["number"], 1)

    async def test_malformed_octets_end_the_connection(self):
        async with connect(self.url) as socket:
            await within(socket.send(b"\x07 is no kind of message"))
            with self.assertRaises(websockets.ConnectionClosed):
                while True:
                    await within(socket.recv())
            self.assertEqual(socket.close_code, 1011)

    async def test_client_closes(self):
        socket = await connect(self.url)
        await within(socket.close(1000, "bye"))
        self.assertEqual(socket.close_code, 1000)

    async def test_names_and_tokens_are_refused(self):
        for name, status in [("", 422), ("n" * 31, 422), (7, 400), ("py", 409)]:
            with self.assertRaises(urllib.error.HTTPError) as refused:
                self.register({"name": name})
            self.assertEqual(refused.exception.code, status, name)
        for token in ["", self.token[:-1]]:
            with self.assertRaises(websockets.InvalidStatusCode) as refused:
                await connect(self.server.ws + "/socket/websocket?vsn=2.0.0&token=" + token)
            self.assertEqual(refused.exception.status_code, 403, token)


if __name__ == "__main__":
    unittest.main()
