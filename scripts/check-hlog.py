#!/usr/bin/env python3
"""Reads a run's interval log with another implementation of HdrHistogram and compares the figures with run.json.

    scripts/check-hlog.py DIR

Installs PyPI's `hdrhistogram` (a port of the Java original by its own community) into a virtual environment that is
gone afterwards. Prints one line for each operation and exits 1 when a figure differs. Run by hand: it needs the network.
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import venv

QUANTILES = {"p50": 50.0, "p90": 90.0, "p95": 95.0, "p99": 99.0, "p999": 99.9}

# Runs inside the virtual environment.
READER = """
import json, math, sys
from hdrh.histogram import HdrHistogram
from hdrh.log import HistogramLogReader

sums = {}
reader = HistogramLogReader(sys.argv[1], HdrHistogram(1, 600_000_000, 3))
while True:
    interval = reader.get_next_interval_histogram()
    if interval is None:
        break
    tag = interval.get_tag()
    sums.setdefault(tag, HdrHistogram(1, 600_000_000, 3)).add(interval)
quantiles = json.loads(sys.argv[2])
figures = {}


def at_quantile(histogram, percent):
    # The library's own percentiles round the rank to the nearest; the field's definition, and ours, is the smallest
    # value that so many reach at most. The values and counts it iterates over are its own.
    rank, seen = max(1, math.ceil(percent / 100 * histogram.get_total_count())), 0
    for step in histogram.get_recorded_iterator():
        seen += step.count_added_in_this_iter_step
        if seen >= rank:
            return histogram.get_highest_equivalent_value(step.value_iterated_to)
    return 0


for operation, kinds in json.loads(sys.argv[3]).items():
    for kind in kinds:
        both = HdrHistogram(1, 600_000_000, 3)
        for outcome in ("ok", "error"):
            tag = f"{operation}.{kind}.{outcome}"
            if tag in sums:
                both.add(sums[tag])
        figures[f"{operation}.{kind}"] = {
            "count": both.get_total_count(),
            "max": both.get_max_value(),
            **{name: at_quantile(both, at) for name, at in quantiles.items()},
        }
json.dump(figures, sys.stdout)
"""


def figures(log: pathlib.Path, operations: dict) -> dict:
    """The figures of an interval log as the other implementation sees them."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = next(path for path in pathlib.Path(folder).glob("*/python*") if path.stem == "python")
        subprocess.run([python, "-m", "pip", "install", "--quiet", "hdrhistogram"], check=True)
        kinds = json.dumps({name: ["response", "service"] for name in operations})
        read = [python, "-c", READER, str(log), json.dumps(QUANTILES), kinds]
        return json.loads(subprocess.run(read, check=True, capture_output=True, text=True).stdout)


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    directory = pathlib.Path(sys.argv[1])
    result = json.loads((directory / "run.json").read_text())["result"]
    operations = {row["name"]: row for row in result["operations"]}
    seen = figures(directory / "latency.hlog", operations)
    differences = 0
    for name, row in operations.items():
        for kind in ("response", "service"):
            ours, theirs = row[f"{kind}_us"], seen[f"{name}.{kind}"]
            wrong = [figure for figure in (*QUANTILES, "max") if ours[figure] != theirs[figure]]
            if theirs["count"] != row["ok"] + row["errors"]:
                wrong.append("count")
            differences += len(wrong)
            said = "same" if not wrong else "DIFFERS in " + ", ".join(wrong)
            print(f"{name}.{kind}: {theirs['count']} values, p50 {theirs['p50']}, p99 {theirs['p99']}, "
                  f"max {theirs['max']} us: {said}")
            if wrong:
                print(f"  ours {ours}\n  theirs {theirs}")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
