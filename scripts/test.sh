#!/usr/bin/env bash
# Everything a change must pass: format, lints, documentation, all tests.
# Needs Rust and nothing else; what the tests drive besides (servers, curl, a browser) comes from Debian's packages.
set -euo pipefail
cd "$(dirname "$0")/.."

# Each step says when it began, in seconds since the start.
say() { printf '\n== %s (%d s)\n' "$*" "$SECONDS"; }
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
prometheus-node-exporter prometheus-node-exporter
jq jq
curl curl
openssl openssl
haproxy haproxy
apache2 apache2
caddy caddy
ip iproute2
munged munge
slurmctld slurm-wlm
slurmd slurm-wlm
python3 python3
PROGRAMS
[ -d /usr/share/modsecurity-crs/rules ] || missing+=(libapache2-mod-security2 modsecurity-crs)

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
    # None of the servers starts by itself: the tests start each on a port of its own.
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -q -y --no-install-recommends "${missing[@]}" ||
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
cargo test --workspace --all-features --no-run
# The simulation computes, while the conformance tests mostly wait, and so do the fronts and the fleet behind them; none of them
# measures time. All four at once would leave a client no processor for so long that servers which soon close idle connections do.
simulated=$(mktemp) fleet_said=$(mktemp)
cargo test --workspace --all-features --test simulation >"$simulated" 2>&1 &
simulation=$!
fleet=
trap 'kill "$simulation" $fleet 2>/dev/null || true; rm -f "$simulated" "$fleet_said"' EXIT
cargo test --workspace --all-features --test conformance
PROOFLOAD="${CARGO_TARGET_DIR:-target}/debug/proofload" scripts/test-fleet.sh >"$fleet_said" 2>&1 &
fleet=$!
say "fronts"
PROOFLOAD="${CARGO_TARGET_DIR:-target}/debug/proofload" scripts/test-fronts.sh nginx nginx-hardened haproxy apache-crs caddy
say "fleet"
ended=0
wait "$fleet" || ended=$?
cat "$fleet_said"
[ "$ended" -eq 0 ] || exit "$ended"
say "simulation"
ended=0
wait "$simulation" || ended=$?
cat "$simulated"
[ "$ended" -eq 0 ] || exit "$ended"
say "all other tests"
cargo test --workspace --all-features --lib --bins --test suite --test browser --test document --test malformed
say "all passed"
