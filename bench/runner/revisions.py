"""Other revisions of the library, built with the benchmarks of this checkout."""
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import programs
from .programs import ROOT, run

FOLDER = ROOT / "build" / "compare"


@dataclass(frozen=True)
class Build:
    name: str
    programs: Path


def output_of(*command):
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def check_out(commit):
    """A worktree at `commit`; one that is there already stays, with what was built in it."""
    tree = FOLDER / commit[:12]
    if not (tree / ".git").exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        run("git", "worktree", "prune", cwd=ROOT)
        run("git", "worktree", "add", "--detach", "--force", tree, commit, cwd=ROOT, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
    return tree


def bring_benchmarks(tree):
    """Those of this checkout, with their times, so that nothing is built again for nothing."""
    shutil.rmtree(tree / "bench", ignore_errors=True)
    shutil.copytree(ROOT / "bench", tree / "bench", ignore=shutil.ignore_patterns("node_modules", "__pycache__"))


def build(revision):
    if revision == ".":
        return Build("this checkout", programs.build(target="websock_server"))
    commit = output_of("git", "rev-parse", "--verify", revision + "^{commit}")
    tree = check_out(commit)
    bring_benchmarks(tree)
    return Build(output_of("git", "log", "-1", "--format=%h %s", commit), programs.build(source=tree, target="websock_server"))
