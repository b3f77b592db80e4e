"""Scenarios of channels on a server of one shard: what is measured, and what it may be."""
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from . import callgrind, per_message
from .load import load
from .nodes import Figure
from .servers import own_server, running

SOCKET = ("--path", "/socket/websocket?vsn=2.0.0")
ROOM, KEPT, PEOPLE = "room:lobby", "kept:lobby", "people:lobby"
WIRE = 120  # octets of a message that is broadcast
MANY = 1_000  # receivers of a broadcast
ROUNDS = 5  # where time is measured


@dataclass(frozen=True)
class Bench:
    build: Path

    @property
    def programs(self):
        return self.build / "bench" / "programs"

    def server(self, *arguments):
        return own_server("websock", self.programs, "--reactor", "epoll", *arguments)

    def measure(self, *given, server=()):
        """What the load generator finds of a server that runs as it is."""
        with running(self.server(*server)) as (port, pid):
            return load(self.programs / "load", given, port, pid)

    def count(self, *given, server=()):
        """(instructions and allocations of the server as callgrind counts them, operations)"""
        return per_message.count(self.programs / "load", self.server(*server), given, callgrind.BEFORE, callgrind.read)

    def each(self, *given, messages, server=()):
        """The same for one operation: of so many and of twice as many, that start and end do not count."""
        def run(count):
            return self.count(*given, "--messages", str(count), "--warm-up", "0", "--limit-ms", "100000", server=server)
        return apart(run(messages), run(2 * messages))


def apart(fewer, more):
    (few, few_operations), (many, many_operations) = fewer, more
    return {what: (many[what] - few[what]) / (many_operations - few_operations)
            for what in ("instructions", "allocations")}


def number(value, unit):
    return (f"{value:,.3g} {unit}" if abs(value) < 100 else f"{value:,.0f} {unit}").strip()


def told(what, value, unit=""):
    return Figure(what, number(value, unit), "", True)


def at_most(what, value, limit, unit):
    return Figure(what, number(value, unit), f"≤ {number(limit, unit)}", value <= limit)


def costs(what, counted):
    yield told(f"{what}: instructions", counted["instructions"])
    yield told(f"{what}: allocations", counted["allocations"])


def idle(bench):
    """The heap as malloc counts it, and resident memory, of one connection more."""
    count = ("idle", "--connections", "4000", "--heap", "/heap")
    alone = bench.measure(*count)
    socket = bench.measure(*count, *SOCKET, "--topic", ROOM, "--topics", "0")
    joined = bench.measure(*count, *SOCKET, "--topic", ROOM)
    more = bench.measure(*count, *SOCKET, "--topic", ROOM, "--topics", "11")
    heap, resident = "server_heap_octets_per_connection", "server_octets_per_connection"
    yield told("heap of a connection", alone[heap], "B")
    yield told("of a socket that has joined nothing", socket[heap], "B")
    yield at_most("of a socket with a channel, more than a connection", joined[heap] - alone[heap], 1200, "B")
    yield told("of each further channel", (more[heap] - joined[heap]) / 10, "B")
    yield told("resident: a connection", alone[resident], "B")
    yield told("a socket with a channel, more", joined[resident] - alone[resident], "B")


def joins(bench):
    """100 connections that join a topic each, and 20 more."""
    def run(topics):
        counted, connections = bench.count("idle", "--connections", "100", *SOCKET, "--topic", ROOM, "--topics", str(topics))
        return counted, connections * topics
    yield from costs("a join", apart(run(1), run(21)))
    yield from costs("a join and a leave", bench.each("visits", *SOCKET, "--topic", ROOM, messages=2_000))
    found = [bench.measure("visits", *SOCKET, "--topic", ROOM, "--messages", "200000", "--limit-ms", "2000")
             for _ in range(ROUNDS)]
    cpu = median(one["server_cpu_us"] for one in found)
    yield told("joins and leaves for a CPU second", 1e6 / cpu)


def pushes(bench):
    for event in ("echo", "values"):
        for depth in ("1", "16"):
            counted = bench.each("echo", *SOCKET, "--topic", ROOM, "--depth", depth, "--event", event, messages=10_000)
            name = "a push and its reply" if event == "echo" else "the same, of values"
            yield from costs(f"{name}, depth {depth}", counted)
    for depth in ("1", "16"):
        yield told(f"instructions of an echo without channels, depth {depth}",
                   bench.each("echo", "--depth", depth, messages=10_000)["instructions"])


def fanout(topic, receivers, window):
    """The message on the wire has the same size with channels and without."""
    envelope = len(f'[null,null,"{topic}","shout",{{"body":""}}]')
    size = ("--size", str(WIRE - envelope if topic else WIRE))
    where = (*SOCKET, "--topic", topic) if topic else ("--path", "/hub")
    return ("fanout", *where, *size, "--connections", str(receivers), "--window", window)


def broadcasts(bench):
    for window in ("1", "8"):
        plain = bench.each(*fanout("", MANY, window), messages=40)
        ours = bench.each(*fanout(ROOM, MANY, window), messages=40)
        yield told(f"instructions of a delivery by pubsub alone, window {window}", plain["instructions"])
        yield told("of one to a channel", ours["instructions"])
        yield at_most("more by", (ours["instructions"] / plain["instructions"] - 1) * 100, 10, "%")
        yield told("allocations", ours["allocations"])
        runs = [(cpu_of(bench, "", window), cpu_of(bench, ROOM, window)) for _ in range(ROUNDS)]
        plain_cpu, our_cpu = (median(each) for each in zip(*runs))
        yield told(f"CPU of a delivery by pubsub alone, window {window}", plain_cpu, "µs")
        yield told("of one to a channel", our_cpu, "µs")
        yield at_most("more by", (median(b / a for a, b in runs) - 1) * 100, 10, "%")


def cpu_of(bench, topic, window):
    return bench.measure(*fanout(topic, MANY, window), "--messages", "2000", "--warm-up", "100", "--limit-ms",
                         "2000")["server_cpu_us"]


def history(bench):
    """What a broadcast costs is a + n b with n receivers, and both are of interest."""
    found = {}
    for topic in (ROOM, KEPT):
        few, many = (bench.each(*fanout(topic, receivers, "1"), messages=messages)["instructions"] * receivers
                     for receivers, messages in ((10, 1_000), (MANY, 40)))
        found[topic] = (many - few) / (MANY - 10), few - (many - few) / (MANY - 10) * 10
    yield told("instructions of a broadcast, besides its deliveries", found[ROOM][1])
    yield told("in a topic with history", found[KEPT][1])
    yield told("instructions of a delivery", found[ROOM][0])
    yield told("in a topic with history", found[KEPT][0])


def presences(bench):
    for present in (0, MANY):
        counted = bench.each("visits", *SOCKET, "--topic", PEOPLE, "--connections", "1", messages=50,
                             server=("--present", str(present)))
        yield from costs(f"a join and a leave beside {present:,} present", counted)
    found = bench.measure("visits", *SOCKET, "--topic", PEOPLE, "--connections", "1", "--messages", "5000",
                          "--limit-ms", "2000", server=("--present", str(MANY)))
    yield told(f"CPU of a join and a leave beside {MANY:,}", found["server_cpu_us"], "µs")
    yield told("until who joins has the list and is in it, median", found["latency_us"]["p50"], "µs")


def presence_after_cut(bench):
    """The test says what it counts, and fails when a node knows less or more than another at once after the heal."""
    done = subprocess.run([bench.build / "tests" / "channels_tests",
                           r"after a cut\, at most one and a half times the changes crosses"],
                          stdout=subprocess.PIPE, text=True, timeout=900, check=False)
    match = re.search(r"changes:\s+(\d+)\s+octets\s+for\s+(\d+)\s+of", done.stdout)
    if not match:
        raise RuntimeError(f"the test says nothing of octets: {done.stdout[-2000:]}")
    octets, needed = (int(each) for each in match.groups())
    yield told("octets of the changes that each node must be told", needed, "B")
    yield told("octets between the nodes until all agree", octets, "B")
    yield at_most("ratio", octets / needed, 1.5, "")
    yield Figure("heartbeats until all agree", "0" if done.returncode == 0 else "?", "≤ 2", done.returncode == 0)


SCENARIOS = {"idle channel": idle, "join": joins, "push and reply": pushes, "broadcast to 1,000": broadcasts,
             "history": history, "presence": presences, "presence after a cut (C3)": presence_after_cut}
