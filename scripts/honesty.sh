#!/usr/bin/env bash
# What load testers report when a server freezes for 1 s every 5 s at 1,000 arrivals a second, beside the truth, which is computed
# from the server's own log of its stalls. Tools that are not installed are left out: oha (OHA names another one), wrk, and
# Locust, which is installed into a virtual environment when python3 can reach a registry (LOCUST=no leaves it out).
#
#   scripts/honesty.sh [SECONDS]
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-30}
rate=1000
proofload=${PROOFLOAD:-target/dist/proofload}
server=${BENCH_SERVER:-target/dist/proofload-bench-server}
oha=${OHA:-oha}
[ -n "${PROOFLOAD:-}" ] || cargo build --profile dist --quiet --package proofload --bin proofload
[ -n "${BENCH_SERVER:-}" ] || cargo build --profile dist --quiet --package proofload-bench-server
work=$(mktemp -d)
server_pid=
cleanup() {
    [ -z "$server_pid" ] || kill "$server_pid" 2>/dev/null || true
    rm -rf "$work"
}
trap cleanup EXIT

# Each tool has a server of its own, which ends when its stdin does.
start() {
    rm -f "$work/stdin" && mkfifo "$work/stdin"
    : >"$work/url"
    "$server" --stall <"$work/stdin" >"$work/url" 2>"$work/$1.stalls" &
    server_pid=$!
    exec 3>"$work/stdin"
    until [ -s "$work/url" ]; do
        kill -0 "$server_pid" 2>/dev/null || { cat "$work/$1.stalls" >&2; exit 3; }
        sleep 0.05
    done
    url=$(cat "$work/url")
    date +%s%N >"$work/$1.start"
}
stop() {
    exec 3>&-
    wait "$server_pid" || true
    server_pid=
}

start proofload
PROOFLOAD_PASSWORD=none "$proofload" load --scenario scripts/bench/paced.toml --url "$url" --username bench \
    --duration "${seconds}s" --out "$work/run" --format json >"$work/proofload.json" || true
stop

if command -v "$oha" >/dev/null; then
    for correction in "" --latency-correction; do
        name=oha${correction:+-corrected}
        start "$name"
        # shellcheck disable=SC2086 # one option or none
        "$oha" --no-tui --output-format json -q "$rate" -c 1000 -z "${seconds}s" $correction "$url/api/v1/authentication/renewToken" \
            >"$work/$name.json" || rm -f "$work/$name.json"
        stop
    done
fi

if command -v wrk >/dev/null; then
    cat >"$work/wrk.lua" <<'LUA'
done = function(summary, latency, requests)
  io.write(string.format("WRK %d %d %d %d %d %d\n", summary.requests, latency:percentile(50), latency:percentile(90),
    latency:percentile(95), latency:percentile(99), latency:percentile(99.9)))
end
LUA
    start wrk
    wrk -t1 -c32 -d "${seconds}s" -s "$work/wrk.lua" "$url/api/v1/authentication/renewToken" >"$work/wrk.txt" || rm -f "$work/wrk.txt"
    stop
fi

if [ "${LOCUST:-yes}" != no ] && python3 -m venv "$work/venv" 2>/dev/null && "$work/venv/bin/pip" install --quiet locust >&2; then
    cat >"$work/locustfile.py" <<'PY'
from locust import FastHttpUser, constant_throughput, task
class Caller(FastHttpUser):
    wait_time = constant_throughput(10)
    @task
    def renew(self):
        self.client.get("/api/v1/authentication/renewToken", name="renewToken")
PY
    start locust
    "$work/venv/bin/locust" --locustfile "$work/locustfile.py" --headless --only-summary --users 100 --spawn-rate 100 \
        --run-time "${seconds}s" --host "$url" --csv "$work/locust" >/dev/null 2>&1 || true
    stop
fi

python3 - "$work" "$seconds" "$rate" <<'PY'
import csv, json, os, sys
work, seconds, rate = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
quantiles = [0.5, 0.9, 0.95, 0.99, 0.999]

def truth(name, start_ns):
    """Waits until the thaw of `rate` arrivals a second from `start_ns`, in ms."""
    lines = [line.split()[1:] for line in open(f"{work}/{name}.stalls") if line.startswith("stall")]
    stalls = [tuple(map(int, line)) for line in lines]
    waits = []
    for index in range(int(seconds * rate)):
        at = start_ns + index * 1e9 / rate
        waits.append(next(((end - at) / 1e6 for begin, end in stalls if begin <= at < end), 0.0))
    waits.sort()
    return [waits[min(len(waits) - 1, int(q * len(waits)))] for q in quantiles]

def row(name, figures, kept):
    print(f"| {name} | " + " | ".join(f"{figure:.1f}" for figure in figures) + f" | {kept} |")

def share(count):
    return f"{100 * count / (seconds * rate):.1f}%"

print(f"server frozen 1 s every 5 s, {rate:.0f} arrivals a second for {seconds:.0f} s, ms; load average {os.getloadavg()[0]:.1f}\n")
print("| | p50 | p90 | p95 | p99 | p99.9 | arrivals kept |\n|---|---|---|---|---|---|---|")
report, run = json.load(open(f"{work}/proofload.json")), json.load(open(f"{work}/run/run.json"))
operation = next(row for row in report["operations"] if row["name"] == "renewToken")
row("truth of proofload's run", truth("proofload", run["started_unix_ns"]), "100%")
names = ["p50", "p90", "p95", "p99", "p999"]
row("proofload, response time", [operation["response_us"][name] / 1e3 for name in names], share(report["arrivals"]["done"]))
row("proofload, service time", [operation["service_us"][name] / 1e3 for name in names], "")
for name in ["oha", "oha-corrected"]:
    if os.path.exists(f"{work}/{name}.json"):
        told = json.load(open(f"{work}/{name}.json"))
        count = sum(told["statusCodeDistribution"].values())
        row(f"truth of {name}'s run", truth(name, int(open(f"{work}/{name}.start").read())), "100%")
        latency = told["latencyPercentiles"]
        row(name, [latency[p] * 1e3 for p in ["p50", "p90", "p95", "p99", "p99.9"]], share(count))
if os.path.exists(f"{work}/wrk.txt"):
    told = [line.split()[1:] for line in open(f"{work}/wrk.txt") if line.startswith("WRK ")]
    if told:
        row("wrk (closed loop, no rate)", [int(us) / 1e3 for us in told[0][1:]], f"{told[0][0]} calls")
if os.path.exists(f"{work}/locust_stats.csv"):
    stats = next(line for line in csv.DictReader(open(f"{work}/locust_stats.csv")) if line["Name"] == "renewToken")
    row("truth of Locust's run, about", truth("locust", int(open(f"{work}/locust.start").read())), "100%")
    row("Locust, constant_throughput", [float(stats[p]) for p in ["50%", "90%", "95%", "99%", "99.9%"]], share(int(stats["Request Count"])))
PY
