#!/bin/sh
# How late arrivals are at the server against the ideal grid: server on core 1, generator on core 0.
# usage: scripts/bench-pacing.sh [RATE_PER_S] [SECONDS]
set -eu
cd "$(dirname "$0")/.."
rate=${1:-1000} seconds=${2:-20}
# PROOFLOAD names another program to measure; without it this tree is built.
proofload=${PROOFLOAD:-target/release/proofload}
[ -n "${PROOFLOAD:-}" ] || cargo build --release --quiet --package proofload --bin proofload
cargo build --release --quiet --package proofload-bench-server
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkfifo "$work/stdin"
taskset -c 1 target/release/proofload-bench-server --arrivals "$work/arrivals" <"$work/stdin" >"$work/url" &
server=$!
exec 3>"$work/stdin"
until [ -s "$work/url" ]; do sleep 0.05; done
PROOFLOAD_PASSWORD=none taskset -c 0 "$proofload" load --scenario scripts/bench/paced.toml \
    --url "$(cat "$work/url")" --username bench --rate "$rate/s" --duration "${seconds}s" --format json >"$work/report.json" || true
exec 3>&-
wait "$server"
python3 - "$work" "$rate" <<'PY'
import json, sys
work, rate = sys.argv[1], float(sys.argv[2])
report = json.load(open(f"{work}/report.json"))
users = report["generator"]["users"]
# The logins of the users come first, and the preflight's calls before them.
arrivals = sorted(int(line) for line in open(f"{work}/arrivals"))
arrivals = arrivals[-report["arrivals"]["sent"]:]
period = 1e9 / rate
offsets = [at - arrivals[0] - index * period for index, at in enumerate(arrivals)]
best = min(offsets)
late = sorted((offset - best) / 1e6 for offset in offsets)
at = lambda q: late[min(len(late) - 1, int(q * len(late)))]
print(f"{len(late)} arrivals at {rate:.0f}/s: late at the server by p50 {at(.5):.3f}  p99 {at(.99):.3f}  p99.9 {at(.999):.3f}  max {late[-1]:.3f} ms")
lag = report["generator"]["schedule_lag_us"]
print(f"own schedule lag: p50 {lag['p50']/1e3:.3f}  p99 {lag['p99']/1e3:.3f}  p99.9 {lag['p999']/1e3:.3f} ms; CPU {report['generator']['cpu_s']:.2f} s of {report['duration_s']:.1f} s; verdict {report['verdict']}")
PY
