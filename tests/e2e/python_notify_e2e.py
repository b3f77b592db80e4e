#!/usr/bin/python3
"""What a service manager hears of a server: sd_notify(3)."""

import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import unittest

DEADLINE = 10 * float(os.environ.get("WEBSOCK_E2E_SLOW", "1"))


class Notified(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = str(pathlib.Path(self.folder.name, "notify"))
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.manager.close)
        self.manager.bind(self.path)
        self.manager.settimeout(DEADLINE)

    def start(self, **more):
        server = subprocess.Popen([os.environ["WEBSOCK_ECHO"], "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  env={**os.environ, "NOTIFY_SOCKET": self.path, **more}, text=True)
        self.addCleanup(server.communicate)
        self.addCleanup(server.kill)
        return server

    def hears(self):
        return self.manager.recv(4096).decode()

    def test_ready_and_stopping(self):
        server = self.start()
        self.assertEqual(self.hears(), "READY=1")
        server.send_signal(signal.SIGTERM)
        self.assertEqual(self.hears(), "STOPPING=1")
        self.assertEqual(server.wait(DEADLINE), 0)

    def test_signs_of_life_until_it_stands_still(self):
        server = self.start(WATCHDOG_USEC="100000")
        heard = [self.hears() for _ in range(10)]
        self.assertEqual(sorted(set(heard)), ["READY=1", "WATCHDOG=1"])
        server.send_signal(signal.SIGSTOP)
        os.waitpid(server.pid, os.WUNTRACED)
        self.manager.setblocking(False)
        with self.assertRaises(BlockingIOError):
            while True:  # what it has said before
                self.hears()
        self.manager.settimeout(DEADLINE)
        server.send_signal(signal.SIGCONT)
        self.assertEqual(self.hears(), "WATCHDOG=1")
        server.send_signal(signal.SIGTERM)
        while self.hears() != "STOPPING=1":
            pass
        self.assertEqual(server.wait(DEADLINE), 0)


if __name__ == "__main__":
    unittest.main()
