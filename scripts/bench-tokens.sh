#!/bin/sh
# Renewals before expiry: tokens of 5 s, 2,000 users, a minute; not one 401 may come. Mock on core 1, generator on core 0.
# usage: scripts/bench-tokens.sh [USERS] [SECONDS] [RATE_PER_S]
set -eu
cd "$(dirname "$0")/.."
users=${1:-2000} seconds=${2:-60} rate=${3:-400}
# PROOFLOAD names another program to measure; without it this tree is built.
proofload=${PROOFLOAD:-target/dist/proofload}
[ -n "${PROOFLOAD:-}" ] || cargo build --profile dist --quiet --package proofload --bin proofload
ulimit -n 20000
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
taskset -c 1 "$proofload" mock --http 127.0.0.1:0 --https none --token-lifetime 5s >"$work/mock" 2>&1 &
mock=$!
trap 'kill "$mock" 2>/dev/null; rm -rf "$work"' EXIT
until grep -q '^listening' "$work/mock"; do sleep 0.05; done
url=http://$(sed -n 's/^listening http=\([0-9.:]*\).*/\1/p' "$work/mock")
PROOFLOAD_PASSWORD=admin-pass taskset -c 0 "$proofload" load --scenario camera-feed --url "$url" --username admin \
    --users "$users" --rate "$rate/s" --duration "${seconds}s" --format json >"$work/report.json" 2>"$work/said" || true
python3 - "$work/report.json" <<'PY'
import json, sys
report = json.load(open(sys.argv[1]))
rows = {row["name"]: row for row in report["operations"]}
renewals = rows["renewToken"]
statuses = sum((row["statuses"].get("401", 0) for row in rows.values()))
print(f"{report['arrivals']}, {rows['publish']['ok']} publishes and {rows['publish']['errors']} errors, {renewals['ok']} renewals and {renewals['errors']} errors, "
      f"logins {rows.get('authenticate', {}).get('ok', 0)}, 401: {statuses} (counted as findings: {report['unauthorised']}), verdict {report['verdict']}, CPU {report['generator']['cpu_s']:.1f} s")
print("not one 401" if statuses == 0 else "OFF: 401s came")
PY
