#!/usr/bin/env bash
# Searches mocks of known capacity and prints what was found beside the truth. Ends with 1 when an answer is off by more than
# 5%, was not confirmed, or took longer than 180 s.
# Usage: scripts/bench-capacity.sh [PARALLEL [ROUNDS [SERVICE]]]: 4 searches at a time, 3 rounds, all settings by default
# (18 minutes); SERVICE, such as exp, chooses settings whose service begins with it. Needs a machine that is otherwise quiet.
# PROOFLOAD names the program; without it one is built.
#
# The truth: with fixed service times the capacity itself; with exponential ones the rate at which 1% of the calls take
# longer than 250 ms when they arrive evenly, from a simulation of the same queue (scripts/capacity-simulation.sh).
set -euo pipefail
cd "$(dirname "$0")/.."
parallel=${1:-4} rounds=${2:-3} chosen=${3:-}
program=${PROOFLOAD:-target/dist/proofload}
[ -n "${PROOFLOAD:-}" ] || cargo build --profile dist --quiet
directory=$(mktemp -d)
mocks=()
trap 'kill "${mocks[@]}" 2>/dev/null || true; rm -rf "$directory"' EXIT

# search NAME WORKERS SERVICE: leaves NAME.json and NAME.exit
search() {
    local address code=0
    until grep -q listening "$directory/$1.mock"; do sleep 0.1; done
    address=$(sed -n 's/^listening http=\([^ ]*\).*/\1/p' "$directory/$1.mock")
    PROOFLOAD_PASSWORD=admin-pass "$program" capacity --url "http://$address" --username admin \
        --slo 'publish.p99 < 250ms' --format json >"$directory/$1.json" 2>"$directory/$1.err" || code=$?
    echo "$code" >"$directory/$1.exit"
}

settings=$(grep " $chosen" <<'TABLE'
1 fixed:20ms 50
4 fixed:20ms 200
8 fixed:20ms 400
30 fixed:20ms 1500
1 exp:20ms 40.1
4 exp:20ms 190.1
8 exp:20ms 390.0
30 exp:20ms 1489.5
TABLE
)
echo '| workers | service | truth | found | bracket | error | confirmed | seconds | exit |'
echo '|---:|---|---:|---:|---|---:|---|---:|---:|'
failed=0
flush() {
    wait "${searches[@]}"
    kill "${mocks[@]}" 2>/dev/null || true
    wait "${mocks[@]}" 2>/dev/null || true
    for entry in "${names[@]}"; do
        read -r name workers service truth <<<"$entry"
        python3 - "$directory/$name" "$workers" "$service" "$truth" <<'PYTHON' || failed=1
import json, sys
path, workers, service, truth = sys.argv[1:]
code = open(path + ".exit").read().strip()
try:
    report = json.load(open(path + ".json"))
except ValueError:
    print(f"| {workers} | {service} | {truth} | - | - | - | - | - | {code} |", flush=True)
    sys.exit(open(path + ".err").read())
found, bracket = report["sustained_per_s"], report["bracket_per_s"]
error = None if found is None else found / float(truth) - 1
print(
    f"| {workers} | {service} | {truth} | {'-' if found is None else f'{found:.1f}'} "
    f"| {'-' if bracket is None else f'{bracket[0]:.1f} to {bracket[1]:.1f}'} "
    f"| {'-' if error is None else f'{error * 100:+.1f}%'} | {'yes' if report['confirmed'] else 'no'} "
    f"| {report['duration_s']:.0f} | {code} |",
    flush=True,
)
sys.exit(error is None or abs(error) > 0.05 or not report["confirmed"] or report["duration_s"] > 180)
PYTHON
    done
    mocks=() searches=() names=()
}

searches=() names=()
for round in $(seq "$rounds"); do
    while read -r workers service truth; do
        name=$round-$workers-${service%%:*}
        "$program" mock --http 127.0.0.1:0 --https none --workers "$workers" --service "$service" >"$directory/$name.mock" 2>/dev/null &
        mocks+=($!)
        search "$name" "$workers" "$service" &
        searches+=($!)
        names+=("$name $workers $service $truth")
        [ "${#names[@]}" -lt "$parallel" ] || flush
    done <<<"$settings"
done
[ "${#names[@]}" -eq 0 ] || flush
exit "$failed"
