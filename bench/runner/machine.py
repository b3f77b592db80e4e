"""What machine this is, and what built the programs."""
import os
import platform
import subprocess
import time
from pathlib import Path

from .programs import ROOT


def first_line(*command, cwd=None):
    try:
        done = subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=True)
        return done.stdout.splitlines()[0].strip()
    except (OSError, subprocess.CalledProcessError, IndexError):
        return "unknown"


def processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def memory_gib():
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)


def facts():
    return {
        "date": time.strftime("%Y-%m-%d %H:%M", time.gmtime()) + " UTC",
        "processor": processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": memory_gib(),
        "kernel": platform.release(),
        "compiler": first_line("g++", "--version"),
        "node": first_line("node", "--version"),
        "python": platform.python_version(),
        "revision": first_line("git", "describe", "--always", "--dirty", cwd=ROOT),
        "load_average": list(os.getloadavg()),
    }
