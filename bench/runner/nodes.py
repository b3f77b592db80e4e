"""Scenarios of two nodes on loopback sockets: what is measured, and what it may be."""
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from . import callgrind
from .servers import free_port

SECRET = "bench"
LIMIT = 120  # seconds of a run
MARK_KIB = 8192  # cluster_options.high_mark
MESSAGE = 16 * 1024 * 1024 - 64  # octets, with which a term is just below cluster_options.message_size


@dataclass(frozen=True)
class Figure:
    what: str
    value: str
    limit: str
    holds: bool


def at_most(what, value, limit, unit):
    return Figure(what, f"{value:,.3g} {unit}", f"≤ {limit:,} {unit}", value <= limit)


def at_least(what, value, limit, unit):
    return Figure(what, f"{value:,.0f} {unit}", f"≥ {limit:,} {unit}", value >= limit)


def exactly(what, value, wanted):
    return Figure(what, f"{value:,}", f"{wanted:,}", value == wanted)


def environment(**more):
    return {**os.environ, "WEBSOCK_BENCH_COOKIE": SECRET, **more}


@contextmanager
def peer(program, *arguments, name="b"):
    """A node that is sent to; yields its port. It ends with its input."""
    port = free_port()
    with subprocess.Popen([program, "peer", "--name", f"{name}@127.0.0.1", "--port", str(port), *arguments], text=True,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment()) as process:
        try:
            if not process.stdout.readline():
                raise RuntimeError("the peer does not start")
            yield port
        finally:
            process.stdin.close()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def run_with(port, program, scenario, *arguments):
    """What a node says that speaks with the one at `port`."""
    command = [program, scenario, "--name", "a@127.0.0.1", "--port", str(free_port()),
               "--peer", f"b@127.0.0.1:{port}", *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=LIMIT, check=True, env=environment())
    return json.loads(done.stdout)


def run(program, scenario, *arguments):
    with peer(program) as port:
        return run_with(port, program, scenario, *arguments)


def flood(program):
    found = run(program, "flood", "--count", "300000")
    yield exactly("messages", found["messages"], 300000)
    yield at_most("CPU of both nodes for each", found["cpu_us"], 1.5, "µs")
    yield at_least("messages on a quiet machine", found["per_second"], 300000, "a second")


def large(program):
    found = run(program, "large", "--size", str(MESSAGE), "--rounds", "30")
    yield exactly("messages", found["messages"], 30)
    alone = run(program, "large", "--size", "1", "--rounds", "400")
    yield Figure("99 % of pings beside messages of 1 octet", f"{alone['p99_ms']:.3g} ms", "", True)
    yield at_most(f"99 % of {found['pings']} pings", found["p99_ms"], 20, "ms")


def narrow(program):
    """The loopback device of a network namespace, 20 Mbit/s for both directions together."""
    if os.geteuid() != 0 or not shutil.which("tc"):
        print("without the narrow network, which needs root and tc")
        return
    code = ("import json; from bench.runner import nodes;"
            f"print(json.dumps(nodes.run({str(program)!r}, 'large', '--size', '{MESSAGE}', '--rounds', '3')))")
    command = ["unshare", "-n", "sh", "-c", 'ip link set lo mtu 1500 up && tc qdisc add dev lo root tbf rate 20mbit'
               ' burst 64kb latency 20ms && exec python3 -c "$1"', "sh", code]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=LIMIT, check=True,
                          cwd=Path(__file__).resolve().parent.parent.parent)
    found = json.loads(done.stdout)
    yield exactly("messages", found["messages"], 3)
    yield at_most("time of each, 6,710 ms being all that 20 Mbit/s allow", found["message_ms"], 7400, "ms")
    yield at_most(f"99 % of {found['pings']} pings", found["p99_ms"], 100, "ms")


def stopped(program):
    for by, found in run(program, "stopped", "--count", "300000", "--size", "1024").items():
        yield exactly(f"offered by a {by} = received + dropped", found["received"] + found["dropped"], 300000)
        yield at_most(f"memory for what a {by} offers", found["growth_kib"], MARK_KIB + 8192, "KiB")


def killed(program):
    found = run(program, "killed", "--count", "10000")
    yield exactly("exit signals and downs", found["exits"] + found["downs"], 20000)
    yield exactly("others", found["others"], 0)
    yield at_most("time", found["seconds"], 1, "s")


def silent(program):
    found = run(program, "silent", "--count", "10000", "--net-ticktime", "4")
    yield exactly("exit signals and downs", found["exits"] + found["downs"], 20000)
    yield at_most("time, net_ticktime being 4 s", found["seconds"], 5, "s")


ERLANG = """
    Count = 300000,
    {sink, 'b@127.0.0.1'} ! {ask, self()},
    {Sink, First} = receive {usage, P, _, _, C, _, _, _} -> {P, C} end,
    Text = binary:copy(<<"x">>, 32),
    [Sink ! Text || _ <- lists:seq(1, Count)],
    Sink ! {ask, self()},
    receive {usage, _, M, _, D, _, _, _} -> io:format("[~b, ~p]~n", [M, (D - First) / Count]) end,
    halt().
"""


def erlang(program):
    """Our node is the epmd of both."""
    if not shutil.which("erl"):
        print("without erl, which is not installed")
        return
    epmd = free_port()
    with peer(program, "--epmd", str(epmd)):
        command = ["erl", "-noinput", "-hidden", "-start_epmd", "false", "-name", "e@127.0.0.1", "-setcookie", SECRET,
                   "-eval", ERLANG]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=LIMIT, check=True,
                              env=environment(ERL_EPMD_PORT=str(epmd)))
    messages, each = json.loads(done.stdout)
    yield exactly("messages", messages, 300000)
    yield at_most("CPU of our node for each", each, 2.5, "µs")


BROADCASTS = (10, 210)
# On one shard: how two share the work differs from run to run, by a tenth.
SUBSCRIBERS = ("--subscribers", "10000", "--shards", "1")


def instructions(program, count, *arguments):
    """Of the whole program, as callgrind counts them, and what it prints."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "callgrind.out"
        tool = [part.replace("{output}", str(output)) for part in callgrind.BEFORE]
        command = [*tool, program, "broadcast", "--name", "a@127.0.0.1", "--port", str(free_port()),
                   "--count", str(count), *SUBSCRIBERS, *arguments]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, timeout=600,
                              check=True, env=environment())
        return callgrind.read(output)["instructions"], json.loads(done.stdout)


def beside_two(program, count):
    """New nodes each time, as what they have delivered counts from their start."""
    with peer(program, *SUBSCRIBERS, name="b") as b, peer(program, *SUBSCRIBERS, name="c") as c:
        return instructions(program, count, "--peer", f"b@127.0.0.1:{b}", "--second", f"c@127.0.0.1:{c}")


def for_each(counted):
    """Of so many and so many broadcasts, that start and end do not count."""
    (fewer, _), (more, found) = counted
    return (more - fewer) / (BROADCASTS[1] - BROADCASTS[0]), found


def broadcasts(program):
    if not shutil.which("valgrind"):
        print("without valgrind, which is not installed")
        return
    alone, _ = for_each(instructions(program, count) for count in BROADCASTS)
    shared, found = for_each(beside_two(program, count) for count in BROADCASTS)
    yield Figure("instructions of one, no cluster", f"{alone:,.0f}", "", True)
    yield at_most("the same with two other nodes, more by", (shared / alone - 1) * 100, 2, "%")
    yield exactly("delivered here, of 210", found["delivered"], 2100000)
    for each in found["remote"]:
        yield exactly("messages to another node, of 210", each["frames"], 210)
        yield exactly("delivered there", each["delivered"], 2100000)


def schedules(program):
    """The tests with more seeds; what they check is in tests/distribution."""
    tests = program.parent.parent.parent / "tests" / "distribution_tests"
    for kind, seeds, name in (
            ("of three nodes", 1000, r"after any schedule of joins\, leaves\, deaths and cuts three nodes agree"),
            ("with Erlang's pg", 10, r"after joins\, leaves\, deaths and cuts Erlang and this node see the same")):
        done = subprocess.run([tests, name], stdout=subprocess.PIPE, text=True, timeout=900, check=False,
                              env={**os.environ, "RANDOM_SEEDS": str(seeds)})
        all_passed = "All tests passed" in done.stdout  # in fewer schedules nothing is known of the others
        yield exactly(f"schedules {kind} that end in equal views", seeds if all_passed else 0, seeds)


ERL = ("erl", "-noinput", "-hidden", "-start_epmd", "false", "-setcookie", SECRET, "+sbwt", "none", "+sbwtdcpu", "none",
       "+sbwtdio", "none")


@contextmanager
def erlang_sink(folder, epmd):
    command = [*ERL, "-name", "r@127.0.0.1", "-pa", folder, "-eval", "flood:sink()."]
    with subprocess.Popen(command, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          env=environment(ERL_EPMD_PORT=str(epmd))) as process:
        try:
            if process.stdout.readline() != "ready\n":
                raise RuntimeError("Erlang's sink does not start")
            yield
        finally:
            process.kill()


def from_erlang(folder, epmd, node, size):
    command = [*ERL, "-name", "e@127.0.0.1", "-pa", folder, "-eval", f"flood:send('{node}', 300000, {size})."]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=LIMIT, check=True,
                          env=environment(ERL_EPMD_PORT=str(epmd)))
    _, sender, receiver = json.loads(done.stdout)
    return sender + receiver


def from_ours(program, epmd, node, size):
    command = [program, "flood", "--name", "a@127.0.0.1", "--port", str(free_port()), "--peer", node,
               "--epmd", str(epmd), "--count", "300000", "--size", str(size)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=LIMIT, check=True, env=environment())
    return json.loads(done.stdout)["cpu_us"]


def median(values):
    return sorted(values)[len(values) // 2]


def anchor(program):
    """Three rounds of all pairs; a node of ours that is in no pair is the epmd of all."""
    if not shutil.which("erlc"):
        print("without erlc, which is not installed")
        return
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["erlc", "-o", folder, Path(__file__).resolve().parent.parent / "cluster" / "flood.erl"], check=True)
        for size in (32, 64):
            costs = {"ours to ours": [], "Erlang to ours": [], "ours to Erlang": [], "Erlang to Erlang": []}
            for _ in range(3):
                epmd = free_port()
                with peer(program, "--epmd", str(epmd)), erlang_sink(folder, epmd):
                    costs["ours to ours"].append(from_ours(program, epmd, "b@127.0.0.1", size))
                    costs["Erlang to ours"].append(from_erlang(folder, epmd, "b@127.0.0.1", size))
                    costs["ours to Erlang"].append(from_ours(program, epmd, "r@127.0.0.1", size))
                    costs["Erlang to Erlang"].append(from_erlang(folder, epmd, "r@127.0.0.1", size))
            erlangs = 1e6 / median(costs["Erlang to Erlang"])
            for pair, each in costs.items():
                rate = 1e6 / median(each)
                limit = f"≥ {erlangs:,.0f}" if pair == "ours to ours" else ""
                yield Figure(f"{size} octets, {pair}, a CPU second", f"{rate:,.0f}", limit, not limit or rate >= erlangs)


def until_closed(stranger, limit):
    """Seconds until the node closes the connection; `limit` if it does not."""
    start = time.monotonic()
    stranger.settimeout(limit)
    try:
        while stranger.recv(4096):
            pass
    except ConnectionError:
        pass
    except TimeoutError:
        return limit
    return time.monotonic() - start


def push(stranger, octets):
    """How many octets it can send before it is closed."""
    sent = 0
    stranger.settimeout(10)
    try:
        while sent < len(octets):
            sent += stranger.send(octets[sent:sent + 1024])
            time.sleep(0.001)
    except OSError:
        pass
    return sent


def strangers(program):
    with peer(program) as port:
        def stranger():
            return socket.create_connection(("127.0.0.1", port), timeout=10)

        with stranger() as silent_one:
            yield at_most("one that says nothing is closed after", until_closed(silent_one, 30), 5.5, "s")
        with stranger() as liar:
            liar.sendall(b"\xff\xff" + b"N")
            yield at_most("one that claims 65,535 octets", until_closed(liar, 30), 5.5, "s")
        with stranger() as talker:
            yield at_most("octets taken of one that goes on", push(talker, b"\xff\xff" + b"N" * 1_000_000), 2 * 65536, "B")
        many = [stranger() for _ in range(16)]
        start = time.monotonic()
        found = run_with(port, program, "flood", "--count", "1")
        yield at_most("a node beside 16 that say nothing comes in after", time.monotonic() - start, 6, "s")
        yield exactly("messages of this node", found["messages"], 1)
        for each in many:
            each.close()


SCENARIOS = {"flood of 64 octets (A2)": flood, "from Erlang, 32 octets (A3)": erlang, "pings beside 16 MiB (A4)": large,
             "pings beside 16 MiB at 20 Mbit/s (A4)": narrow,
             "peer that stands still (A5)": stopped, "peer that is killed (A6)": killed,
             "peer that falls silent (A6)": silent, "strangers (A9)": strangers,
             "broadcast to 3 x 10,000 (C1)": broadcasts, "groups (C2)": schedules, "beside Erlang": anchor}
