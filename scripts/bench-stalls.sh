#!/bin/sh
# Truth under stalls: a server that freezes for 1 s every 5 s, 1,000 arrivals a second for 30 s, default options.
# Compares the reported response times with the truth from the server's own logs, computed in two ways:
#   queue  from each call's due instant until the server took it up, by the server's log of calls (n-th due with n-th taken up). A thawed server
#          has to get through what came in meanwhile, and a camera waits for that too: this is what is judged.
#   stall  from each call's due instant until the end of the stall it fell into, by the stall log alone: what a server would show that
#          gets through its queue in no time. The difference between the two is the server's own.
# usage: scripts/bench-stalls.sh [SECONDS]
set -eu
cd "$(dirname "$0")/.."
seconds=${1:-30}
. scripts/bench/server.sh
serve --stall --arrivals "$work/handled"
load paced "$work/report.json" --duration "${seconds}s" --out "$work/run" || true
finish
python3 - "$work" <<'PY'
import json, sys
work = sys.argv[1]
run = json.load(open(f"{work}/run/run.json"))
report = json.load(open(f"{work}/report.json"))
stalls = [tuple(map(int, line.split()[1:])) for line in open(f"{work}/log") if line.startswith("stall")]
start, due = run["started_unix_ns"], report["arrivals"]["due"]
period = run["planned_s"] * 1e9 / due
truth = []
for index in range(due):
    at = start + index * period
    stalled = [end for begin, end in stalls if begin <= at < end]
    truth.append((stalled[0] - at) / 1e3 if stalled else 0.0)
truth.sort()
row = next(row for row in report["operations"] if row["name"] == "renewToken")
# What the server needed after a thaw to get through the calls that had piled up is its own.
handled = sorted(int(line) for line in open(f"{work}/handled"))[-due:]
queue = sorted(max(0.0, (at - start - index * period) / 1e3) for index, at in enumerate(handled))
print(f"arrivals {report['arrivals']}, verdict {report['verdict']}, stalls {len(stalls)}")
off = {"queue": 0.0, "stall": 0.0}
for name, q in [("p50", .5), ("p90", .9), ("p95", .95), ("p99", .99), ("p999", .999)]:
    told, line = row["response_us"][name], ""
    for kind, waits in [("queue", queue), ("stall", truth)]:
        true = waits[min(due - 1, int(q * due))]
        off[kind] = max(off[kind], abs(told - true) / max(0.01 * true, 2000))
        line += f"   {kind} {true/1e3:8.2f} ({(told-true)/1e3:+7.2f}, {100*(told-true)/max(true,1):+6.2f}%)" if true > 2000 else f"   {kind} {true/1e3:8.2f} ({(told-true)/1e3:+7.2f}         )"
    print(f"{name:5} told {told/1e3:8.2f} ms{line}   service {row['service_us'][name]/1e3:8.2f}")
for kind, worst in off.items():
    print(f"against {kind}: " + ("within 1% or 2 ms at every quantile" if worst <= 1 else f"OFF by {worst:.1f} times what is allowed"))
PY
