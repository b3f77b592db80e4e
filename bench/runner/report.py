"""Writing results to build/bench."""
import json
import sys

from .programs import RESULTS
from .table import markdown, summary


def write(name, results, facts, base):
    """As Markdown, which it returns, and as JSON with every run."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    text = markdown(results, facts, base)
    (RESULTS / f"{name}.md").write_text(text)
    summaries = {scenario: {server: summary(runs) for server, runs in servers.items()}
                 for scenario, servers in results.items()}
    (RESULTS / f"{name}.json").write_text(
        json.dumps({"machine": facts, "base": base, "summary": summaries, "runs": results}, indent=1))
    return text


def write_rounds(name, all_rounds, facts, base):
    """The same after each round, so that what ends the last one takes no other away; returns the exit status."""
    text, failures = "", []
    for results, failures in all_rounds:
        text = write(name, results, facts, base)
    print(text)
    print(f"Written to {RESULTS / name}.md and .json")
    for failure in failures:
        print(f"FAILED {failure}", file=sys.stderr)
    return 1 if failures else 0
