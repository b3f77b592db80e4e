#!/usr/bin/python3
"""The configurations of docs/deployment.md, with Debian's nginx, HAProxy and systemd."""

import asyncio
import contextlib
import os
import pathlib
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
import unittest

import websockets

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "deployment.md"
SLOW = float(os.environ.get("WEBSOCK_E2E_SLOW", "1"))
DEADLINE = 15 * SLOW
os.environ["PATH"] += ":/usr/sbin:/sbin"


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE.read_text(), re.DOTALL | re.MULTILINE)


def replaced(text, *pairs):
    for old, new in pairs:
        if old not in text:
            raise AssertionError(f"{PAGE.name} has no {old!r} any more")
        text = text.replace(old, new)
    return text


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


@contextlib.contextmanager
def program(*command, ready=None, **how):
    """Runs until the block ends; `ready` is a port that it listens on by then."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **how)
    try:
        end = time.monotonic() + DEADLINE
        while ready and process.poll() is None and time.monotonic() < end:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", ready), timeout=1):
                break
            time.sleep(0.05)
        if process.poll() is not None:
            raise AssertionError(f"{command[0]} has ended: {process.stdout.read()}")
        yield process
    finally:
        process.terminate()
        try:
            process.communicate(timeout=DEADLINE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


@contextlib.contextmanager
def echo(*arguments):
    with program(os.environ["WEBSOCK_ECHO"], "--port", "0", *arguments) as process:
        yield int(re.search(r":(\d+)/", process.stdout.readline())[1])


class Deployment(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.certificate, self.key = self.folder / "chat.pem", self.folder / "chat.key"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-days", "2", "-subj", "/CN=chat", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
                        self.key, "-out", self.certificate], check=True, capture_output=True)

    def enterContext(self, context):  # of Python 3.11 and later
        entered = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        return entered

    def trust(self):
        return ssl.create_default_context(cafile=str(self.certificate))

    def talk_through(self, port):
        """A page of the proxy's own address, a large message, and a close with its code."""
        async def talk():
            async with websockets.connect(f"wss://127.0.0.1:{port}/", ssl=self.trust(), max_size=None,
                                          origin=f"https://127.0.0.1:{port}", open_timeout=DEADLINE) as client:
                for message in ("hello", "x" * 1_000_000, b"\0" * 70_000):
                    await client.send(message)
                    self.assertEqual(await asyncio.wait_for(client.recv(), DEADLINE), message)
                await client.close(3000)
                self.assertEqual(client.close_code, 3000)
            with self.assertRaises(websockets.exceptions.InvalidStatusCode) as foreign:
                await websockets.connect(f"wss://127.0.0.1:{port}/", ssl=self.trust(), origin="https://evil.example")
            self.assertEqual(foreign.exception.status_code, 403)
        asyncio.run(talk())

    def test_nginx(self):
        port = free_port()
        with echo() as behind:
            site = replaced(blocks("nginx")[0], ("127.0.0.1:4000", f"127.0.0.1:{behind}"),
                            ("listen 443", f"listen 127.0.0.1:{port}"), ("/etc/ssl/chat.pem", str(self.certificate)),
                            ("/etc/ssl/chat.key", str(self.key)))
            paths = "".join(f"{name}_temp_path {self.folder}/{name};\n"
                            for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
            configuration = self.folder / "nginx.conf"
            configuration.write_text(f"daemon off; pid {self.folder}/pid; error_log stderr;\n"
                                     "events { worker_connections 100; }\n"
                                     f"http {{ access_log off;\n{paths}{site}}}\n")
            user = ["-g", "user root;"] if os.getuid() == 0 else []
            with program("nginx", "-e", "stderr", "-c", str(configuration), *user, ready=port):
                self.talk_through(port)

    def test_haproxy(self):
        port = free_port()
        combined = self.folder / "combined.pem"
        combined.write_text(self.certificate.read_text() + self.key.read_text())
        with echo("--proxy-protocol") as behind:
            configuration = self.folder / "haproxy.cfg"
            configuration.write_text(replaced(
                blocks("haproxy")[0], ("bind :443", f"bind 127.0.0.1:{port}"),
                ("/etc/ssl/chat.combined.pem", str(combined)), ("127.0.0.1:4000", f"127.0.0.1:{behind}"),
                ("maxconn 40000", "maxconn 100"), ("check check", "check inter 20ms fall 1 check")))
            checked = subprocess.run(["haproxy", "-c", "-f", configuration], capture_output=True, text=True)
            self.assertEqual(checked.returncode, 0, checked.stderr)
            self.assertNotIn("WARNING", checked.stderr)
            with program("haproxy", "-f", str(configuration), ready=port) as proxy:
                for _ in range(5):  # one check that fails would take the server out
                    self.talk_through(port)
                self.assertIsNone(proxy.poll())

    def test_systemd_takes_the_units_as_they_are(self):
        for text in blocks("ini"):
            name = re.match(r"# /etc/systemd/system/(\S+)", text)[1]
            text = text.replace("/usr/local/bin/chat", os.environ["WEBSOCK_ECHO"])
            (self.folder / name).write_text(text)
        verified = subprocess.run(["systemd-analyze", "verify", "--man=no", self.folder / "chat.service",
                                   self.folder / "chat.socket"], capture_output=True, text=True)
        about_ours = [line for line in verified.stderr.splitlines() if "chat." in line]
        self.assertEqual(about_ours, [])

    def test_a_socket_of_systemd_starts_the_server_when_somebody_comes(self):
        port = free_port()
        with program("systemd-socket-activate", "-l", f"127.0.0.1:{port}", os.environ["WEBSOCK_ECHO"], "--port", "1"):
            async def talk():
                for _ in range(100):
                    try:
                        async with websockets.connect(f"ws://127.0.0.1:{port}/", open_timeout=DEADLINE) as client:
                            await client.send("hello")
                            return await asyncio.wait_for(client.recv(), DEADLINE)
                    except ConnectionRefusedError:
                        await asyncio.sleep(0.05)
            self.assertEqual(asyncio.run(talk()), "hello")


if __name__ == "__main__":
    for needed in ("nginx", "haproxy", "systemd-analyze", "systemd-socket-activate"):
        if not shutil.which(needed):
            raise SystemExit(f"{needed} is missing: scripts/setup test")
    unittest.main()
