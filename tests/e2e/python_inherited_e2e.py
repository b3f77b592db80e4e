#!/usr/bin/python3
"""A server on sockets that somebody else opened, as a service manager does: sd_listen_fds(3)."""

import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import unittest

DEADLINE = 10 * float(os.environ.get("WEBSOCK_E2E_SLOW", "1"))
REQUEST = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"


def start(listener, count="1"):
    """The echo server, with `listener` as descriptor 3, and LISTEN_PID its own."""
    # $$ of the shell is the process that exec makes the server of.
    command = f'export LISTEN_PID=$$ LISTEN_FDS={count}; exec "$0" --port 1 3<&{listener.fileno()}'
    return subprocess.Popen(["bash", "-c", command, os.environ["WEBSOCK_ECHO"]], pass_fds=[listener.fileno()],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ask(family, address):
    with socket.socket(family) as client:
        client.settimeout(DEADLINE)
        client.connect(address)
        client.sendall(REQUEST)
        answer = b""
        while piece := client.recv(4096):
            answer += piece
        return answer


class Inherited(unittest.TestCase):
    def end(self, server):
        server.send_signal(signal.SIGTERM)
        _, errors = server.communicate(timeout=DEADLINE)
        self.assertEqual(server.returncode, 0)
        self.assertRegex(errors, r"\Ainfo: server on [^\n]*\n\Z")

    def test_a_tcp_socket_is_served_and_outlives_the_server(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            address = listener.getsockname()
            for _ in range(2):
                server = start(listener)
                self.assertIn(f"ws://127.0.0.1:{address[1]}/", server.stdout.readline())
                self.assertTrue(ask(socket.AF_INET, address).startswith(b"HTTP/1.1 426 "))
                self.end(server)

    def test_clients_that_came_before_the_server_are_served(self):
        with socket.create_server(("127.0.0.1", 0)) as listener, socket.socket() as early:
            early.settimeout(DEADLINE)
            early.connect(listener.getsockname())
            early.sendall(REQUEST)
            server = start(listener)
            self.assertTrue(early.recv(4096).startswith(b"HTTP/1.1 426 "))
            self.end(server)

    def test_a_unix_socket_keeps_its_file(self):
        with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listener:
            path = pathlib.Path(folder, "s")
            listener.bind(str(path))
            listener.listen()
            server = start(listener)
            self.assertIn("+unix://", server.stdout.readline())
            self.assertTrue(ask(socket.AF_UNIX, str(path)).startswith(b"HTTP/1.1 426 "))
            self.end(server)
            self.assertTrue(path.exists())

    def test_a_socket_that_is_not_there_is_an_error(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            server = start(listener, count="40")
            _, errors = server.communicate(timeout=DEADLINE)
            self.assertEqual(server.returncode, 1)
            self.assertIn("LISTEN_FDS: descriptor", errors)


if __name__ == "__main__":
    unittest.main()
