#!/bin/sh
# Searches mocks of known capacity, three times each, and prints what was found beside the truth.
# Usage: scripts/bench-capacity.sh [PROGRAM]; about 80 minutes, one search at a time. Needs a machine that is otherwise quiet.
#
# The truth: with fixed service times the capacity itself; with exponential ones the rate at which 1% of the calls take
# longer than 250 ms when they arrive evenly, from a simulation of the same queue over 760,000 calls.
set -eu
program=${1:-target/release/proofload}
directory=$(mktemp -d)
trap 'kill "${mock:-}" 2>/dev/null || true; rm -rf "$directory"' EXIT

echo '| workers | service | truth | found | error | seconds | exit |'
echo '|---|---|---|---|---|---|---|'
while read -r workers service truth; do
    for run in 1 2 3; do
        "$program" mock --http 127.0.0.1:0 --https none --workers "$workers" --service "$service" >"$directory/mock" 2>/dev/null &
        mock=$!
        until grep -q listening "$directory/mock"; do sleep 0.1; done
        address=$(sed -n 's/^listening http=\([^ ]*\).*/\1/p' "$directory/mock")
        code=0
        PROOFLOAD_PASSWORD=admin-pass "$program" capacity --url "http://$address" --username admin \
            --slo 'publish.p99 < 250ms' --format json >"$directory/$run.json" 2>/dev/null || code=$?
        kill "$mock" && wait "$mock" || true
        python3 - "$directory/$run.json" "$workers" "$service" "$truth" "$code" <<'PYTHON'
import json, sys
path, workers, service, truth, code = sys.argv[1:]
report = json.load(open(path))
found = report["sustained_per_s"]
error = "-" if found is None else f"{(found / float(truth) - 1) * 100:+.1f}%"
shown = "-" if found is None else f"{found:.1f}"
print(f"| {workers} | {service} | {truth} | {shown} | {error} | {report['duration_s']:.0f} | {code} |", flush=True)
PYTHON
    done
done <<'TABLE'
1 fixed:20ms 50
4 fixed:20ms 200
8 fixed:20ms 400
30 fixed:20ms 1500
1 exp:20ms 40.2
4 exp:20ms 189.6
8 exp:20ms 390.5
30 exp:20ms 1492
TABLE
