#!/usr/bin/env python3
"""The cases against a server that is right, and against the same one with a flaw: each flaw must be seen."""

import socket
import sys
import unittest

import run
from case import FAIL, NON_STRICT, PASS
from fake_server import FLAWS, FakeServer
from wire import Server

# A flaw, a case that must see it, and as what.
SEEN = {
    "changes an octet": ("1.1.5", FAIL), "answers binary": ("1.1.5", FAIL), "answers twice": ("1.1.5", FAIL),
    "answers nothing": ("1.1.5", FAIL), "answers late": ("6.4.1", NON_STRICT), "swaps pongs": ("2.1.2", FAIL),
    "keeps pings": ("2.1.1", FAIL), "masks": ("1.1.5", FAIL), "long lengths": ("1.1.5", FAIL),
    "marks frames": ("1.1.5", FAIL), "wrong accept": ("1.1.1", FAIL), "wrong close code": ("3.1.1", FAIL),
    "no close frame": ("3.1.1", NON_STRICT), "keeps the connection open": ("7.1.3", FAIL),
    "echoes invalid text": ("6.3.1", FAIL), "fragments out of order": ("1.1.5", FAIL),
    "closes with 1005": ("3.1.1", FAIL)}


class Cases(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        everything = type("Options", (), {"section": None, "case": []})
        cls.cases = {case.id: case for _, case in run.chosen(everything)}
        cls.all = list(run.chosen(everything))

    def verdict(self, flaw, case):
        with FakeServer(flaw) as fake:
            server = Server("127.0.0.1", fake.port, timeout=1, haste=0.3)
            return self.cases[case].run(server)

    def test_ids_and_titles_are_given_once(self):
        self.assertEqual(len(self.cases), len(self.all))
        titles = [(case.id.rsplit(".", 1)[0], case.title) for _, case in self.all]
        self.assertEqual(sorted({each for each in titles if titles.count(each) > 1}), [])

    def test_a_server_without_flaw_passes(self):
        for case, _ in SEEN.values():
            self.assertEqual(self.verdict(None, case), (PASS, ""), case)

    def test_every_flaw_is_seen(self):
        self.assertEqual(set(SEEN), set(FLAWS))
        for flaw, (case, verdict) in SEEN.items():
            with self.subTest(flaw):
                got, note = self.verdict(flaw, case)
                self.assertEqual(got, verdict, f"{flaw}: {note}")
                self.assertTrue(note)

    def test_a_server_that_is_not_there_fails(self):
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))  # and does not listen
            server = Server(*nobody.getsockname(), timeout=1)
            self.assertEqual(self.cases["1.1.1"].run(server)[0], FAIL)


if __name__ == "__main__":
    sys.exit(unittest.main())
