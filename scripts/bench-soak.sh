#!/bin/sh
# Memory over a long run: the last minute must not need more than the first. Server on core 1, generator on core 0.
# usage: scripts/bench-soak.sh [RATE_PER_S] [SECONDS]
set -eu
cd "$(dirname "$0")/.."
rate=${1:-2000} seconds=${2:-600}
. scripts/bench/server.sh
serve
load paced "$work/report.json" --rate "$rate/s" --duration "${seconds}s" --out "$work/run" || true
finish
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
