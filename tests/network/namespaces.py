"""Hosts that are network namespaces, with cables to one switch.

`enter` runs the whole program again in namespaces of its own, of processes and mounts as well. So nothing is visible
outside, two runs cannot meet, and the kernel removes everything with the first process, however that ends.
"""
import ctypes
import os
import shutil
import signal
import subprocess
import sys

SKIPPED = 77  # SKIP_RETURN_CODE
FOLDER = "/run"  # in memory, and nobody else's
INSIDE = "WEBSOCK_NETWORK_INSIDE"
TOOLS = {"ip": "iproute2", "tc": "iproute2", "unshare": "util-linux", "mount": "mount", "openssl": "openssl",
         "erl": "erlang-base", "epmd": "erlang-base"}


def skip(why):
    print(f"skipped: {why}", flush=True)
    sys.exit(SKIPPED)


def run(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          timeout=20).stdout


def enter():
    """Returns in the namespaces, or skips. Outside it waits, and takes the namespaces with it when it is ended."""
    for tool, package in TOOLS.items():
        if not shutil.which(tool):
            skip(f"{tool} is not installed (apt-get install {package})")
    if os.environ.get(INSIDE):
        return prepare()
    command = ["unshare", "--net", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child"]
    if os.geteuid() != 0:
        command.append("--map-root-user")
    if subprocess.run(["erl", "-noshell", "-eval", "halt(case code:lib_dir(ssl) of {error, _} -> 1; _ -> 0 end)."],
                      check=False, timeout=60).returncode != 0:
        skip("ssl of Erlang is not installed (apt-get install erlang-ssl)")
    tried = subprocess.run([*command, "true"], stderr=subprocess.PIPE, text=True, check=False)
    if tried.returncode != 0:
        skip(f"namespaces are not permitted here: {tried.stderr.strip()}")
    with subprocess.Popen([*command, sys.executable, *sys.argv], env={**os.environ, INSIDE: "1"},
                          preexec_fn=end_with_parent) as inside:
        try:
            signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
            sys.exit(inside.wait())
        finally:
            inside.kill()


def end_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG; unshare does the same for what it runs


def prepare():
    """A folder for names of namespaces, and a try of all that the test needs of the kernel."""
    try:
        run("mount", "-t", "tmpfs", "tmpfs", FOLDER)
        run("ip", "link", "set", "dev", "lo", "up")
        run("ip", "netns", "add", "try")
        run("ip", "link", "add", "name", "try", "type", "veth", "peer", "name", "other", "netns", "try")
        run("tc", "qdisc", "add", "dev", "try", "root", "tbf", "rate", "20mbit", "burst", "32kb", "latency", "400ms")
        run("ip", "link", "add", "name", "switch", "type", "bridge")
        run("ip", "link", "delete", "try")
        run("ip", "netns", "delete", "try")
    except subprocess.CalledProcessError as failed:
        skip(f"{' '.join(failed.cmd)}: {failed.stderr.strip()}")


class Network:
    """Hosts with names of one domain; this program is one more of them, at the switch."""

    def __init__(self, folder, hosts):
        self.addresses = {host: f"10.77.0.{number}" for number, host in enumerate(hosts, 1)}
        run("ip", "address", "add", "10.77.0.254/24", "dev", "switch")
        run("ip", "link", "set", "dev", "switch", "up")
        for host in hosts:
            self.add(host)
        names = folder / "hosts"
        names.write_text("127.0.0.1 localhost\n" +
                         "".join(f"{address} {host}.test\n" for host, address in self.addresses.items()))
        run("mount", "--bind", str(names), "/etc/hosts")

    def add(self, host):
        run("ip", "netns", "add", host)
        run("ip", "link", "add", "name", host, "type", "veth", "peer", "name", "eth0", "netns", host)
        run("ip", "link", "set", "dev", host, "master", "switch", "up")
        inside = ("ip", "-netns", host)
        run(*inside, "link", "set", "dev", "lo", "up")
        run(*inside, "address", "add", f"{self.addresses[host]}/24", "dev", "eth0")
        run(*inside, "link", "set", "dev", "eth0", "up")

    def cut(self, host):
        run("ip", "link", "set", "dev", host, "down")

    def heal(self, host):
        run("ip", "link", "set", "dev", host, "up")

    def slow(self, rate):
        """Both ways on all cables."""
        shape = ("root", "tbf", "rate", rate, "burst", "32kb", "latency", "50ms")
        for host in self.addresses:
            run("tc", "qdisc", "add", "dev", host, *shape)
            run("tc", "-netns", host, "qdisc", "add", "dev", "eth0", *shape)

    def fast(self):
        for host in self.addresses:
            run("tc", "qdisc", "delete", "dev", host, "root")
            run("tc", "-netns", host, "qdisc", "delete", "dev", "eth0", "root")
