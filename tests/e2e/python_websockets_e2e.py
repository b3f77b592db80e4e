#!/usr/bin/python3
"""The servers against another independent client: python3-websockets."""

import asyncio
import os
import re
import ssl
import subprocess
import tempfile
import threading
import unittest

import websockets

DEADLINE = 10 * float(os.environ.get("WEBSOCK_E2E_SLOW", "1"))


class ServerProcess:
    def __init__(self, variable, *arguments):
        path = os.environ.get(variable)
        if not path:
            raise AssertionError(f"{variable} has to name the server binary")
        self.process = subprocess.Popen([path, "--port", "0", *arguments], stdout=subprocess.PIPE, text=True)
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
            match = re.search(r"(?:http|ws)(s?)://([\w.-]+:\d+)", line)
            if match and self.ws is None:
                self.ws = f"ws{match.group(1)}://{match.group(2)}"
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

    async def test_offered_compression_is_declined(self):
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


class SecureEcho(unittest.IsolatedAsyncioTestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        key, certificate = (os.path.join(cls.folder.name, name) for name in ("key", "certificate"))
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
             "-days", "1", "-subj", "/CN=server", "-addext", "subjectAltName=IP:127.0.0.1",
             "-keyout", key, "-out", certificate], check=True, capture_output=True, timeout=DEADLINE)
        cls.server = ServerProcess("WEBSOCK_ECHO", "--tls-cert", certificate, "--tls-key", key)
        cls.url = cls.server.ws + "/"
        cls.trusting = ssl.create_default_context(cafile=certificate)

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls.folder.cleanup()

    async def test_messages(self):
        self.assertTrue(self.url.startswith("wss://"))
        async with connect(self.url, ssl=self.trusting, max_size=2**23) as socket:
            for message in ["hello", b"", bytes(range(256)) * 16384]:
                await within(socket.send(message))
                self.assertEqual(await within(socket.recv()), message)

    async def test_who_trusts_nobody_does_not_connect(self):
        with self.assertRaises(ssl.SSLCertVerificationError):
            await connect(self.url, ssl=ssl.create_default_context())


class Chat(unittest.IsolatedAsyncioTestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = ServerProcess("WEBSOCK_CHAT")
        cls.url = cls.server.ws + "/chat/snakes?nick=py"

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    async def test_server_closes(self):
        async with connect(self.url) as socket:
            self.assertIn('"welcome"', await within(socket.recv()))
            await within(socket.send(b"binary is not for this chat"))
            with self.assertRaises(websockets.ConnectionClosed):
                while True:
                    await within(socket.recv())
            self.assertEqual(socket.close_code, 1003)

    async def test_client_closes(self):
        socket = await connect(self.url)
        await within(socket.recv())
        await within(socket.close(1000, "bye"))
        self.assertEqual(socket.close_code, 1000)

    async def test_bad_names_are_refused(self):
        for path in ["/chat/snakes", "/chat/snakes?nick=", "/chat/snakes?nick=" + "n" * 25, "/chat/" + "r" * 41 + "?nick=py"]:
            with self.assertRaises(websockets.InvalidStatusCode) as refused:
                await connect(self.server.ws + path)
            self.assertEqual(refused.exception.status_code, 400, path)


if __name__ == "__main__":
    unittest.main()
