#!/bin/sh
# The gate on live deployments: A/A, two equal mocks, and A/B, one of them with a service time 10% longer, interleaved.
# bench-gate.sh [TIMES], 20 of each by default; each takes half a minute at most. Ends with 1 when one was wrong.
set -eu
cd "$(dirname "$0")/.."
times=${1:-20}
# PROOFLOAD names another program to measure with; without it this tree is built.
proofload=${PROOFLOAD:-target/dist/proofload}
[ -n "${PROOFLOAD:-}" ] || cargo build --profile dist --quiet --package proofload --bin proofload
work=$(mktemp -d)
pids=
trap 'kill $pids 2>/dev/null || true; rm -rf "$work"' EXIT

# A mock with 64 workers and the given service time; its address goes into a file.
mock() {
    "$proofload" mock --http 127.0.0.1:0 --https none --workers 64 --service "fixed:$2" >"$work/$1" 2>"$work/$1.log" &
    pids="$pids $!"
    until grep -q '^listening' "$work/$1" 2>/dev/null; do sleep 0.05; done
}

# Where it listens.
url() {
    sed -n 's/^listening http=\([^ ]*\).*/http:\/\/\1/p' "$work/$1"
}

mock a 100ms
mock same 100ms
mock slower 110ms

# compare NAME MOCK WANTED: as many times as asked for, each with its own seed.
compare() {
    right=0
    for seed in $(seq "$times"); do
        code=0
        PROOFLOAD_PASSWORD=admin-pass "$proofload" gate --url-a "$(url a)" --url-b "$(url "$2")" --username admin --scenario camera-feed \
            --rate 300/s --users 60 --tolerance p90=10% --tolerance p99=20% --block 500ms --max-time 35s --seed "$seed" --format json \
            >"$work/$2.json" 2>"$work/$2.error" || code=$?
        if [ "$code" = "$3" ]; then right=$((right + 1)); else cat "$work/$2.error" >&2; fi
        python3 - "$work/$2.json" "$1" "$seed" "$code" <<'PY'
import json, sys
path, name, seed, code = sys.argv[1:]
try:
    report = json.load(open(path))
except ValueError:
    sys.exit(f"{name} {seed}: no report, exit {code}")
p50 = report["comparisons"][0]
low, high = p50["interval"] or [0, 0]
sequential = report["sequential"]
print(f"{name} {seed:>2}: {report['verdict']} (exit {code}), p50 {p50['ratio']:.3f} [{low:.3f}, {high:.3f}], "
      f"{sequential['pairs']} of {sequential['planned_pairs']} pairs, {sequential['elapsed_s']:.0f} s; "
      + "; ".join(report["reasons"] if report["verdict"] == "inconclusive" else []))
PY
    done
    echo "$1: right $right times out of $times"
    [ "$right" = "$times" ]
}

# Both at once: a machine that is not quiet is what a pipeline has.
compare A/A same 0 &
alike=$!
status=0
compare A/B slower 1 || status=1
wait "$alike" || status=1
exit $status
