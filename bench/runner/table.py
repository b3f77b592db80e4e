"""Results as a table: medians, spread, ratios to one of the servers."""
from statistics import median


def spread(values):
    """How far the extremes are apart, as a part of the median."""
    middle = median(values)
    return (max(values) - min(values)) / middle if middle else 0.0


def values_of(results, *keys):
    found = []
    for one in results:
        for key in keys:
            one = one.get(key) if isinstance(one, dict) else None
        if one is not None:
            found.append(one)
    return found


def summary(results):
    """{key: {median, spread}} of what the runs of one server in one scenario have in common."""
    keys = {"per_second": ("per_second",), "cpu_us": ("server_cpu_us",), "p50_us": ("latency_us", "p50"),
            "p99_us": ("latency_us", "p99"), "octets": ("server_octets_per_connection",),
            "kernel_octets": ("kernel_octets_per_connection_both_ends",), "resident_kib": ("server_resident_kib",),
            "server_busy": ("server_busy",), "load_busy": ("load_busy",), "system_part": ("server_system_part",)}
    found = {}
    for name, path in keys.items():
        if values := values_of(results, *path):
            found[name] = {"median": median(values), "spread": spread(values), "runs": len(values)}
    return found


def number(value):
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def cell(summarized, key):
    if key not in summarized:
        return ""
    one = summarized[key]
    return f"{number(one['median'])} ±{one['spread'] * 50:.0f} %"


def ratio(top, bottom, key):
    if key not in top or key not in bottom or not bottom[key]["median"]:
        return ""
    return f"{top[key]['median'] / bottom[key]['median']:.2f}"


def rate_rows(of_servers, base):
    """More is better in both ratios: operations a second, and operations for a second of CPU."""
    floor = of_servers.get(base, {})
    for name, found in of_servers.items():
        yield [name, cell(found, "per_second"), ratio(found, floor, "per_second"), cell(found, "cpu_us"),
               ratio(floor, found, "cpu_us"), cell(found, "p50_us"), cell(found, "p99_us"),
               f"{found['system_part']['median']:.2f}" if "system_part" in found else "",
               number(found["resident_kib"]["median"]) if "resident_kib" in found else ""]


def memory_rows(of_servers):
    for name, found in of_servers.items():
        yield [name, cell(found, "octets"), cell(found, "kernel_octets"),
               number(found["resident_kib"]["median"])]


def overview_rows(summaries, servers, base):
    """One line for each scenario: what an operation costs, or a connection holds, and the ratio to `base`."""
    for scenario, found in summaries.items():
        key = next((key for key in ("octets", "cpu_us") if any(key in one for one in found.values())), None)
        row = [scenario + (", bytes" if key == "octets" else "")]
        for name in servers:
            one = found.get(name, {})
            value = number(one[key]["median"]) if key in one else "-"
            beside = ratio(found.get(base, {}), one, key) if key in one and name != base else ""
            row.append(f"{value} ({beside})" if beside else value)
        yield row


def markdown_table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|---|" + "---:|" * (len(header) - 1)]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]


def in_order(summaries):
    """The servers that are in any scenario, in the order in which they were measured."""
    return list(dict.fromkeys(name for found in summaries.values() for name in found))


def markdown(results, facts, base):
    summaries = {scenario: {name: summary(runs) for name, runs in of_servers.items() if runs}
                 for scenario, of_servers in results.items()}
    lines = ["# Measured", ""]
    lines += [f"- {name.replace('_', ' ')}: {value}" for name, value in facts.items()]
    lines += ["", "Medians; ± is half the distance between the extremes. CPU is the server's, user and system; the "
              f"ratios are to {base}, and more is better.", ""]
    servers = in_order(summaries)
    lines += ["## CPU µs for each operation", ""]
    lines += markdown_table(["scenario", *servers], overview_rows(summaries, servers, base)) + [""]
    for scenario, found in summaries.items():
        if not found:
            continue
        lines += [f"## {scenario}", ""]
        if any("octets" in one for one in found.values()):
            lines += markdown_table(["server", "resident bytes each", "kernel bytes each, both ends", "resident KiB"],
                                    memory_rows(found))
        else:
            lines += markdown_table(["server", "per second", "ratio", "CPU µs each", "ratio", "median µs", "99 % µs",
                                     "system part", "resident KiB"], rate_rows(found, base))
        lines.append("")
    return "\n".join(lines)
