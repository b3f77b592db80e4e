"""Python's websockets: echo at / and a broadcast at /hub.

    websockets_server.py [--compress]
"""
import argparse
import asyncio
import resource

import websockets

hub = set()


async def serve_member(socket):
    hub.add(socket)
    try:
        async for message in socket:
            websockets.broadcast(hub, message)
    finally:
        hub.discard(socket)


async def serve_echo(socket):
    async for message in socket:
        await socket.send(message)


async def serve(socket, path):
    await (serve_member if path == "/hub" else serve_echo)(socket)


async def main(compress):
    compression = "deflate" if compress else None
    async with websockets.serve(serve, "127.0.0.1", 0, compression=compression, ping_interval=None,
                                max_size=None, backlog=4096) as server:
        port = server.sockets[0].getsockname()[1]
        print(f"ws://127.0.0.1:{port}/", flush=True)
        await asyncio.Future()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--compress", action="store_true")
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    asyncio.run(main(parser.parse_args().compress))
