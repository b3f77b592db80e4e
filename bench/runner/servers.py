"""Servers: which there are, and one that runs, alone on its core, until it is left."""
import ctypes
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .programs import PEERS, RESULTS, certificate

FLOOR = "raw epoll"
START_TIMEOUT = 15  # seconds
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


@dataclass(frozen=True)
class Server:
    """A command that prints its port, as `://host:port`, or is told it for `{port}`."""
    name: str
    command: tuple
    can: frozenset  # hub, deflate, tls, channels

    def arguments(self, needs):
        extra = ["--compress"] if "deflate" in needs else []
        return [*self.command, *extra, *(certificate() if "tls" in needs else [])]


def own_server(name, programs, *arguments):
    return Server(name, (str(programs / "websock_server"), *arguments), frozenset({"hub", "deflate", "tls", "channels"}))


def starts(program):
    """Whether it is there, and says its address: a kernel may refuse io_uring, and then it says that instead."""
    if not program.exists():
        return False
    with subprocess.Popen([str(program)], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL) as process:
        found = process.stdout.readline()
        process.kill()
    return b"://" in found


def all_servers(programs):
    """Ours first, then the floors, then every peer that can be run here."""
    found = [own_server("websock", programs), own_server("websock epoll", programs, "--reactor", "epoll"),
             own_server("websock metrics", programs, "--metrics"),
             Server(FLOOR, (str(programs / "raw_epoll"),), frozenset({"hub"}))]
    if starts(programs / "raw_uring"):
        found.append(Server("raw io_uring", (str(programs / "raw_uring"),), frozenset({"hub"})))
    if (programs / "beast").exists():
        found.append(Server("Boost.Beast", (str(programs / "beast"),), frozenset({"hub", "deflate", "tls"})))
    if shutil.which("node") and (PEERS / "node_modules" / "ws").is_dir():
        found.append(Server("node ws", (shutil.which("node"), str(PEERS / "ws.mjs")),
                            frozenset({"hub", "deflate", "tls", "channels"})))
    if subprocess.run(["/usr/bin/python3", "-c", "import websockets"], capture_output=True).returncode == 0:
        found.append(Server("python websockets", ("/usr/bin/python3", str(PEERS / "websockets_server.py")),
                            frozenset({"hub", "deflate"})))
    return found


def parse_server(text):
    """`name=command` or `name[hub,deflate,tls]=command`; without a list it can hub."""
    match = re.fullmatch(r"([^\[=]+)(?:\[([\w,]*)\])?=(.+)", text)
    if not match:
        raise SystemExit(f"--server wants name=command, not {text!r}")
    name, can, command = match.groups()
    abilities = frozenset({"hub"}) if can is None else frozenset(can.split(",")) - {""}
    return Server(name, tuple(shlex.split(command)), abilities)


def cores():
    """The server's and the load generator's; the same where there is only one."""
    allowed = sorted(os.sched_getaffinity(0))
    return {allowed[0]}, {allowed[min(1, len(allowed) - 1)]}


def prepare_child(core, nice):
    """For a child between fork and exec: it dies with this process, and has one core."""
    def prepare():
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        os.sched_setaffinity(0, core)
        if nice:
            raise_priority(nice)
    return prepare


def raise_priority(nice):
    """Ahead of what else the machine does, where that is allowed; the session is its own."""
    try:
        os.setpriority(os.PRIO_PROCESS, 0, nice)
        Path("/proc/self/autogroup").write_text(str(nice))
    except OSError:
        pass


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def accepts(port):
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def port_of(process, log, given):
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        printed = re.search(r"://[^/:\s]+:(\d+)", log.read_text(errors="replace"))
        if given is None and printed:
            return int(printed.group(1))
        if given is not None and accepts(given):
            return given
        time.sleep(0.02)
    raise RuntimeError(f"{process.args[0]} did not start: {log.read_text(errors='replace')[-2000:]}")


@contextmanager
def running(server, needs=frozenset(), nice=0, before=()):
    """Yields (port, pid). `before` is a command that runs the server, such as strace."""
    command = [*before, *server.arguments(needs)]
    given = free_port() if any("{port}" in part for part in command) else None
    command = [part.replace("{port}", str(given)) for part in command]
    RESULTS.mkdir(parents=True, exist_ok=True)
    log = RESULTS / f"server-{os.getpid()}.log"
    with log.open("w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                   start_new_session=True, preexec_fn=prepare_child(cores()[0], nice))
    try:
        yield port_of(process, log, given), child_of(process.pid)
    finally:
        stop(process)
        log.unlink(missing_ok=True)


def child_of(pid):
    """What a command such as strace runs; `pid` itself when it runs nothing."""
    try:
        return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])
    except (OSError, IndexError):
        return pid


def stop(process):
    """The server ends first, so that what runs it can say what it saw."""
    for kill, patience in ((lambda: os.kill(child_of(process.pid), signal.SIGTERM), 20),
                           (lambda: os.killpg(process.pid, signal.SIGKILL), 10)):
        try:
            kill()
            process.wait(patience)
            return
        except ProcessLookupError:
            process.wait()
            return
        except subprocess.TimeoutExpired:
            continue
