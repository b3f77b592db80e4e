"""What the verdicts look like on a terminal and in a file."""

import collections
import json

from case import FAIL, NON_STRICT, PASS, SKIPPED

ORDER = (PASS, NON_STRICT, FAIL, SKIPPED)


def lines_of(results, verbose):
    """A line for each verdict that needs a look, then the counts of each section."""
    for section, case, verdict, note, seconds in results:
        if verbose or verdict in (FAIL, NON_STRICT):
            yield f"{verdict:10} {case.id:8} {case.title}" + (f" ({seconds:.1f} s)" if seconds > 3 else "")
            if note:
                yield f"           {note}"
    counts = collections.defaultdict(collections.Counter)
    for section, _, verdict, _, _ in results:
        counts[section][verdict] += 1
    counts["total"] = sum(counts.values(), collections.Counter())
    yield f"{'':14} " + " ".join(f"{name:>10}" for name in ORDER)
    for section, of in counts.items():
        yield f"{section:14} " + " ".join(f"{of[name]:>10}" for name in ORDER)


def write_json(path, url, results):
    cases = [{"id": case.id, "section": section, "title": case.title, "verdict": verdict, "note": note,
              "seconds": round(seconds, 3)} for section, case, verdict, note, seconds in results]
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"url": url, "cases": cases}, file, indent=1, ensure_ascii=False)
        file.write("\n")
