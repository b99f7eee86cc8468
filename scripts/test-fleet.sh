#!/usr/bin/env bash
# Many machines on a real Slurm: munged, slurmctld and four slurmd on loopback, in a folder of their own, against a mock. A load of
# four tasks, merged and compared with one machine's run of the same seed; the same with a task killed with -9; an array that is
# cancelled. Ends 0 when all is as docs/fleet.md says. What is missing comes from Debian's packages.
#
#   scripts/test-fleet.sh      PROOFLOAD=path/to/proofload takes a program that is built already
set -euo pipefail
cd "$(dirname "$0")/.."
PATH="$PATH:/usr/sbin:/usr/local/sbin"

say() { printf '\n-- %s (%d s)\n' "$*" "$SECONDS"; }
die() {
    printf 'error: %s\n' "$*" >&2
    exit 3
}

missing=()
for program in munged:munge slurmctld:slurm-wlm slurmd:slurm-wlm jq:jq python3:python3; do
    command -v "${program%%:*}" >/dev/null || missing+=("${program##*:}")
done
if [ "${#missing[@]}" -gt 0 ]; then
    command -v apt-get >/dev/null || die "this needs ${missing[*]}, and there is no apt-get here to install it"
    as_root=(env)
    [ "$(id -u)" -eq 0 ] || as_root=(sudo)
    # Daemons must not start by themselves: each is started here, in a folder of its own.
    "${as_root[@]}" apt-get update -q >&2 || true
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -q -y --no-install-recommends \
        "${missing[@]}" >&2 || die "apt-get could not install ${missing[*]}"
fi

proofload=$(realpath "${PROOFLOAD:-target/debug/proofload}")
[ -n "${PROOFLOAD:-}" ] || cargo build --quiet --package proofload --bin proofload
root=$PWD
work=$(mktemp -d)
chmod 755 "$work"
pids=()
cleanup() {
    code=$?
    scancel --quiet --user="$(id -un)" 2>/dev/null || true
    # The daemons of nodes last: they end what runs on them.
    for pid in "${pids[@]}"; do
        kill "$pid" 2>/dev/null || true
    done
    for pid in "${pids[@]}"; do
        wait "$pid" 2>/dev/null || true
    done
    [ "$code" -eq 0 ] || tail -n 20 "$work"/*.log >&2 || true
    rm -rf "$work"
    exit "$code"
}
trap cleanup EXIT
daemon() {
    local name=$1
    shift
    "$@" >"$work/$name.log" 2>&1 &
    pids+=("$!")
}

# Below those that Linux gives to connections (32768 and up): what other tests connect from looks free until somebody listens there.
port=$((10000 + RANDOM % 20000))
free_port() {
    port=$((port + 1))
    while (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
        port=$((port + 1))
    done
}
# Waits until something holds, for a minute at most.
until_so() {
    local what=$1
    shift
    for _ in $(seq 300); do
        if "$@" >/dev/null 2>&1; then return; fi
        sleep 0.2
    done
    die "waited in vain until $what"
}

say "a Slurm of four nodes"
head -c 1024 /dev/urandom >"$work/munge.key"
chmod 600 "$work/munge.key"
daemon munged munged --foreground --socket="$work/munge.socket" --key-file="$work/munge.key" --pid-file="$work/munged.pid" \
    --seed-file="$work/munge.seed" --log-file="$work/munge.log" --force
until_so "munged listens" test -S "$work/munge.socket"
me=$(id -un)
host=$(hostname -s)
free_port
controller=$port
{
    cat <<CONF
ClusterName=proofload
SlurmctldHost=$host(127.0.0.1)
SlurmUser=$me
SlurmdUser=$me
AuthType=auth/munge
AuthInfo=socket=$work/munge.socket
CredType=cred/munge
SlurmctldPort=$controller
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd-%n.pid
SlurmdSpoolDir=$work/spool-%n
StateSaveLocation=$work/state
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
ReturnToService=2
KillWait=30
InactiveLimit=0
CONF
    for node in 1 2 3 4; do
        free_port
        echo "NodeName=n$node NodeHostname=$host NodeAddr=127.0.0.1 Port=$port CPUs=2 RealMemory=500 State=UNKNOWN"
    done
    echo "PartitionName=all Nodes=n[1-4] Default=YES MaxTime=10 State=UP"
} >"$work/slurm.conf"
export SLURM_CONF="$work/slurm.conf"
mkdir -p "$work/state" "$work"/spool-n{1,2,3,4}
daemon slurmctld slurmctld -D -f "$work/slurm.conf"
for node in 1 2 3 4; do
    daemon "slurmd-$node" slurmd -D -N "n$node" -f "$work/slurm.conf"
done
idle() { [ "$(sinfo --noheader --format=%D --states=idle)" = 4 ]; }
until_so "four nodes are idle" idle

daemon mock "$proofload" mock --http 127.0.0.1:0 --https none
until_so "the mock listens" grep -q '^listening' "$work/mock.log"
url=$(sed -n 's/^listening http=\([^ ]*\).*/http:\/\/\1/p' "$work/mock.log")
printf 'admin-pass' >"$work/secret"
chmod 600 "$work/secret"
load=(--url "$url" --username admin --password-file "$work/secret" --scenario camera-feed --rate 80/s --seed 7 --slo 'publish.rate >= 75/s')
export PROOFLOAD="$proofload" PROOFLOAD_LEAD=3

# Submits a job and waits for its end; its exit code is that of the merge.
submit() {
    local out=$1
    shift
    PROOFLOAD_OUT="$work/$out" sbatch --parsable --output="$work/$out.job.log" "$@"
}
# The process of a task of the job that was submitted last.
task() {
    for process in /proc/[0-9]*; do
        [ "$(readlink "$process/exe")" = "$proofload" ] || continue
        tr '\0' '\n' <"$process/environ" 2>/dev/null | grep -qx "SLURM_PROCID=$1" || continue
        tr '\0' '\n' <"$process/environ" | grep -qx "SLURM_JOB_ID=$job" || continue
        grep -qz '^load$' "$process/cmdline" && basename "$process"
    done
}
ended() { [ -z "$(squeue --noheader --jobs="$1" 2>/dev/null)" ]; }
report() { jq -e "$2" "$work/$1/whole/run.json" >/dev/null || die "$1 is not as it should be: $2 is not so: $(jq -c .result "$work/$1/whole/run.json")"; }

say "four tasks, and one machine with the same seed"
job=$(submit four --ntasks=4 --ntasks-per-node=1 "$root/deploy/slurm/load.sbatch" "${load[@]}" --duration 8s)
until_so "job $job is over" ended "$job"
cat "$work/four.job.log"
"$proofload" load "${load[@]}" --duration 8s --out "$work/one" --quiet >"$work/one.log" || true
report four '.status == "complete" and .shard == "1/1" and (.parts | length) == 4'
# An objective on the whole load, which no shard keeps by its own share.
report four '.result.verdict == "pass" or (.result.verdict == "invalid" and .result.generator.healthy == false)'
report four '[.parts[].lost] | all(. == null)'
[ "$(jq .result.arrivals.due "$work/four/whole/run.json")" = "$(jq .result.arrivals.due "$work/one/run.json")" ] ||
    die "four shards had other arrivals than one machine"
[ "$(jq -r .scenario_digest "$work/four/whole/run.json")" = "$(jq -r .scenario_digest "$work/one/run.json")" ] ||
    die "four shards ran something else than one machine"
jq -s -e '[.[] | select(.kind == "run") | .run.shard_from] | unique == ["SLURM_PROCID and SLURM_NTASKS"]' "$work"/four/shard-*.jsonl >/dev/null ||
    die "a shard has its number from elsewhere"
python3 scripts/fleet-sums.py "$work/four/whole" "$work"/four/shard-*.jsonl

say "the same with a task that is killed"
job=$(submit killed --ntasks=4 --ntasks-per-node=1 "$root/deploy/slurm/load.sbatch" "${load[@]}" --duration 12s)
third="$work/killed/shard-2.jsonl"
until_so "shard 3 measures" grep -q '"kind":"second"' "$third"
sleep 2
kill -9 "$(task 2)"
until_so "job $job is over" ended "$job"
cat "$work/killed.job.log"
report killed '.result.verdict == "invalid"'
report killed '.result.sentence | test("the record of shard 3 ends after [0-9]+ s .*; 25% of the load is missing from then on")'
report killed '[.parts[] | select(.lost == null)] | length == 3'
code=0
"$proofload" merge "$work"/killed/shard-*.jsonl --out "$work/killed/again" --quiet >/dev/null || code=$?
[ "$code" -eq 4 ] || die "a merge of a load with a killed shard ended with $code, not 4"

say "an array that is cancelled"
job=$(submit array --array=0-3 --ntasks=1 "$root/deploy/slurm/load.sbatch" "${load[@]}" --duration 60s)
measures() { [ "$(grep -l '"kind":"second"' "$work"/array/shard-*.jsonl | wc -l)" = 4 ]; }
until_so "all four measure" measures
scancel --signal=INT --full "$job"
until_so "job $job is over" ended "$job"
report array '.result.verdict == "incomplete" and .status == "incomplete" and .shard == "1/1"'
jq -s -e '[.[] | select(.kind == "end") | .run.status] == ["incomplete", "incomplete", "incomplete", "incomplete"]' "$work"/array/shard-*.jsonl >/dev/null ||
    die "a member of the array did not close its record"
jq -r .result.sentence "$work/array/whole/run.json"

say "all as it should be"
