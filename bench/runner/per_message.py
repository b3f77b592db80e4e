"""What a tool counts for each message: the server runs under the tool twice, with as many messages and with
twice as many, and the difference counts, so that start, handshakes and end do not."""
import re

from .load import load
from .programs import RESULTS
from .servers import all_servers, running

LOADS = {
    "echo, 100 connections, depth 1": (("echo", "--connections", "100"), 1),
    "echo, 100 connections, depth 16": (("echo", "--connections", "100", "--depth", "16"), 1),
    "echo, 1 connection, depth 1": (("echo", "--connections", "1"), 1),
    "echo, 1 MiB binary, 8 connections": (("echo", "--connections", "8", "--size", "1048576", "--binary"), 0.02),
    "fan-out to 200, window 1": (("fanout", "--path", "/hub", "--connections", "200", "--window", "1"), 200),
    "fan-out to 200, window 8": (("fanout", "--path", "/hub", "--connections", "200", "--window", "8"), 200),
}


def arguments(given, operations, share):
    """A broadcast is as many operations as it has receivers; `share` is that, or how much fewer."""
    messages = operations * share if share < 1 else operations / share
    return [*given, "--messages", str(int(messages)), "--warm-up", "0", "--limit-ms", "100000"]


def count(program, server, given, before, read):
    """What `read` makes of the tool's file, and how many operations there were."""
    output = RESULTS / "tool.out"
    output.unlink(missing_ok=True)
    with running(server, before=[part.replace("{output}", str(output)) for part in before]) as (port, _):
        found = load(program, given, port, 0)
    counted = read(output)
    output.unlink()
    return counted, found["operations"]


def difference(program, server, load_name, operations, before, read):
    """{what: number for each operation}."""
    given, share = LOADS[load_name]
    fewer, few = count(program, server, arguments(given, operations, share), before, read)
    more, many = count(program, server, arguments(given, 2 * operations, share), before, read)
    return {what: (more[what] - fewer.get(what, 0)) / (many - few) for what in more}


def servers_of(programs, pattern):
    return [one for one in all_servers(programs) if re.search(pattern, one.name)]
