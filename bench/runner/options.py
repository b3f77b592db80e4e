"""Options that the commands share, and ending in order whatever ends them."""
import argparse
import re
import signal
import sys
from pathlib import Path

from . import per_message, programs


def parser(description):
    return argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)


def add_rounds(to):
    to.add_argument("--only", default="", metavar="REGEX", help="scenarios whose names match")
    to.add_argument("--rounds", type=int, default=5, help="of all servers (5)")
    to.add_argument("--limit-ms", type=int, default=3000, help="milliseconds after which a run sends no more (3000)")
    to.add_argument("--nice", type=int, default=0,
                    help="priority of server and load, for a machine that does something else too: -15")
    to.add_argument("--quick", action="store_true", help="whether the tools work: few messages, one round")


def add_build(to):
    to.add_argument("--build", type=Path, default=programs.ROOT / "build" / "release", help="CMake's build folder")
    to.add_argument("--no-build", action="store_true", help="measure what was built before")
    to.add_argument("--servers", default="", metavar="REGEX", help="servers whose names match")


def add_tool(to):
    add_build(to)
    to.add_argument("--only", default="", metavar="REGEX", help="loads whose names match")


def parse(of):
    how = of.parse_args()
    if getattr(how, "quick", False):
        how.rounds = 1
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))  # through every finally
    return how


def programs_of(how):
    """Builds what is missing, and returns the folder of the programs."""
    folder = how.build.resolve()
    if how.no_build:
        return folder / "bench" / "programs"
    programs.install_packages()
    return programs.build(folder=folder)


def loads_of(how):
    return [name for name in per_message.LOADS if re.search(how.only, name)]
