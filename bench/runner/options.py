"""Options that the commands share, and ending in order whatever ends them."""
import argparse
import signal
import sys


def add_common(parser):
    parser.add_argument("--only", default="", metavar="REGEX", help="scenarios whose names match")
    parser.add_argument("--rounds", type=int, default=5, help="of all servers (5)")
    parser.add_argument("--limit-ms", type=int, default=3000,
                        help="milliseconds after which a run sends no more (3000)")
    parser.add_argument("--nice", type=int, default=0,
                        help="priority of server and load, for a machine that does something else too: -15")
    parser.add_argument("--quick", action="store_true", help="whether the tools work: few messages, one round")
    parser.add_argument("--no-build", action="store_true", help="what was built before")


def parse(parser):
    how = parser.parse_args()
    if how.quick:
        how.rounds = 1
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))  # through every finally
    return how


def parser(description):
    return argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
