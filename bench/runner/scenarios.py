"""What is measured: each scenario is a call of the load generator, and what counts in its result."""
import re
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Scenario:
    name: str
    load: tuple  # arguments of the load generator
    messages: int  # measured in a full run, at most
    warm_up: int
    quick: int  # messages of a smoke run
    needs: frozenset = field(default_factory=frozenset)  # of the server
    kind: str = "rate"  # or "memory"

    def arguments(self, quick, limit_ms):
        messages, warm_up = (self.quick, self.quick // 10) if quick else (self.messages, self.warm_up)
        given = list(self.load)
        if quick and "--connections" in given:
            at = given.index("--connections") + 1
            given[at] = str(min(int(given[at]), 50))
        if self.kind == "memory":
            return given
        return given + ["--messages", str(messages), "--warm-up", str(warm_up), "--limit-ms", str(limit_ms)]


def echo(name, *load, messages, quick, needs=()):
    return Scenario(name, ("echo", *load), messages, max(1, messages // 10), quick, frozenset(needs))


def fanout(name, *load, messages, quick):
    return Scenario(name, ("fanout", "--path", "/hub", *load), messages, max(1, messages // 10), quick,
                    frozenset({"hub"}))


CHANNELS = ("--path", "/socket/websocket?vsn=2.0.0", "--topic")


def channels(name, kind, *load, messages, quick):
    return Scenario(name, (kind, *CHANNELS, *load), messages, max(1, messages // 10), quick, frozenset({"channels"}))


SCENARIOS = (
    echo("echo, 100 connections, depth 1", "--connections", "100", messages=150_000, quick=300),
    echo("echo, 100 connections, depth 16", "--connections", "100", "--depth", "16", messages=2_000_000,
         quick=2_000),
    echo("echo, 1 connection, depth 1", "--connections", "1", messages=60_000, quick=100),
    echo("echo, 16 KiB binary", "--connections", "100", "--size", "16384", "--binary", messages=60_000, quick=200),
    echo("echo, 1 MiB binary", "--connections", "8", "--size", "1048576", "--binary", messages=2_000, quick=10),
    echo("echo, 1,000 connections, depth 1", "--connections", "1000", messages=150_000, quick=300),
    echo("echo, 9,000 connections, depth 1", "--connections", "9000", messages=150_000, quick=300),
    echo("echo, 20,000 messages a second on schedule", "--connections", "100", "--rate", "20000",
         messages=40_000, quick=300),
    fanout("fan-out to 1,000, window 1", "--connections", "1000", "--window", "1", messages=300, quick=10),
    fanout("fan-out to 1,000, window 8", "--connections", "1000", "--window", "8", messages=2_000, quick=20),
    fanout("fan-out to 100, window 8", "--connections", "100", "--window", "8", messages=20_000, quick=20),
    fanout("fan-out to 1,000, 10 more never read", "--connections", "1000", "--window", "8", "--silent", "10",
           "--size", "1024", messages=2_000, quick=20),
    Scenario("churn: connect, upgrade, close", ("churn", "--connections", "16"), 10_000, 500, 30),
    Scenario("idle, 9,000 connections", ("idle", "--connections", "9000"), 0, 0, 0, kind="memory"),
    channels("channels: push and reply, depth 1", "echo", "room:lobby", "--connections", "100",
             messages=100_000, quick=200),
    channels("channels: push and reply, depth 16", "echo", "room:lobby", "--connections", "100", "--depth", "16",
             messages=500_000, quick=2_000),
    channels("channels: push and reply of values, depth 16", "echo", "room:lobby", "--connections", "100",
             "--depth", "16", "--event", "values", messages=500_000, quick=2_000),
    channels("channels: broadcast to 1,000, window 1", "fanout", "room:lobby", "--connections", "1000",
             "--window", "1", messages=300, quick=10),
    channels("channels: broadcast to 1,000, window 8", "fanout", "room:lobby", "--connections", "1000",
             "--window", "8", messages=2_000, quick=20),
    channels("channels: join and leave", "visits", "room:lobby", messages=100_000, quick=200),
    echo("echo with deflate, 1 KiB JSON", "--connections", "100", "--size", "1024", "--json", "--deflate",
         messages=60_000, quick=200, needs={"deflate"}),
    echo("echo with TLS, depth 1", "--connections", "100", "--tls", messages=100_000, quick=200, needs={"tls"}),
)


def chosen(pattern):
    found = [one for one in SCENARIOS if re.search(pattern, one.name)]
    if not found:
        raise SystemExit(f"no scenario matches {pattern!r}; there are: " + "; ".join(s.name for s in SCENARIOS))
    return found
