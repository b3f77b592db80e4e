#!/usr/bin/python3
"""The client against another independent server: python3-websockets."""

import asyncio
import os
import unittest

import websockets
from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory

DEADLINE = 10 * float(os.environ.get("WEBSOCK_E2E_SLOW", "1"))


def within(awaitable):
    return asyncio.wait_for(awaitable, DEADLINE)


class Talk:
    """The program with its standard streams."""

    def __init__(self, *arguments):
        self.arguments = arguments

    async def __aenter__(self):
        path = os.environ.get("WEBSOCK_TALK")
        if not path:
            raise AssertionError("WEBSOCK_TALK has to name the client binary")
        self.process = await asyncio.create_subprocess_exec(
            path,
            *self.arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=2**21,
        )
        return self

    async def __aexit__(self, *_):
        if self.process.returncode is None:
            self.process.kill()
        await self.process.communicate()

    async def exchange(self, test, line):
        self.process.stdin.write(line.encode() + b"\n")
        await within(self.process.stdin.drain())
        test.assertEqual((await within(self.process.stdout.readline())).decode(), line + "\n")

    async def end(self):
        self.process.stdin.close()
        return await within(self.process.wait())


class Echo(unittest.IsolatedAsyncioTestCase):
    async def serve(self, *arguments, **options):
        """An echo, and a client that has talked with it; what the server saw."""
        seen = {}

        async def echo(socket, path):
            seen.update(path=path, extensions=socket.extensions, subprotocol=socket.subprotocol)
            async for message in socket:
                await socket.send(message)
            seen["code"] = socket.close_code

        async with websockets.serve(echo, "127.0.0.1", 0, max_size=2**21, **options) as server:
            port = server.sockets[0].getsockname()[1]
            async with Talk(f"ws://127.0.0.1:{port}/feed?x=1", *arguments) as talk:
                for line in ["hello", "", "Grüße 漢字 🐌", "y" * 126, "0123456789" * 100_000, "hello"]:
                    await talk.exchange(self, line)
                self.assertEqual(await talk.end(), 0)
        self.assertEqual(seen["path"], "/feed?x=1")
        self.assertEqual(seen["code"], 1000)
        return seen

    async def test_without_compression(self):
        seen = await self.serve(compression="deflate")
        self.assertEqual(seen["extensions"], [])

    async def test_compression_declined(self):
        seen = await self.serve("--compress", compression=None)
        self.assertEqual(seen["extensions"], [])

    async def test_compression(self):
        seen = await self.serve("--compress", compression="deflate")
        self.assertEqual([each.name for each in seen["extensions"]], ["permessage-deflate"])

    async def test_compression_without_takeover_in_small_windows(self):
        factory = ServerPerMessageDeflateFactory(
            server_no_context_takeover=True,
            client_no_context_takeover=True,
            server_max_window_bits=9,
            client_max_window_bits=9,
        )
        seen = await self.serve("--compress", extensions=[factory], compression=None)
        self.assertEqual([each.name for each in seen["extensions"]], ["permessage-deflate"])

    async def test_subprotocol(self):
        seen = await self.serve("--subprotocol", "v2", "v1", subprotocols=["v1"])
        self.assertEqual(seen["subprotocol"], "v1")


if __name__ == "__main__":
    unittest.main()
