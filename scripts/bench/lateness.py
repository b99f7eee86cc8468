"""Prints how late arrivals were at the server against the ideal grid.

usage: lateness.py ARRIVALS RATE_PER_S COUNT WHO [REPORT]
"""

import json
import sys

file, rate, count, who = sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
# Logins and looks before the run come first.
arrivals = sorted(int(line) for line in open(file))[-count:]
period = 1e9 / rate
offsets = [at - arrivals[0] - index * period for index, at in enumerate(arrivals)]
best = min(offsets)
late = sorted((offset - best) / 1e6 for offset in offsets)
at = lambda q: late[min(len(late) - 1, int(q * len(late)))]
print(f"{who:13} {len(late)} of {count} arrivals at {rate:.0f}/s: late by p50 {at(.5):.3f}  p99 {at(.99):.3f}  p99.9 {at(.999):.3f}  max {late[-1]:.3f} ms", end="")
if len(sys.argv) > 5:
    report = json.load(open(sys.argv[5]))
    generator, lag = report["generator"], report["generator"]["schedule_lag_us"]
    print(f"; own lag p50 {lag['p50']/1e3:.3f}  p99 {lag['p99']/1e3:.3f}  p99.9 {lag['p999']/1e3:.3f} ms; unsent {report['arrivals']['unsent']}, "
          f"CPU {generator['cpu_s']:.2f} s of {report['duration_s']:.1f} s, {report['verdict']}", end="")
print(flush=True)
