"""System calls, as strace -c counts them."""
import re

BEFORE = ("strace", "-f", "-c", "-o", "{output}")


def read(path):
    """{call: number, "call, failed": number}"""
    found = {}
    for line in path.read_text().splitlines():
        match = re.match(r"\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:(\d+)\s+)?(\w+)$", line)
        if match and match.group(3) != "total":
            calls, errors, name = match.groups()
            found[name] = int(calls)
            if errors:
                found[f"{name}, failed"] = int(errors)
    return found
