"""One run of the load generator."""
import json
import subprocess

from .servers import cores, prepare_child

DEADLINE = 120  # seconds


class LoadFailed(Exception):
    """What came back was wrong, or did not come back."""


def load(program, arguments, port, pid, nice=0):
    command = [str(program), *arguments, "--port", str(port), "--server-pid", str(pid),
               "--deadline", str(DEADLINE)]
    done = subprocess.run(command, capture_output=True, text=True, start_new_session=True,
                          preexec_fn=prepare_child(cores()[1], nice), timeout=DEADLINE + 30)
    if done.returncode != 0:
        raise LoadFailed(done.stderr.strip() or f"the load generator ended with {done.returncode}")
    return json.loads(done.stdout)
