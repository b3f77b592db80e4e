#!/usr/bin/env python3
"""Drives a WebSocket echo server through the cases of RFC 6455 and RFC 7692 and says where it differs; or a server of
channels through those of malformed messages.

    run.py --url ws://127.0.0.1:9001/                        a server that runs
    run.py [options] -- build/release/examples/echo --port 0   one that is started, prints its address, and is ended
"""

import argparse
import concurrent.futures
import contextlib
import importlib
import re
import ssl
import subprocess
import sys
import threading
import time
import urllib.parse

import report
from case import FAIL, NON_STRICT, SKIPPED
from wire import Server

SECTIONS = {"framing": "framing", "pings": "pings", "reserved": "reserved", "fragmentation": "fragmentation",
            "utf8": "utf8", "closing": "closing", "lengths": "lengths", "limits": "limits", "handshake": "opening",
            "compression": "compression", "compressed-frames": "compressed_frames"}
# For other servers than one that echoes: only when it is named.
NAMED_ONLY = {"channels": "channels"}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", help="ws://host:port/path of the echo server, or wss://")
    parser.add_argument("--ca", metavar="FILE", help="certificates (PEM) that are trusted for wss://")
    parser.add_argument("--insecure", action="store_true", help="trust any certificate")
    parser.add_argument("--section", action="append", choices=[*SECTIONS, *NAMED_ONLY], help="only this one; may be given again")
    parser.add_argument("--case", action="append", default=[], help="only ids that start so, for example 6.4")
    parser.add_argument("--json", metavar="FILE", help="write all verdicts there")
    parser.add_argument("--list", action="store_true", help="only name the cases")
    parser.add_argument("--verbose", action="store_true", help="name the cases that pass, too")
    parser.add_argument("--allow-skip", action="store_true", help="cases that cannot be tried are no failure")
    parser.add_argument("--strict", action="store_true", help="non-strict verdicts are failures")
    parser.add_argument("--max-message", type=int, metavar="OCTETS",
                        help="the server's limit of a message; without it the cases about it are skipped")
    parser.add_argument("--jobs", type=int, default=16, help="cases at a time")
    parser.add_argument("--timeout", type=float, default=15, help="seconds until a server that is silent fails")
    parser.add_argument("--haste", type=float, default=1, help="seconds for a refusal that is due at once")
    parser.add_argument("server", nargs="*", help="a program to start, with its arguments")
    return parser.parse_args()


def chosen(options):
    for section in options.section or SECTIONS:
        for case in importlib.import_module(f"cases.{(SECTIONS | NAMED_ONLY)[section]}").cases():
            if not options.case or any(f"{case.id}.".startswith(f"{wanted}.") for wanted in options.case):
                yield section, case


@contextlib.contextmanager
def started(command):
    """The address that the program prints; it has to end with status 0 when it is asked to."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            for line in process.stdout:
                if found := re.search(r"(?:http|ws)s?://[\w.-]+:\d+", line):
                    break
            else:
                sys.exit(f"{command[0]} ended before it printed its address")
            threading.Thread(target=process.stdout.read, daemon=True).start()
            yield found[0].replace("http", "ws") + "/"
            if process.poll() is not None:
                sys.exit(f"{command[0]} ended by itself with status {process.returncode}")
            process.terminate()
            if status := process.wait(20):
                sys.exit(f"{command[0]} ended with status {status}")
        finally:
            process.kill()


def tls_of(url, options):
    """The context for the sockets of a wss URL; None for one without TLS."""
    if url.scheme != "wss":
        return None
    context = ssl.create_default_context(cafile=options.ca)
    if options.insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def run(server, cases, jobs):
    def judged(section, case):
        began = time.monotonic()
        verdict, note = case.run(server)
        return section, case, verdict, note, time.monotonic() - began
    # What takes long is waited for, not computed: threads will do.
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        return [future.result() for future in [pool.submit(judged, *each) for each in cases]]


def main():
    options = arguments()
    cases = list(chosen(options))
    if options.list:
        print(*(f"{case.id:8} {case.title}" for _, case in cases), sep="\n")
        return 0
    if bool(options.url) == bool(options.server):
        sys.exit("either --url or a program to start is needed")
    with contextlib.nullcontext(options.url) if options.url else started(options.server) as url:
        at = urllib.parse.urlsplit(url)
        server = Server(at.hostname, at.port, at.path, options.timeout, options.haste, options.max_message,
                        tls_of(at, options))
        results = run(server, cases, options.jobs)
    print(*report.lines_of(results, options.verbose), sep="\n")
    if options.json:
        report.write_json(options.json, url, results)
    verdicts = {result[2] for result in results}
    skipped = SKIPPED in verdicts and not options.allow_skip
    return int(not results or FAIL in verdicts or skipped or (options.strict and NON_STRICT in verdicts))


if __name__ == "__main__":
    sys.exit(main())
