#!/usr/bin/env bash
# Validates a target, and leaves what a pipeline shows: JUnit, SARIF, a page, a summary and a comment.
# The GitHub action and the GitLab job both run this; every setting is an environment variable, docs/ci.md lists them.
#
# Exit code: 0 it answers as documented, 1 it does not, 2 a setting is wrong, 3 something could not be tested.
set -euo pipefail

# shellcheck source=ci/common.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/common.sh"

split PROOFLOAD_VALIDATE_OPTIONS
options=(${words[@]+"${words[@]}"})

mkdir -p "$out"
output results "$out"
code=0
"$proofload" validate ${options[@]+"${options[@]}"} ${target[@]+"${target[@]}"} --out "$out/validate" \
    --report "junit=$out/validate.xml" --report "sarif=$out/validate.sarif" --report "markdown=$out/validate.md" || code=$?
if [ -s "$out/validate.md" ]; then
    summary "$out/validate.md"
    comment "$out/validate.md"
fi
# An empty one is left where nothing could be tested; code scanning would refuse it.
if [ ! -s "$out/validate.sarif" ]; then rm -f "$out/validate.sarif"; fi
case $code in
0) output verdict passed ;;
1)
    output verdict failed
    if [ -n "${GITHUB_ACTIONS:-}" ]; then
        printf '::error title=proofload validate::the deployment does not answer as documented; see the summary of this job\n'
    fi
    ;;
*) output verdict not-tested ;;
esac
exit "$code"
