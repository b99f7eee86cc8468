#!/bin/sh
# Requests per second of one generator core against oha's, rounds interleaved, medians and ratios.
# Server (bare hyper) on core 1, generator on core 0. usage: scripts/bench-peers.sh [ROUNDS] [SECONDS]
set -eu
cd "$(dirname "$0")/.."
rounds=${1:-5} seconds=${2:-5}
cargo build --release --quiet --package proofload --bin proofload
cargo build --release --quiet --package proofload-bench-server
oha=${OHA:-$(command -v oha || true)}
if [ -z "$oha" ]; then
    cargo install --locked --quiet oha --version 1.16.0 --root "${TMPDIR:-/tmp}/proofload-peers"
    oha="${TMPDIR:-/tmp}/proofload-peers/bin/oha"
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 - "$work/body.json" <<'PY'
import base64, json, sys
image = base64.b64encode(open("scenarios/images/face-crop-260x300.jpg", "rb").read()).decode()
json.dump({"detectorName": "renew-00001", "ianaTimeZone": "America/Los_Angeles", "detectTimeUtc": "2026-11-22T05:30:00.123Z", "expanded": image}, open(sys.argv[1], "w"))
PY
token=eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ1bmlxdWVfbmFtZSI6ImJlbmNoIiwiZXhwIjo0MTAyNDQ0ODAwfQ.c2lnbmF0dXJl

ours() { # scenario url
    PROOFLOAD_PASSWORD=none taskset -c 0 target/release/proofload load --scenario "scripts/bench/$1.toml" --url "$2" \
        --username bench $insecure --users 32 --threads 1 --duration "${seconds}s" --format json 2>/dev/null >"$work/ours.json" || true
    python3 -c 'import json,sys; r=json.load(open(sys.argv[1])); print(r["arrivals"]["done"]/r["duration_s"])' "$work/ours.json"
}
theirs() { # scenario url
    case $1 in
    renew) set -- "$2/api/v1/renewToken" ;;
    publish) set -- -m POST -T application/json -D "$work/body.json" "$2/api/v1/faceEdge/publish" ;;
    esac
    taskset -c 0 "$oha" --no-tui --output-format json -c 32 -z "${seconds}s" $insecure -H "authorization: Bearer $token" "$@" 2>/dev/null >"$work/oha.json"
    python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["summary"]["requestsPerSec"])' "$work/oha.json"
}
for scheme in http https; do
    insecure= server_flags=
    if [ $scheme = https ]; then insecure=--insecure server_flags=--https; fi
    for scenario in renew publish; do
        mkfifo "$work/stdin"
        taskset -c 1 target/release/proofload-bench-server $server_flags <"$work/stdin" >"$work/url" &
        server=$!
        exec 3>"$work/stdin"
        until [ -s "$work/url" ]; do sleep 0.05; done
        url=$(cat "$work/url")
        : >"$work/ours" && : >"$work/theirs"
        for round in $(seq "$rounds"); do
            ours $scenario "$url" >>"$work/ours"
            theirs $scenario "$url" >>"$work/theirs"
        done
        exec 3>&-
        wait "$server"
        rm "$work/stdin" "$work/url"
        python3 - "$work" "$scheme $scenario" <<'PY'
import statistics, sys
work, what = sys.argv[1:]
read = lambda name: [float(line) for line in open(f"{work}/{name}")]
ours, theirs = read("ours"), read("theirs")
pairs = sorted(a / b for a, b in zip(ours, theirs))
print(f"{what:14} proofload {statistics.median(ours):9.0f}/s   oha {statistics.median(theirs):9.0f}/s   ratio {statistics.median(ours)/statistics.median(theirs):.2f} (rounds {pairs[0]:.2f} to {pairs[-1]:.2f})", flush=True)
PY
    done
done
