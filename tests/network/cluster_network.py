#!/usr/bin/python3
"""A cluster on three hosts, two nodes of this library and one of Erlang, while nodes are killed and stopped, cables
cut, links slow, and strangers at the door. The nodes of this library have one reactor each.

    WEBSOCK_NETWORK_NODE=build/release/tests/network_node tests/network/cluster_network.py
"""
import contextlib
import os
import pathlib
import signal
import socket
import sys
import time
import unittest
from concurrent import futures

from certificates import Certificates
from namespaces import FOLDER, Network, enter, run
from nodes import DEADLINE, Node, SLOW, meet

HOSTS = ("a", "b", "e")
TICKTIME = round(2 * SLOW)  # seconds; shorter, a busy machine loses nodes that are well
NOTICED = 1.25 * TICKTIME + 1.0 * SLOW  # and what a busy machine takes until that is printed
STRANGE = 5 + 1.0 * SLOW
TIES = 1000
CUTS = 20
LARGE = 4 * 1024 * 1024  # octets
STRANGERS = 16
MUCH = 16 * 1024 * 1024  # octets, far more than a socket takes


def cplusplus(host, folder, certificates, network, reactor, *more):
    others = [f"{other}@{other}.test" for other in HOSTS if other != host]
    return Node(host, [os.environ["WEBSOCK_NETWORK_NODE"], "--name", f"{host}@{host}.test",
                       "--address", network.addresses[host], "--cookie-file", folder / "cookie",
                       "--net-ticktime", str(TICKTIME * 1000), *certificates.options(host), "--join", *others, *more],
                {"WEBSOCK_REACTOR": reactor} if reactor else None)


def erlang(host, folder, certificates):
    return Node(host, ["erl", "-noshell", "-start_epmd", "false", "-name", f"{host}@{host}.test",
                       "-setcookie", (folder / "cookie").read_text().strip(), "-pa", folder,
                       "-kernel", "net_ticktime", str(TICKTIME), "-kernel", "net_setuptime", "2",
                       *certificates.erlang_options(host), "-s", "network_peer"],
                {"ERL_EPMD_PORT": "4369", "HOME": str(folder)})


class Cluster(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = pathlib.Path(FOLDER)
        cls.network = Network(folder, HOSTS)
        certificates = cls.certificates = Certificates(folder, [*HOSTS, "stranger"])
        (folder / "cookie").write_text("a secret of this run\n".replace(" ", "-"))
        (folder / "cookie").chmod(0o600)
        run("erlc", "-o", str(folder), str(pathlib.Path(__file__).with_name("network_peer.erl")))
        for host in HOSTS:
            run("ip", "netns", "exec", host, "epmd", "-daemon")
        cls.a = cplusplus("a", folder, certificates, cls.network, "")
        cls.b = cplusplus("b", folder, certificates, cls.network, "epoll", "--older")
        cls.e = erlang("e", folder, certificates)
        cls.nodes = (cls.a, cls.b, cls.e)
        for node in cls.nodes:
            cls.addClassCleanup(node.process.kill)

    def setUp(self):
        self.joined()

    def joined(self):
        """Every node can speak with every other, and each knows the members of the group."""
        for node in self.nodes:
            self.until_members(node)
        how = meet(self.nodes)
        for node in self.nodes:
            node.forget()
        return how

    def until_members(self, node):
        wanted = sorted(other.name for other in self.nodes if other is not node)
        end = time.monotonic() + DEADLINE
        node.tell("members")
        while node.wait("members") != wanted:
            self.assertLess(time.monotonic(), end, f"{node.name} does not know all members")
            node.wait("joined")
            node.tell("members")

    def tearDown(self):
        outcome = self._outcome.result
        if any(test is self for test, _ in outcome.failures + outcome.errors):
            for node in self.nodes:
                print(f"-- {node.name}", *node.all_lines[-40:], sep="\n", file=sys.stderr)
        for node in self.nodes:
            for wrong in ("surplus", "disorder", "unknown"):
                self.assertFalse(node.has(wrong), f"{node.name}: {wrong}")

    def tie(self, who):
        """Links and monitors from and to all others."""
        pairs = [pair for other in self.others(who) for pair in ((who, other), (other, who))]
        for one, other in pairs:
            one.tell("tie", other.name, TIES)
        for one, other in pairs:
            one.wait("tied", other.name)
        meet(self.nodes)  # behind all links and monitors

    def until_lost(self, who, others, start):
        """Until the others have heard everything of it; returns how long that took each."""
        took = {}
        for node in others:
            ends = node.wait("broken", who.name)
            self.assertEqual([int(end) for end in ends], [TIES, TIES, 0], node.name)
            node.wait("left", who.name)
            node.wait("down", who.name)
            took[node.host] = node.when - start
        print(f"{who.name}: {2 * TIES} signals after", *(f"{each:.3f} s at {host}" for host, each in took.items()),
              flush=True)
        return took

    def others(self, who):
        return [node for node in self.nodes if node is not who]

    def test_a_killed_node_is_missed_once_and_another_one_under_its_name_is_another(self):
        for who in self.nodes:
            self.tie(who)
            others = self.others(who)
            start = time.monotonic()
            who.kill()
            self.until_lost(who, others, start)
            who.start()
            for node in others:
                node.wait("up", who.name)
            for node in self.nodes:
                self.until_members(node)
            for node in others:  # the pid of its former life
                node.tell("ask", who.name, 1)
                node.tell("watch", who.name)
                self.assertEqual(node.wait("gone", who.name), ["noproc"])
            how = self.joined()
            for node in others:
                self.assertEqual(how[node.host, who.host], "other")
                node.tell("ask", who.name, 2)
                self.assertEqual(node.wait("answer", who.name), ["2"])  # and not 1

    def test_a_node_that_stands_still_is_lost_within_net_ticktime_and_comes_back(self):
        for who in self.nodes:
            self.tie(who)
            others = self.others(who)
            start = time.monotonic()
            who.signal(signal.SIGSTOP)
            try:
                took = self.until_lost(who, others, start)
            finally:
                who.signal(signal.SIGCONT)
            self.assertLessEqual(max(took.values()), NOTICED)
            for node in others:
                who.wait("broken", node.name, TIES, TIES, 0)
                node.wait("up", who.name)
            how = self.joined()
            self.assertEqual(set(how.values()), {"same"})

    def test_twenty_cuts_leave_pids_equal_and_working_and_streams_in_order(self):
        streams = list(zip(self.nodes, (*self.nodes[1:], self.nodes[0])))
        for one, other in streams:
            one.tell("stream", other.name)
        start = time.monotonic()
        for number in range(CUTS):
            who = self.nodes[number % len(self.nodes)]
            self.cut_until_noticed(who)
            self.network.heal(who.host)
            for node in self.others(who):
                node.wait("up", who.name)
                who.wait("up", node.name)
            self.assertEqual(set(self.joined().values()), {"same"})
            self.all_answer(number)
        print(f"{CUTS} cuts took {time.monotonic() - start:.1f} s", flush=True)
        for one, other in streams:
            one.tell("end", other.name)
            last = one.wait("streamed", other.name)[0]
            end = time.monotonic() + DEADLINE
            while (counted := other.ask("count", one.name, answer="counted"))[1] != last:
                self.assertLess(time.monotonic(), end, f"the last number is {last}, not {counted}")
            print(f"of {last} numbers from {one.name} to {other.name} came {counted[0]}", flush=True)

    def cut_until_noticed(self, who):
        """By the nodes of this library: Erlang, with TLS, takes ten seconds more to close what it cannot write to."""
        one, other = others = self.others(who)
        self.network.cut(who.host)
        for node in others:
            for side, lost in ((who, node), (node, who)):
                if side is not self.e:
                    side.wait("down", lost.name)
                    side.wait("left", lost.name)
        one.tell("ask", other.name, 0)
        one.wait("answer", other.name, 0)

    def all_answer(self, number):
        for one in self.nodes:
            for other in self.others(one):
                one.tell("ask", other.name, number)
                one.wait("answer", other.name, number)

    def test_large_messages_arrive_beside_pings_on_slow_links(self):
        self.network.slow("20mbit")
        try:
            for one, other in zip(self.nodes, (*self.nodes[1:], self.nodes[0])):
                one.tell("large", other.name, LARGE)
            for one, other in zip(self.nodes, (*self.nodes[1:], self.nodes[0])):
                octets, pings, median, longest = one.wait("large", other.name)
                self.assertEqual(octets, str(LARGE))
                print(f"{LARGE} octets at 20 Mbit/s from {one.name} to {other.name}: {pings} pings beside, "
                      f"median {float(median):.1f} ms, longest {float(longest):.1f} ms", flush=True)
        finally:
            self.network.fast()
        for node in self.nodes:
            self.assertFalse(node.has("down"), node.name)

    def test_two_builds_with_a_field_more_and_one_less_understand_each_other(self):
        a, b, e = self.nodes  # b knows a field less
        for one, other, heard in ((a, b, ["ada", "hello"]), (b, a, ["ada", "hello", "none"]),
                                  (a, e, ["ada", "hello", "happy"]), (e, a, ["ada", "hello", "none"]),
                                  (b, e, ["ada", "hello"]), (e, b, ["ada", "hello"])):
            one.tell("say", other.name, "ada", "hello")
            self.assertEqual(other.wait("said"), heard)

    def stranger(self, tls=False):
        address = (self.network.addresses["a"], int(self.a.ready[0]))
        made = socket.create_connection(address, timeout=DEADLINE)
        self.addCleanup(made.close)
        return self.with_tls(made) if tls else made

    def with_tls(self, plain):
        made = self.certificates.context("stranger").wrap_socket(plain, server_hostname="a.test")
        self.addCleanup(made.close)
        return made

    @staticmethod
    def until_closed(stranger):
        """When the node closes it."""
        stranger.settimeout(DEADLINE)
        try:
            while stranger.recv(4096):
                pass
        except ConnectionError:
            pass
        return time.monotonic()

    def test_strangers_are_sixteen_at_most_and_gone_after_five_seconds(self):
        start = time.monotonic()

        def close_slow_one(plain):
            time.sleep(STRANGE - 1.5)  # its TLS uses its time up, and then it says nothing
            return self.until_closed(self.with_tls(plain))

        slow = self.stranger()
        silent = [self.stranger(tls=number % 2 == 0) for number in range(STRANGERS - 1)]
        late = self.stranger()
        late.sendall(b"no node at all\r\n")
        with futures.ThreadPoolExecutor(STRANGERS + 1) as pool:
            slow_closed = pool.submit(close_slow_one, slow)
            late_closed = pool.submit(self.until_closed, late)
            closed = [*pool.map(self.until_closed, silent), slow_closed.result()]
            print(f"{STRANGERS} that say nothing were closed after {min(closed) - start:.2f} to "
                  f"{max(closed) - start:.2f} s, one more {late_closed.result() - start:.2f} s", flush=True)
        self.assertGreaterEqual(late_closed.result() - start, 0.9 * (min(closed) - start))
        self.assertLessEqual(max(closed) - start, STRANGE)
        self.still_together()

    def test_strangers_that_lie_or_talk_without_end_are_closed(self):
        for tls, octets in ((True, b"\xff\xff\xff\xffN"), (True, b"\0\1\0\0N"), (True, b"\0\0\0\1N"),
                            (False, b"\x16\x03\x01\xff\xff\x01"), (False, b"\xff" * 100)):
            start = time.monotonic()
            liar = self.stranger(tls)
            liar.sendall(octets)
            took = self.until_closed(liar) - start
            print(f"one that says {octets[:6]}, {'with' if tls else 'without'} TLS, was closed after {took:.2f} s",
                  flush=True)
            self.assertLessEqual(took, STRANGE)
        talker = self.stranger(tls=True)
        sent = 0
        with contextlib.suppress(OSError):
            while sent < MUCH:
                sent += talker.send(b"\0\0\0\1s" * 800)
        print(f"one that talks without end was closed after {sent} octets", flush=True)
        self.assertLess(sent, MUCH)
        self.still_together()

    def still_together(self):
        self.all_answer(0)
        for node in self.nodes:
            self.assertFalse(node.has("down"), node.name)


if __name__ == "__main__":
    enter()
    unittest.main(verbosity=2)
