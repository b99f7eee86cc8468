#!/bin/sh
# Memory over a long run: the last minute must not need more than the first. Server on core 1, generator on core 0.
# usage: scripts/bench-soak.sh [RATE_PER_S] [SECONDS]
set -eu
cd "$(dirname "$0")/.."
rate=${1:-2000} seconds=${2:-600}
# PROOFLOAD and BENCH_SERVER name other programs to measure; without them this tree is built.
proofload=${PROOFLOAD:-target/release/proofload}
[ -n "${PROOFLOAD:-}" ] || cargo build --release --quiet --package proofload --bin proofload
server=${BENCH_SERVER:-target/release/proofload-bench-server}
[ -n "${BENCH_SERVER:-}" ] || cargo build --release --quiet --package proofload-bench-server
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkfifo "$work/stdin"
taskset -c 1 "$server" <"$work/stdin" >"$work/url" &
serving=$!
exec 3>"$work/stdin"
until [ -s "$work/url" ]; do sleep 0.05; done
PROOFLOAD_PASSWORD=none taskset -c 0 "$proofload" load --scenario scripts/bench/paced.toml --url "$(cat "$work/url")" \
    --username bench --rate "$rate/s" --duration "${seconds}s" --out "$work/run" --format json >"$work/report.json" 2>/dev/null || true
exec 3>&-
wait "$serving"
python3 - "$work" <<'PY'
import json, os, sys
work = sys.argv[1]
report = json.load(open(f"{work}/report.json"))
seconds = [json.loads(line) for line in open(f"{work}/run/counters.jsonl")]
rss = [second["rss_bytes"] / 1e6 for second in seconds]
size = sum(entry.stat().st_size for entry in os.scandir(f"{work}/run"))
print(f"{report['arrivals']}, {len(seconds)} seconds, verdict {report['verdict']}, CPU {report['generator']['cpu_s']:.1f} s, record {size/1e6:.1f} MB")
print(f"resident memory: after 10 s {rss[min(9, len(rss)-1)]:.1f} MB; highest of the first minute {max(rss[:60]):.1f} MB, of the last {max(rss[-60:]):.1f} MB")
PY
