#!/bin/sh
# How late arrivals are at the server against the ideal grid: server on core 1, generator on core 0.
# In turns with the barest client there is (a thread that sleeps and writes): what the machine itself allows in that minute;
# and with oha at the same rate where it is installed (OHA names another one).
# usage: scripts/bench-pacing.sh [RATE_PER_S] [SECONDS] [ROUNDS] [USERS]; the other two have 256 connections, proofload as many as it thinks right
set -eu
cd "$(dirname "$0")/.."
rate=${1:-1000} seconds=${2:-20} rounds=${3:-1} users=${4:+--users $4}
. scripts/bench/server.sh
oha=${OHA:-$(command -v oha || true)}
lateness() { # who [report]
    python3 scripts/bench/lateness.py "$work/arrivals" "$rate" "$((rate * seconds))" "$@"
}
for round in $(seq "$rounds"); do
    serve --arrivals "$work/arrivals"
    taskset -c 0 "$server" --pace "${url#http://}" "$rate" "$seconds"
    finish
    lateness "barest client"
    if [ -n "$oha" ]; then
        serve --arrivals "$work/arrivals"
        # As many connections as the barest client has; it is told the number of calls, for its time would cut the last ones off.
        taskset -c 0 "$oha" --no-tui --output-format json -c 256 -q "$rate" -n "$((rate * seconds))" "$url/api/v1/renewToken" >"$work/oha.json"
        finish
        lateness oha
    fi
    serve --arrivals "$work/arrivals"
    load paced "$work/report.json" --rate "$rate/s" --duration "${seconds}s" $users || true
    finish
    lateness proofload "$work/report.json"
done
