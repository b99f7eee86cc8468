#!/bin/sh
# Memory of each connected virtual user: 5,000 users, one request a second each, server on core 1.
# usage: scripts/bench-memory.sh [USERS] [SECONDS]
set -eu
cd "$(dirname "$0")/.."
users=${1:-5000} seconds=${2:-15}
# PROOFLOAD names another program to measure; without it this tree is built.
proofload=${PROOFLOAD:-target/release/proofload}
[ -n "${PROOFLOAD:-}" ] || cargo build --release --quiet --package proofload --bin proofload
bench=${BENCH_SERVER:-target/release/proofload-bench-server}
[ -n "${BENCH_SERVER:-}" ] || cargo build --release --quiet --package proofload-bench-server
ulimit -n 20000
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkfifo "$work/stdin"
taskset -c 1 "$bench" <"$work/stdin" >"$work/url" &
server=$!
exec 3>"$work/stdin"
until [ -s "$work/url" ]; do sleep 0.05; done
measure() {
    PROOFLOAD_PASSWORD=none taskset -c 0 "$proofload" load --scenario scripts/bench/paced.toml --url "$(cat "$work/url")" \
        --username bench --users "$1" --rate "$2/s" --duration "${seconds}s" --format json 2>/dev/null >"$work/$1.json" || true
}
measure 100 100
measure "$users" "$users"
exec 3>&-
wait "$server"
python3 - "$work" "$users" <<'PY'
import json, sys
work, users = sys.argv[1], int(sys.argv[2])
rss = lambda n: json.load(open(f"{work}/{n}.json"))["generator"]["max_rss_bytes"]
few, many = rss(100), rss(users)
print(f"100 users: {few/1e6:.1f} MB; {users} users: {many/1e6:.1f} MB, {many/users/1000:.1f} KB each in all, {(many-few)/(users-100)/1000:.1f} KB for each further one")
PY
