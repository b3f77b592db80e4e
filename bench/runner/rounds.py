"""Interleaved runs: every server once, then all of them again, so that what the machine does meanwhile
meets all of them."""
import sys
from collections import defaultdict

from .load import LoadFailed, load
from .servers import running


def say(text):
    print(text, file=sys.stderr, flush=True)


def measure(scenario, server, how):
    with running(server, scenario.needs, how.nice) as (port, pid):
        return load(how.load, scenario.arguments(how.quick, how.limit_ms), port, pid, how.nice)


def fits(scenario, server):
    return scenario.needs <= server.can


def run_rounds(scenarios, servers, how):
    """Yields {scenario: {server: [result, ...]}}, and what failed as texts, after each round: what there is
    until then. `how` has load (the program), rounds, quick, limit_ms and nice."""
    results = {scenario.name: defaultdict(list) for scenario in scenarios}
    failures = []
    for number in range(how.rounds):
        for scenario in scenarios:
            for server in servers:
                if not fits(scenario, server):
                    continue
                try:
                    found = measure(scenario, server, how)
                except (LoadFailed, RuntimeError) as failed:
                    failures.append(f"{scenario.name}: {server.name}: {failed}")
                    say(f"FAILED {failures[-1]}")
                    continue
                results[scenario.name][server.name].append(found)
                say(f"round {number + 1}/{how.rounds}: {scenario.name}: {server.name}: {brief(found)}")
        yield results, failures


def brief(found):
    if "server_octets_per_connection" in found:
        return f"{found['server_octets_per_connection']:.0f} B for each connection"
    return f"{found['per_second']:,.0f}/s, {found.get('server_cpu_us', 0):.3f} us of CPU"
