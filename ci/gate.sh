#!/usr/bin/env bash
# Loads a target, compares with the baselines of a branch, and keeps the runs as baselines where asked to.
# The GitHub action and the GitLab job both run this; every setting is an environment variable, docs/ci.md lists them.
#
# Exit code: 0 not regressed or no baseline yet, 1 regressed or an objective missed, 4 the data cannot tell; 2 and 3 as everywhere.
set -euo pipefail

# shellcheck source=ci/common.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/common.sh"

scenario=${PROOFLOAD_SCENARIO:-smoke}
runs=${PROOFLOAD_RUNS:-3}
branch=${PROOFLOAD_BRANCH:-}
baseline_branch=${PROOFLOAD_BASELINE_BRANCH:-main}
export PROOFLOAD_BASELINES=${PROOFLOAD_BASELINES:-baselines}
keep=${PROOFLOAD_KEEP:-false}
keep_count=${PROOFLOAD_KEEP_COUNT:-12}

split PROOFLOAD_LOAD_OPTIONS
load_options=(${words[@]+"${words[@]}"})
split PROOFLOAD_GATE_OPTIONS
gate_options=(${words[@]+"${words[@]}"})

case $runs in '' | *[!0-9]* | 0*) say "error: PROOFLOAD_RUNS is '$runs'; write how many runs to make, such as 3" && exit 2 ;; esac
mkdir -p "$out"
output results "$out"

candidates=()
missed=0
flaky=0

# A run or a comparison that came to no answer, and is made again: said in the summary and in the comment.
repeated() {
    flaky=$((flaky + 1))
    say "flaky: $1"
    printf '> **flaky**: %s\n\n' "$1" >>"$out/flaky.md"
}

# The load runs that were made, as JUnit and in the summary.
show_runs() {
    "$proofload" report "${candidates[@]}" --format junit >"$out/load.xml"
    "$proofload" report "${candidates[@]}" --format markdown >"$out/load.md"
    summary "$out/load.md"
}

# Makes candidate run number $1; a run that says nothing of the target, its generator being the bottleneck, is made again.
make_run() {
    local run=$out/candidate-$1 attempt=0 code
    while :; do
        code=0
        "$proofload" load --scenario "$scenario" ${load_options[@]+"${load_options[@]}"} ${target[@]+"${target[@]}"} --out "$run" || code=$?
        if [ "$code" -ne 4 ] || [ "$attempt" -ge "$retries" ]; then break; fi
        attempt=$((attempt + 1))
        mv "$run" "$out/noisy-$1-$attempt"
        repeated "load run $1 was invalid (attempt $attempt) and was made again"
    done
    case $code in
    0) ;;
    1) missed=1 ;;
    *)
        # Whoever looks at the pipeline sees why, not only that.
        if [ -e "$run/run.json" ]; then
            candidates+=("$run")
            show_runs
        fi
        output verdict not-tested
        exit "$code"
        ;;
    esac
    candidates+=("$run")
}

for number in $(seq "$runs"); do make_run "$number"; done
show_runs

# Compares all candidate runs with the baselines in `kept`; attempt $1. The reports of the last attempt are those that stay.
compare() {
    local place=$out/gate
    code=0
    if [ "$1" -gt 0 ]; then mv "$out/gate" "$out/gate-attempt-$1"; fi
    "$proofload" gate --baseline "${kept[@]}" --candidate "${candidates[@]}" ${gate_options[@]+"${gate_options[@]}"} \
        --report "markdown=$out/gate.md" --report "junit=$out/gate.xml" --report "annotations=$out/annotations.txt" \
        --out "$place" || code=$?
}

code=0
found=0
baselines=$("$proofload" baseline path --branch "$baseline_branch" --like "${candidates[0]}" --count "$runs" 2>"$out/baseline.err") || found=$?
if [ "$found" -ne 3 ]; then cat "$out/baseline.err" >&2; fi
rm -f "$out/baseline.err"
case $found in
0)
    kept=()
    while IFS= read -r line; do kept+=("$line"); done <<<"$baselines"
    compare 0
    attempt=0
    # More runs tell more: each repeat adds one to those that were made.
    while [ "$code" -eq 4 ] && [ "$attempt" -lt "$retries" ] && [ -s "$out/gate/gate.json" ]; do
        attempt=$((attempt + 1))
        repeated "comparison $attempt could not tell; one more run was made"
        make_run "$((runs + attempt))"
        compare "$attempt"
    done
    if [ -s "$out/gate.md" ]; then
        summary "$out/gate.md"
        comment "$out/gate.md"
    fi
    if [ -n "${GITHUB_ACTIONS:-}" ] && [ -s "$out/annotations.txt" ]; then cat "$out/annotations.txt"; fi
    if [ ! -s "$out/gate/gate.json" ]; then output verdict not-tested && exit "$code"; fi
    # The exit code does not tell: --inconclusive changes it.
    output verdict "$(sed -n 's/^  "verdict": "\([a-z-]*\)",\{0,1\}$/\1/p' "$out/gate/gate.json")"
    ;;
3)
    say "no baseline of $baseline_branch and $scenario yet: nothing to compare with"
    comment "$out/load.md"
    output verdict no-baseline
    ;;
*) output verdict not-tested && exit "$found" ;;
esac
output flaky "$flaky"
if [ "$flaky" -gt 0 ]; then
    summary "$out/flaky.md"
    comment "$out/flaky.md"
fi
if [ "$code" -eq 0 ]; then code=$missed; fi

if [ "$keep" = true ] && [ "$code" -eq 0 ]; then
    "$proofload" baseline keep "${candidates[@]}" --branch "${branch:-$baseline_branch}" ${PROOFLOAD_COMMIT:+--commit "$PROOFLOAD_COMMIT"}
    "$proofload" baseline prune --keep "$keep_count"
fi
exit "$code"
