#!/usr/bin/env bash
# Loads a target, compares with the baselines of a branch, and keeps the runs as baselines where asked to.
# The GitHub action and the GitLab job both run this; every setting is an environment variable, docs/ci.md lists them.
#
# Exit code: 0 not regressed or no baseline yet, 1 regressed or an objective missed, 4 the data cannot tell; 2 and 3 as everywhere.
set -euo pipefail

proofload=${PROOFLOAD:-proofload}
scenario=${PROOFLOAD_SCENARIO:-smoke}
runs=${PROOFLOAD_RUNS:-3}
branch=${PROOFLOAD_BRANCH:-}
baseline_branch=${PROOFLOAD_BASELINE_BRANCH:-main}
export PROOFLOAD_BASELINES=${PROOFLOAD_BASELINES:-baselines}
out=${PROOFLOAD_OUT:-proofload-results}
keep=${PROOFLOAD_KEEP:-false}
keep_count=${PROOFLOAD_KEEP_COUNT:-12}
say() { printf '%s\n' "$*" >&2; }

# Takes the options in the variable $1 apart, into the array `words`: as on a command line, over as many lines as there are, with
# 'single' and "double" quotes and backslashes. Nothing in them is run or expanded.
split() {
    local text=${!1:-} word='' inside='' quote='' char next at
    words=()
    text=${text//$'\r'/}
    for ((at = 0; at < ${#text}; at++)); do
        char=${text:at:1}
        next=${text:at+1:1}
        case $quote:$char in
        "':'" | '":"') quote='' ;;
        "':"*) word+=$char ;;
        '":\')
            # Within double quotes it takes away the meaning of these only.
            case $next in
            '"' | \\ | '$' | '`') word+=$next && at=$((at + 1)) ;;
            $'\n') at=$((at + 1)) ;;
            *) word+=$char ;;
            esac
            ;;
        '":'*) word+=$char ;;
        ":'" | ':"') quote=$char && inside=yes ;;
        ':\')
            at=$((at + 1))
            # A backslash at the end of a line joins the next one to it.
            if [ "$next" != $'\n' ]; then word+=$next && inside=yes; fi
            ;;
        :[[:space:]])
            if [ -n "$inside" ]; then words+=("$word"); fi
            word='' inside=''
            ;;
        *) word+=$char && inside=yes ;;
        esac
    done
    if [ -n "$quote" ]; then
        say "error: a quote in $1 is never closed: ${!1}"
        exit 2
    fi
    if [ -n "$inside" ]; then words+=("$word"); fi
}

split PROOFLOAD_TARGET_OPTIONS
target=(${words[@]+"${words[@]}"})
split PROOFLOAD_LOAD_OPTIONS
load_options=(${words[@]+"${words[@]}"})
split PROOFLOAD_GATE_OPTIONS
gate_options=(${words[@]+"${words[@]}"})

# What a later step of a GitHub workflow may read.
output() { [ -z "${GITHUB_OUTPUT:-}" ] || printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"; }
summary() { [ -z "${GITHUB_STEP_SUMMARY:-}" ] || cat "$1" >>"$GITHUB_STEP_SUMMARY"; }

# The load runs that were made, as JUnit and in the summary.
show_runs() {
    "$proofload" report "${candidates[@]}" --format junit >"$out/load.xml"
    "$proofload" report "${candidates[@]}" --format markdown >"$out/load.md"
    summary "$out/load.md"
}

case $runs in '' | *[!0-9]* | 0*) say "error: PROOFLOAD_RUNS is '$runs'; write how many runs to make, such as 3" && exit 2 ;; esac
if [ -e "$out" ]; then
    say "error: $out is there already; remove it or name another directory in PROOFLOAD_OUT"
    exit 2
fi
mkdir -p "$out"
output results "$out"

candidates=()
missed=0
for number in $(seq "$runs"); do
    run=$out/candidate-$number
    code=0
    "$proofload" load --scenario "$scenario" ${load_options[@]+"${load_options[@]}"} ${target[@]+"${target[@]}"} --out "$run" || code=$?
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
done
show_runs

code=0
found=0
baselines=$("$proofload" baseline path --branch "$baseline_branch" --like "${candidates[0]}" --count "$runs" 2>"$out/baseline.err") || found=$?
if [ "$found" -ne 3 ]; then cat "$out/baseline.err" >&2; fi
rm -f "$out/baseline.err"
case $found in
0)
    kept=()
    while IFS= read -r line; do kept+=("$line"); done <<<"$baselines"
    reports=(--report "markdown=$out/gate.md" --report "junit=$out/gate.xml" --report "annotations=$out/annotations.txt")
    "$proofload" gate --baseline "${kept[@]}" --candidate "${candidates[@]}" ${gate_options[@]+"${gate_options[@]}"} \
        "${reports[@]}" --out "$out/gate" || code=$?
    if [ -s "$out/gate.md" ]; then summary "$out/gate.md"; fi
    if [ -n "${GITHUB_ACTIONS:-}" ] && [ -s "$out/annotations.txt" ]; then cat "$out/annotations.txt"; fi
    if [ ! -s "$out/gate/gate.json" ]; then output verdict not-tested && exit "$code"; fi
    # The exit code does not tell: --inconclusive changes it.
    output verdict "$(sed -n 's/^  "verdict": "\([a-z-]*\)",\{0,1\}$/\1/p' "$out/gate/gate.json")"
    ;;
3)
    say "no baseline of $baseline_branch and $scenario yet: nothing to compare with"
    output verdict no-baseline
    ;;
*) output verdict not-tested && exit "$found" ;;
esac
if [ "$code" -eq 0 ]; then code=$missed; fi

if [ "$keep" = true ] && [ "$code" -eq 0 ]; then
    "$proofload" baseline keep "${candidates[@]}" --branch "${branch:-$baseline_branch}" ${PROOFLOAD_COMMIT:+--commit "$PROOFLOAD_COMMIT"}
    "$proofload" baseline prune --keep "$keep_count"
fi
exit "$code"
