"""Nodes as processes of hosts, driven by lines: what they take and tell is listed in probe.hpp."""
import os
import signal
import subprocess
import threading
import time

SLOW = float(os.environ.get("WEBSOCK_E2E_SLOW", "1"))
DEADLINE = 20 * SLOW  # seconds


class Node:
    """A node NAME@NAME.test on the host NAME."""

    def __init__(self, host, command, environment=None):
        self.host = host
        self.name = f"{host}@{host}.test"
        self.command = ["ip", "netns", "exec", host, *command]
        self.environment = {**os.environ, **(environment or {})}
        self.changed = threading.Condition()
        self.lines = []  # since `forget`
        self.all_lines = []  # for people
        self.when = 0  # the line came that was waited for
        self.start()

    def start(self):
        # ip becomes the program, so that its number is the program's.
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True, env=self.environment)
        threading.Thread(target=self.read, args=(self.process.stdout,), daemon=True).start()
        self.ready = self.wait("ready")

    def read(self, output):
        for line in output:
            with self.changed:
                now = time.monotonic()
                self.lines.append((now, line.split()))
                self.all_lines.append(f"{now:.3f} {line.rstrip()}")
                self.changed.notify_all()

    def tell(self, *words):
        self.process.stdin.write(" ".join(str(word) for word in words) + "\n")
        self.process.stdin.flush()

    def forget(self):
        with self.changed:
            self.lines.clear()

    def has(self, *words):
        return self.count(*words) > 0

    def count(self, *words):
        """How many lines begin with these words."""
        wanted = [str(word) for word in words]
        with self.changed:
            return sum(line[:len(wanted)] == wanted for _, line in self.lines)

    def wait(self, *words, limit=DEADLINE):
        """The rest of the first line that begins with these words, once there is one; that line is forgotten."""
        wanted = [str(word) for word in words]
        end = time.monotonic() + limit
        with self.changed:
            while True:
                for index, (when, line) in enumerate(self.lines):
                    if line[:len(wanted)] == wanted:
                        del self.lines[index]
                        self.when = when
                        return line[len(wanted):]
                if not self.changed.wait(end - time.monotonic()) and time.monotonic() >= end:
                    raise AssertionError(f"{self.name} does not say \"{' '.join(wanted)}\" within {limit} s")

    def ask(self, verb, name, answer):
        """What a line is answered by."""
        self.tell(verb, name)
        return self.wait(answer, name)

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.signal(signal.SIGKILL)
        self.process.wait(DEADLINE)
        self.process.stdin.close()


def meet(nodes):
    """Until each answers each, by pids that they keep; returns how those are: new, same or other."""
    how = {}
    for one in nodes:
        for other in nodes:
            if one is not other:
                one.tell("keep", other.name)
                how[one.host, other.host] = one.wait("kept", other.name)[0]
    return how
