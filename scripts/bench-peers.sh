#!/bin/sh
# Requests per second of one generator core against oha's and plain Goose's, rounds interleaved, medians and ratios.
# Beside requests per second it gives requests per CPU second of the generator, which a busy machine distorts less, and how busy the
# server's core was: where it is busier than the generator's, requests per second are the server's figure, and those per CPU second the generator's.
# Server (bare hyper) on core 1, generator on core 0.
# usage: scripts/bench-peers.sh [ROUNDS] [SECONDS] [SCHEMES] [SCENARIOS], such as 3 3 "http https" "renew publish"
set -eu
cd "$(dirname "$0")/.."
rounds=${1:-5} seconds=${2:-5} schemes=${3:-http https} scenarios=${4:-renew publish}
. scripts/bench/server.sh
goose=${BENCH_GOOSE:-target/dist/proofload-bench-goose}
[ -n "${BENCH_GOOSE:-}" ] || cargo build --profile dist --quiet --package proofload-bench-goose
oha=${OHA:-$(command -v oha || true)}
if [ -z "$oha" ]; then
    cargo install --locked --quiet oha --version 1.16.0 --root "${TMPDIR:-/tmp}/proofload-peers"
    oha="${TMPDIR:-/tmp}/proofload-peers/bin/oha"
fi
python3 - "$work/body.json" <<'PY'
import base64, json, sys
image = base64.b64encode(open("scenarios/images/face-crop-260x300.jpg", "rb").read()).decode()
json.dump({"detectorName": "renew-00001", "ianaTimeZone": "America/Los_Angeles", "detectTimeUtc": "2026-11-22T05:30:00.123Z", "expanded": image}, open(sys.argv[1], "w"))
PY
token=eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ1bmlxdWVfbmFtZSI6ImJlbmNoIiwiZXhwIjo0MTAyNDQ0ODAwfQ.c2lnbmF0dXJl

# Runs a command with its output in a file. Writes the CPU seconds it took to "$work/cpu", and to "$work/core" how busy the server's core was.
timed() { # file command...
    python3 - "$work" "$serving" "$@" <<'PY'
import os, resource, subprocess, sys, time
work, server, out, *command = sys.argv[1:]
def served():
    fields = open(f"/proc/{server}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
before, begun = served(), time.monotonic()
subprocess.run(command, stdout=open(out, "w"), stderr=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
open(f"{work}/cpu", "w").write(str(used.ru_utime + used.ru_stime))
open(f"{work}/core", "w").write(str((served() - before) / (time.monotonic() - begun)))
PY
}
ours() { # scenario url
    PROOFLOAD_PASSWORD=none timed "$work/ours.json" taskset -c 0 "$proofload" load --scenario "scripts/bench/$1.toml" --url "$2" \
        --username bench $insecure --users 32 --threads 1 --duration "${seconds}s" --format json
    python3 -c 'import json,sys; r=json.load(open(sys.argv[1])); n=r["arrivals"]["done"]; print(n/r["duration_s"], n/float(open(sys.argv[2]).read()), open(sys.argv[3]).read())' "$work/ours.json" "$work/cpu" "$work/core"
}
theirs() { # scenario url
    case $1 in
    renew) set -- "$2/api/v1/renewToken" ;;
    publish) set -- -m POST -T application/json -D "$work/body.json" "$2/api/v1/faceEdge/publish" ;;
    esac
    timed "$work/oha.json" taskset -c 0 "$oha" --no-tui --output-format json -c 32 -z "${seconds}s" $insecure -H "authorization: Bearer $token" "$@"
    python3 -c 'import json,sys; s=json.load(open(sys.argv[1]))["summary"]; n=s["requestsPerSec"]; print(n, n*s["total"]/float(open(sys.argv[2]).read()), open(sys.argv[3]).read())' "$work/oha.json" "$work/cpu" "$work/core"
}
plain_goose() { # scenario url
    body=
    if [ "$1" = publish ]; then body=$work/body.json; fi
    timed "$work/goose.json" taskset -c 0 "$goose" "$2" "$seconds" 32 "$token" $body
    python3 -c 'import json,sys; n=json.load(open(sys.argv[1])); assert n["failed"] == 0, n; n=n["requests"]; print(n/float(sys.argv[4]), n/float(open(sys.argv[2]).read()), open(sys.argv[3]).read())' "$work/goose.json" "$work/cpu" "$work/core" "$seconds"
}
for scheme in $schemes; do
    insecure= server_flags=
    if [ $scheme = https ]; then insecure=--insecure server_flags=--https; fi
    for scenario in $scenarios; do
        serve $server_flags
        : >"$work/ours" && : >"$work/theirs" && : >"$work/goose"
        for round in $(seq "$rounds"); do
            ours $scenario "$url" >>"$work/ours"
            theirs $scenario "$url" >>"$work/theirs"
            plain_goose $scenario "$url" >>"$work/goose"
        done
        finish
        python3 - "$work" "$scheme $scenario" <<'PY'
import statistics, sys
work, what = sys.argv[1:]
read = lambda name: list(zip(*[map(float, line.split()) for line in open(f"{work}/{name}")]))
ours = read("ours")
median = statistics.median
def against(who, theirs):
    pairs = sorted(a / b for a, b in zip(ours[0], theirs[0]))
    wall, cpu = (median(mine) / median(other) for mine, other in zip(ours[:2], theirs))
    return f"{who} {median(theirs[0]):7.0f}/s ratio {wall:.2f} (rounds {pairs[0]:.2f} to {pairs[-1]:.2f}), per CPU second {median(theirs[1]):7.0f} ratio {cpu:.2f}, server {100*median(theirs[2]):.0f}%"
print(f"{what:14} proofload {median(ours[0]):7.0f}/s, per CPU second {median(ours[1]):7.0f}, server's core {100*median(ours[2]):.0f}% busy\n    {against('oha  ', read('theirs'))}\n    {against('Goose', read('goose'))}", flush=True)
PY
    done
done
