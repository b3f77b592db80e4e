"""Writing results to build/bench."""
import json

from .programs import RESULTS
from .table import markdown, summary


def write(name, results, facts, base):
    """As Markdown, also to standard output, and as JSON with every run."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    text = markdown(results, facts, base)
    (RESULTS / f"{name}.md").write_text(text)
    summaries = {scenario: {server: summary(runs) for server, runs in servers.items()}
                 for scenario, servers in results.items()}
    (RESULTS / f"{name}.json").write_text(
        json.dumps({"machine": facts, "base": base, "summary": summaries, "runs": results}, indent=1))
    print(text)
    print(f"Written to {RESULTS / name}.md and .json")
