#!/bin/sh
# How late arrivals are at the server against the ideal grid: server on core 1, generator on core 0.
# In turns with the barest client there is (a thread that sleeps and writes): what the machine itself allows in that minute.
# usage: scripts/bench-pacing.sh [RATE_PER_S] [SECONDS] [ROUNDS]
set -eu
cd "$(dirname "$0")/.."
rate=${1:-1000} seconds=${2:-20} rounds=${3:-1}
# PROOFLOAD names another program to measure; without it this tree is built.
proofload=${PROOFLOAD:-target/release/proofload}
[ -n "${PROOFLOAD:-}" ] || cargo build --release --quiet --package proofload --bin proofload
server=${BENCH_SERVER:-target/release/proofload-bench-server}
[ -n "${BENCH_SERVER:-}" ] || cargo build --release --quiet --package proofload-bench-server
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkfifo "$work/stdin"

serve() {
    rm -f "$work/url" "$work/arrivals"
    taskset -c 1 "$server" --arrivals "$work/arrivals" <"$work/stdin" >"$work/url" &
    serving=$!
    exec 3>"$work/stdin"
    until [ -s "$work/url" ]; do sleep 0.05; done
    url=$(cat "$work/url")
}
finish() {
    exec 3>&-
    wait "$serving"
}
for round in $(seq "$rounds"); do
    serve
    taskset -c 0 "$server" --pace "${url#http://}" "$rate" "$seconds"
    finish
    python3 scripts/bench/lateness.py "$work/arrivals" "$rate" "$((rate * seconds))" "barest client"
    serve
    PROOFLOAD_PASSWORD=none taskset -c 0 "$proofload" load --scenario scripts/bench/paced.toml \
        --url "$url" --username bench --rate "$rate/s" --duration "${seconds}s" --format json >"$work/report.json" 2>"$work/said" || true
    finish
    python3 scripts/bench/lateness.py "$work/arrivals" "$rate" "$((rate * seconds))" proofload "$work/report.json"
done
