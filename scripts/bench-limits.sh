#!/bin/sh
# A rate that the generator cannot make is found and must be called invalid (exit code 4); half of it must not.
# Server on core 1, generator on core 0. usage: scripts/bench-limits.sh [FIRST_RATE_PER_S] [SECONDS]
set -eu
cd "$(dirname "$0")/.."
rate=${1:-20000} seconds=${2:-5}
. scripts/bench/server.sh
serve
try() { # rate; sets code
    code=0
    load paced "$work/report.json" --rate "$1/s" --duration "${seconds}s" || code=$?
    python3 - "$work/report.json" "$1" "$code" <<'PY'
import json, sys
report, rate, code = json.load(open(sys.argv[1])), int(sys.argv[2]), sys.argv[3]
lag, arrivals = report["generator"]["schedule_lag_us"], report["arrivals"]
print(f"{rate:8}/s: exit {code}, {report['verdict']:7} {arrivals['sent']} of {arrivals['due']} sent, lag p50 {lag['p50']/1e3:.3f} p99 {lag['p99']/1e3:.3f} ms, "
      f"CPU {report['generator']['cpu_s']:.1f} of {report['duration_s']:.1f} s" + "".join(f"\n            {reason}" for reason in report["generator"]["reasons"]), flush=True)
PY
}
code=0
while [ "$code" -ne 4 ]; do
    if [ "$rate" -gt 1000000 ]; then echo "no rate was too much" && exit 1; fi
    try "$rate"
    too_much=$rate rate=$((rate * 3 / 2))
done
try $((too_much / 2))
finish
if [ "$code" -eq 4 ]; then echo "WRONG: half of what was too much is called invalid" && exit 1; fi
echo "$too_much/s is too much and said so; $((too_much / 2))/s is not"
