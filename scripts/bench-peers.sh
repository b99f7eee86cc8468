#!/bin/sh
# Requests per second of one generator core against wrk's, h2load's, oha's and plain Goose's, rounds interleaved, medians and ratios.
# Beside requests per second it gives requests per CPU second of the generator, which a busy machine distorts less, and how busy the
# server's core was: where it is busier than the generator's, requests per second are the server's figure, and those per CPU second the generator's.
# HTTP/1.1 with 32 connections; HTTP/2 (rows with h2) with 32 streams on one connection.
# Server (bare hyper) on core 1, generator on core 0.
# usage: scripts/bench-peers.sh [ROUNDS] [SECONDS] [SCHEMES] [SCENARIOS] [PEERS], such as 3 3 "http https http+h2 https+h2" "renew publish" "wrk h2load"
# Needs wrk and h2load (Debian: wrk, nghttp2-client); builds oha and Goose where they are asked for.
set -eu
cd "$(dirname "$0")/.."
rounds=${1:-5} seconds=${2:-5} schemes=${3:-http https http+h2 https+h2} scenarios=${4:-renew publish} peers=${5:-wrk h2load oha goose}
. scripts/bench/server.sh
case " $peers " in *" goose "*)
    goose=${BENCH_GOOSE:-target/dist/proofload-bench-goose}
    [ -n "${BENCH_GOOSE:-}" ] || cargo build --profile dist --quiet --package proofload-bench-goose
    ;;
esac
case " $peers " in *" oha "*)
    oha=${OHA:-$(command -v oha || true)}
    if [ -z "$oha" ]; then
        oha="${TMPDIR:-/tmp}/proofload-peers/bin/oha"
        [ -x "$oha" ] || cargo install --locked --quiet oha --version 1.16.0 --root "${TMPDIR:-/tmp}/proofload-peers"
    fi
    ;;
esac
python3 - "$work/body.json" <<'PY'
import base64, json, sys
image = base64.b64encode(open("scenarios/images/face-crop-260x300.jpg", "rb").read()).decode()
json.dump({"detectorName": "renew-00001", "ianaTimeZone": "America/Los_Angeles", "detectTimeUtc": "2026-11-22T05:30:00.123Z", "expanded": image}, open(sys.argv[1], "w"))
PY
token=eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ1bmlxdWVfbmFtZSI6ImJlbmNoIiwiZXhwIjo0MTAyNDQ0ODAwfQ.c2lnbmF0dXJl
BENCH_BODY=$work/body.json BENCH_TOKEN=$token
export BENCH_BODY BENCH_TOKEN

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
# One line of figures: requests a second, requests a CPU second, how busy the server's core was. Python sees the output as `said`
# and has to give the number of requests `n` and the seconds `s` that they took.
figures() { # file, how to read it
    python3 - "$1" "$work" "$seconds" "$2" <<'PY'
import json, re, sys
path, work, seconds, read = sys.argv[1:]
said, seconds, found = open(path).read(), float(seconds), {}
exec(read, {"said": said, "seconds": seconds, "json": json, "re": re}, found)
cpu, core = (float(open(f"{work}/{name}").read()) for name in ("cpu", "core"))
print(found["n"] / found["s"], found["n"] / cpu, core)
PY
}
ours() { # scenario
    PROOFLOAD_PASSWORD=none timed "$work/said" taskset -c 0 "$proofload" load --scenario "scripts/bench/$1.toml" --url "$url" \
        --username bench $insecure $h2 --users 32 --threads 1 --duration "${seconds}s" --format json
    figures "$work/said" 'r = json.loads(said); assert (r["protocol"]["answers"].keys() <= {"HTTP/1.1"}) or (r["protocol"]["answers"].keys() <= {"HTTP/2"}); assert r["operations"][0]["errors"] == 0, r; n, s = r["arrivals"]["done"], r["duration_s"]'
}
wrk() { # scenario
    timed "$work/said" taskset -c 0 wrk -t1 -c32 -d"${seconds}s" -s "scripts/bench/$1.lua" "$url"
    figures "$work/said" 'assert "Non-2xx" not in said and "Socket errors" not in said, said; n, s = map(float, re.search(r"(\d+) requests in ([\d.]+)s", said).groups())'
}
h2load() { # scenario
    body=
    path=/api/v1/renewToken
    if [ "$1" = publish ]; then
        body="-d $work/body.json -H content-type:application/json" path=/api/v1/faceEdge/publish
    fi
    timed "$work/said" taskset -c 0 h2load -c1 -m32 -t1 -D"$seconds" -H "authorization: Bearer $token" $body "$url$path"
    figures "$work/said" 'n, bad = map(int, re.search(r"requests: .* (\d+) succeeded, (\d+) failed", said).groups()); assert bad == 0, said; s = seconds'
}
oha() { # scenario
    case $1 in
    renew) set -- "$url/api/v1/renewToken" ;;
    publish) set -- -m POST -T application/json -D "$work/body.json" "$url/api/v1/faceEdge/publish" ;;
    esac
    many="-c 32"
    if [ -n "$h2" ]; then many="--http2 -c 1 -p 32"; fi
    timed "$work/said" taskset -c 0 "$oha" --no-tui --output-format json $many -z "${seconds}s" $insecure -H "authorization: Bearer $token" "$@"
    figures "$work/said" 'r = json.loads(said)["summary"]; n, s = r["requestsPerSec"] * r["total"], r["total"]'
}
goose() { # scenario
    body=
    if [ "$1" = publish ]; then body=$work/body.json; fi
    timed "$work/said" taskset -c 0 "$goose" "$url" "$seconds" 32 "$token" $body
    figures "$work/said" 'r = json.loads(said); assert r["failed"] == 0, r; n, s = r["requests"], seconds'
}
# Who can be held against us there: wrk and our Goose speak HTTP/1.1 only, and h2load is for HTTP/2.
takes_part() { # peer
    case "$1$h2" in
    h2load) return 1 ;;
    wrk?* | goose?*) return 1 ;;
    esac
}
for scheme in $schemes; do
    insecure= server_flags= h2=
    case $scheme in https*) insecure=--insecure server_flags=--https ;; esac
    case $scheme in *+h2) h2="--http2 --streams 32" server_flags="$server_flags --http2" ;; esac
    for scenario in $scenarios; do
        serve $server_flags
        rm -f "$work"/figures.*
        for round in $(seq "$rounds"); do
            ours $scenario >>"$work/figures.proofload"
            for peer in $peers; do
                if takes_part $peer; then $peer $scenario >>"$work/figures.$peer"; fi
            done
        done
        finish
        python3 - "$work" "$scheme $scenario" "$peers" <<'PY'
import os, statistics, sys
work, what, peers = sys.argv[1:]
read = lambda name: list(zip(*[map(float, line.split()) for line in open(f"{work}/figures.{name}")]))
ours, median = read("proofload"), statistics.median
print(f"{what:18} proofload {median(ours[0]):7.0f}/s, per CPU second {median(ours[1]):7.0f}, server's core {100*median(ours[2]):.0f}% busy")
for peer in peers.split():
    if not os.path.exists(f"{work}/figures.{peer}"):
        continue
    theirs = read(peer)
    wall = sorted(a / b for a, b in zip(ours[0], theirs[0]))
    cpu = sorted(a / b for a, b in zip(ours[1], theirs[1]))
    print(f"    {peer:6} {median(theirs[0]):7.0f}/s ratio {median(ours[0])/median(theirs[0]):.2f} (rounds {wall[0]:.2f} to {wall[-1]:.2f}), "
          f"per CPU second {median(theirs[1]):7.0f} ratio {median(ours[1])/median(theirs[1]):.2f} (rounds {cpu[0]:.2f} to {cpu[-1]:.2f}), server {100*median(theirs[2]):.0f}%", flush=True)
PY
    done
done
