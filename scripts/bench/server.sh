# What the bench scripts share: sourced by them at the root of the tree. Server on core 1, generator on core 0.
# PROOFLOAD and BENCH_SERVER name other programs to measure; without them this tree is built.
proofload=${PROOFLOAD:-target/dist/proofload}
[ -n "${PROOFLOAD:-}" ] || cargo build --profile dist --quiet --package proofload --bin proofload
server=${BENCH_SERVER:-target/dist/proofload-bench-server}
[ -n "${BENCH_SERVER:-}" ] || cargo build --profile dist --quiet --package proofload-bench-server
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Starts the server, which ends when its stdin does, that is with `finish` or with the script; what it says goes to "$work/log".
serve() { # options of the server...; sets url and serving
    rm -f "$work/stdin" "$work/url"
    mkfifo "$work/stdin"
    taskset -c 1 "$server" "$@" <"$work/stdin" >"$work/url" 2>"$work/log" &
    serving=$!
    exec 3>"$work/stdin"
    until [ -s "$work/url" ]; do
        kill -0 "$serving" 2>/dev/null || { cat "$work/log" >&2 && exit 3; }
        sleep 0.05
    done
    url=$(cat "$work/url")
}
finish() {
    exec 3>&-
    wait "$serving"
}

# Loads the server. What it says goes to "$work/said"; the exit code is left to the caller.
load() { # scenario, file for the report, options of the program...
    scenario=$1 report=$2
    shift 2
    PROOFLOAD_PASSWORD=none taskset -c 0 "$proofload" load --scenario "scripts/bench/$scenario.toml" --url "$url" \
        --username bench --format json "$@" >"$report" 2>"$work/said"
}
