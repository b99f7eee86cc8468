#!/usr/bin/env bash
# Fetches a released program, checks it against the release's list of sums, and prints where it is.
#
#   PROOFLOAD_REPOSITORY  owner/name on GitHub
#   PROOFLOAD_RELEASE     a tag such as v0.1.0, or latest
#   PROOFLOAD_DOWNLOADS   where the files are, in place of that repository's releases
#   PROOFLOAD_CACHE       directory to keep it in
set -euo pipefail

say() { printf '%s\n' "$*" >&2; }
release=${PROOFLOAD_RELEASE:-latest}
case "$(uname -s)-$(uname -m)" in
Linux-x86_64) system=x86_64-unknown-linux-gnu ;;
Linux-aarch64) system=aarch64-unknown-linux-gnu ;;
Darwin-arm64) system=aarch64-apple-darwin ;;
*)
    say "error: there is no release for $(uname -s) on $(uname -m); build from sources with from-source: true"
    exit 2
    ;;
esac
repository=https://github.com/${PROOFLOAD_REPOSITORY:-}/releases
case $release in
latest) usual=$repository/latest/download ;;
*) usual=$repository/download/$release ;;
esac
downloads=${PROOFLOAD_DOWNLOADS:-$usual}
kept=${PROOFLOAD_CACHE:-$HOME/.cache/proofload}/$release
program=$kept/proofload
# What is latest today is not what was.
if [ "$release" = latest ] || [ ! -x "$program" ]; then
    file=proofload-$system.tar.gz
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    for name in "$file" SHA256SUMS; do
        if ! curl --fail --silent --show-error --location --retry 3 --output "$folder/$name" "$downloads/$name"; then
            say "error: cannot fetch $downloads/$name; is there a release $release, and can this runner reach it?"
            exit 3
        fi
    done
    sum=$(sed -n "s/^\\([0-9a-f]\\{64\\}\\)  $file\$/\\1/p" "$folder/SHA256SUMS")
    if command -v sha256sum >/dev/null; then seen=$(sha256sum "$folder/$file"); else seen=$(shasum -a 256 "$folder/$file"); fi
    if [ -z "$sum" ] || [ "$sum" != "${seen%% *}" ]; then
        say "error: $file is not what SHA256SUMS of release $release says it is"
        exit 3
    fi
    mkdir -p "$kept"
    tar -xzf "$folder/$file" -C "$folder"
    install -m 755 "$folder/proofload-$system/proofload" "$program"
fi
printf '%s\n' "$program"
