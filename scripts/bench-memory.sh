#!/bin/sh
# Memory of each connected virtual user: 5,000 users, one request a second each, server on core 1.
# usage: scripts/bench-memory.sh [USERS] [SECONDS]
set -eu
cd "$(dirname "$0")/.."
users=${1:-5000} seconds=${2:-15}
. scripts/bench/server.sh
ulimit -n "$(ulimit -H -n)"
serve
for count in 100 "$users"; do
    load paced "$work/$count.json" --users "$count" --rate "$count/s" --duration "${seconds}s" || true
done
finish
python3 - "$work" "$users" <<'PY'
import json, sys
work, users = sys.argv[1], int(sys.argv[2])
rss = lambda n: json.load(open(f"{work}/{n}.json"))["generator"]["max_rss_bytes"]
few, many = rss(100), rss(users)
print(f"100 users: {few/1e6:.1f} MB; {users} users: {many/1e6:.1f} MB, {many/users/1000:.1f} KB each in all, {(many-few)/(users-100)/1000:.1f} KB for each further one")
PY
