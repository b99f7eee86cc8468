#!/usr/bin/env bash
# Everything a change must pass: format, lints, documentation, all tests.
# Needs Rust and nothing else; what the tests drive besides (nginx, curl, a browser) comes from Debian's packages.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '\n== %s\n' "$*"; }
die() {
    printf 'error: %s\n' "$*" >&2
    exit 3
}
# Debian puts servers in /usr/sbin, which is not in everybody's PATH.
have() { command -v "$1" >/dev/null || [ -x "/usr/sbin/$1" ]; }

# Each program beside the Debian package that brings it.
missing=()
while read -r program package; do
    have "$program" || missing+=("$package")
done <<'PROGRAMS'
cc build-essential
chromium chromium
nginx nginx-light
jq jq
curl curl
openssl openssl
ip iproute2
PROGRAMS

if [ "${#missing[@]}" -gt 0 ]; then
    wanted="${missing[*]}"
    have apt-get || die "the tests need $wanted, and there is no apt-get here to install it; install it by hand and run this again"
    if [ "$(id -u)" -eq 0 ]; then
        as_root=(env)
    elif have sudo; then
        as_root=(sudo)
    else
        die "the tests need $wanted, and you are neither root nor is there sudo; run as root: apt-get install $wanted"
    fi
    say "installing $wanted"
    "${as_root[@]}" apt-get update -q || say "the package lists could not be renewed; trying with those at hand"
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}" ||
        die "apt-get could not install $wanted; see above, install it by hand and run this again"
fi

# Where rustup puts it, for shells that have not read its environment yet.
PATH="$PATH:${CARGO_HOME:-${HOME:-/root}/.cargo}/bin"
have cargo || die "cargo is missing; install Rust from https://rustup.rs and run this again"
for component in rustfmt clippy; do
    cargo "${component/rustfmt/fmt}" --version >/dev/null 2>&1 && continue
    have rustup || die "the Rust component $component is missing, and there is no rustup to add it"
    say "adding $component"
    rustup component add "$component" || die "rustup could not add $component; see above"
done

# A first build needs no book of what changes between builds.
[ -d "${CARGO_TARGET_DIR:-target}" ] || export CARGO_INCREMENTAL=0

say "format"
cargo fmt --all --check
say "lints"
cargo clippy --workspace --all-targets --all-features -- -D warnings
say "documentation"
RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --all-features
say "tests"
cargo test --workspace --all-features
say "all passed"
