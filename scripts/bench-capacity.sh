#!/usr/bin/env bash
# Searches mocks whose truth is known and prints what was found beside it. Ends with 1 when an answer is not the honest one.
# Usage: scripts/bench-capacity.sh [PARALLEL [ROUNDS [NAME]]]: 4 searches at a time, 3 rounds, all settings by default (an hour);
# NAME, such as exp or rate-limit, chooses settings whose name contains it. Needs a machine that is otherwise quiet.
# PROOFLOAD names the program; without it one is built.
#
# The truth: with fixed service times alone the capacity itself; otherwise the rate at which more calls than may be are late or
# fail, from a simulation of the same server (scripts/capacity-simulation.sh). What is honest depends on the setting:
#   figure   within 5% of the truth, confirmed, within 180 s
#   changes  within 5% of what it is when it is warm or has all its workers; or moved, or no confirmed figure
#   moved    moved: there is no figure that would be true at all times
#   lasting  moved; or how long it was held, and within 5% of what it carries in the end
set -euo pipefail
cd "$(dirname "$0")/.."
parallel=${1:-4} rounds=${2:-3} chosen=${3:-}
program=${PROOFLOAD:-target/dist/proofload}
[ -n "${PROOFLOAD:-}" ] || cargo build --profile dist --quiet
directory=$(mktemp -d)
mocks=()
trap 'kill "${mocks[@]}" 2>/dev/null || true; rm -rf "$directory"' EXIT

# search PLACE OPTIONS...: leaves PLACE.json and PLACE.exit
search() {
    local place=$directory/$1 address code=0
    shift
    until grep -q listening "$place.mock"; do sleep 0.1; done
    address=$(sed -n 's/^listening http=\([^ ]*\).*/\1/p' "$place.mock")
    PROOFLOAD_PASSWORD=admin-pass "$program" capacity --url "http://$address" --username admin \
        --slo 'publish.p99 < 250ms' --format json "$@" >"$place.json" 2>"$place.err" || code=$?
    echo "$code" >"$place.exit"
}

# NAME, truth, what is honest, options of the mock; options of the search stand behind a bar.
settings=$(grep -- "^[^ ]*$chosen" <<'TABLE'
1-fixed 50 figure --workers 1 --service fixed:20ms
4-fixed 200 figure --workers 4 --service fixed:20ms
8-fixed 400 figure --workers 8 --service fixed:20ms
30-fixed 1500 figure --workers 30 --service fixed:20ms
1-exp 40.1 figure --workers 1 --service exp:20ms
4-exp 190.1 figure --workers 4 --service exp:20ms
8-exp 390.0 figure --workers 8 --service exp:20ms
30-exp 1489.5 figure --workers 30 --service exp:20ms
batch 400.1 figure --workers 1 --service fixed:20ms --behaviour batch:size=8,wait=5ms
rate-limit 100.1 figure --workers 4 --service fixed:20ms --behaviour rate-limit:rate=100,burst=20
pause 198.0 figure --workers 4 --service fixed:20ms --behaviour pause:for=100ms,every=10s
bound 148.6 figure --workers 4 --service exp:20ms --behaviour bound
connections 80.0 figure --workers 4 --service fixed:20ms --behaviour connections:most=100
mix 277.3 figure --workers 4 --service fixed:10ms --behaviour mix:share=10%,times=5
warm-up 189.8 changes --workers 4 --service exp:20ms --behaviour warm-up:for=30s,times=2
autoscale 200.0 changes --workers 2 --service fixed:20ms --behaviour autoscale:most=4,delay=10s
leak 190.1 moved --workers 4 --service exp:20ms --behaviour leak:by=20%,every=1m
collapse 200 moved --workers 4 --service fixed:20ms --behaviour collapse:waiting=30,times=2
throttle 142.9 lasting --workers 4 --service fixed:20ms --behaviour throttle:after=60s,times=1.4,rest=60s | --hold 3m
neighbour 167.9 lasting --workers 4 --service fixed:20ms --behaviour neighbour:times=1.25,for=5s,every=20s | --hold 3m
TABLE
)
echo '| setting | truth | honest | found | bracket | error | confirmed | said | seconds | exit |'
echo '|---|---:|---|---:|---|---:|---|---|---:|---:|'
failed=0
flush() {
    wait "${searches[@]}"
    kill "${mocks[@]}" 2>/dev/null || true
    wait "${mocks[@]}" 2>/dev/null || true
    for entry in "${entries[@]}"; do
        read -r place name truth honest <<<"$entry"
        python3 - "$directory/$place" "$name" "$truth" "$honest" <<'PYTHON' || failed=1
import json, sys
path, name, truth, honest = sys.argv[1:]
code = open(path + ".exit").read().strip()
try:
    report = json.load(open(path + ".json"))
except ValueError:
    print(f"| {name} | {truth} | {honest} | - | - | - | - | - | - | {code} |", flush=True)
    sys.exit(open(path + ".err").read())
found, bracket, held = report["sustained_per_s"], report["bracket_per_s"], report.get("held")
error = None if found is None else found / float(truth) - 1
moved = report["verdict"] == "invalid" and "moved" in report["sentence"]
said = "moved" if moved else "a figure" if found is not None else report["sentence"][:60]
if held:
    then = held["then_per_s"]
    said += f", held {held['rate_per_s']:.0f}/s for {held['for_s']:.0f} s" + (f", then {then:.0f}/s" if then else "")
print(
    f"| {name} | {truth} | {honest} | {'-' if found is None else f'{found:.1f}'} "
    f"| {'-' if bracket is None else f'{bracket[0]:.1f} to {bracket[1]:.1f}'} "
    f"| {'-' if error is None else f'{error * 100:+.1f}%'} | {'yes' if report['confirmed'] else 'no'} "
    f"| {said} | {report['duration_s']:.0f} | {code} |",
    flush=True,
)
# What is held is held beside the three minutes.
beside = sum(step["warm_up_s"] + step["measured_s"] + 3 for step in report["steps"] if step["purpose"] == "hold")
in_time = report["duration_s"] <= 180 + beside
figure = error is not None and abs(error) <= 0.05 and report["confirmed"] and in_time
right = {"figure": figure, "moved": moved, "changes": figure or not report["confirmed"], "lasting": moved or (figure and held is not None)}
sys.exit(not right[honest])
PYTHON
    done
    mocks=() searches=() entries=()
}

searches=() entries=()
for round in $(seq "$rounds"); do
    while read -r name truth honest options; do
        place=$round-$name
        read -ra of_mock <<<"${options%%|*}"
        read -ra of_search <<<"$([[ $options == *'|'* ]] && echo "${options#*|}")"
        "$program" mock --http 127.0.0.1:0 --https none "${of_mock[@]}" >"$directory/$place.mock" 2>/dev/null &
        mocks+=($!)
        search "$place" "${of_search[@]}" &
        searches+=($!)
        entries+=("$place $name $truth $honest")
        [ "${#entries[@]}" -lt "$parallel" ] || flush
    done <<<"$settings"
done
[ "${#entries[@]}" -eq 0 ] || flush
exit "$failed"
