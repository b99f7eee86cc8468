# shellcheck shell=bash disable=SC2034,SC1003
# What the scripts for pipelines share; sourced by them.

proofload=${PROOFLOAD:-proofload}
out=${PROOFLOAD_OUT:-proofload-results}
retries=${PROOFLOAD_RETRIES:-2}
say() { printf '%s\n' "$*" >&2; }

# GitHub takes comments of at most 65,536 characters.
comment_bytes=60000

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

# What a later step of a GitHub workflow may read.
output() { [ -z "${GITHUB_OUTPUT:-}" ] || printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"; }
summary() { [ -z "${GITHUB_STEP_SUMMARY:-}" ] || cat "$1" >>"$GITHUB_STEP_SUMMARY"; }

# Puts Markdown into the comment for the merge request, as far as it has room.
comment() {
    { head -c "$comment_bytes" "$1" && printf '\n\n'; } >>"$out/comment.md"
    if [ "$(wc -c <"$1")" -gt "$comment_bytes" ]; then printf '(cut: the rest is in the artefact)\n' >>"$out/comment.md"; fi
}

case $retries in '' | *[!0-9]*) say "error: PROOFLOAD_RETRIES is '$retries'; write how often to repeat, such as 2" && exit 2 ;; esac
if [ -e "$out" ]; then
    say "error: $out is there already; remove it or name another directory in PROOFLOAD_OUT"
    exit 2
fi
