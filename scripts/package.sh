#!/usr/bin/env bash
# Makes what a release consists of, for Linux, into dist/: an archive with the program, completions, manual pages and licences; a .deb
# and an .rpm; THIRD-PARTY.txt, an SBOM in CycloneDX, and SHA256SUMS over all of them.
#
#   scripts/package.sh                 # for this machine
#   GLIBC=2.17 scripts/package.sh      # runs on glibc 2.17 and later; needs cargo-zigbuild and zig
#
# Each tool that is missing is named, and what it would make is left out; with STRICT=1 that is an error, as for a release.
set -euo pipefail
cd "$(dirname "$0")/.."

glibc=${GLIBC:-}
strict=${STRICT:-0}
profile=${PROFILE:-dist}
system=${TARGET:-$(rustc -vV | sed -n 's/^host: //p')}
out=$PWD/dist
name=proofload-$system
target=${CARGO_TARGET_DIR:-$PWD/target}
say() { printf '%s\n' "$*" >&2; }

# Whether a tool is there; a release may lack none.
have() {
    if command -v "$1" >/dev/null; then return 0; fi
    say "missing: $1; $2 is not made"
    if [ "$strict" = 1 ]; then exit 1; fi
    return 1
}

rm -rf "$out"
mkdir -p "$out/$name"
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}

# The program.
if [ -n "$glibc" ]; then
    have cargo-zigbuild "a program for glibc $glibc" || exit 1
    cargo zigbuild --locked --profile "$profile" --package proofload --bin proofload --target "$system.$glibc"
    built=$target/$system/$profile/proofload
else
    cargo build --locked --profile "$profile" --package proofload --bin proofload
    built=$target/$profile/proofload
fi
install -m 755 "$built" "$out/$name/proofload"
program=$out/$name/proofload

# The newest symbol of the C library that it asks for: what decides where it runs.
if command -v objdump >/dev/null; then
    newest=$(objdump -T "$program" | sed -n 's/.*(\{0,1\}GLIBC_\([0-9.]*\)).*/\1/p' | sort -uV | tail -n 1)
    say "needs glibc ${newest:-none}"
    if [ -n "$glibc" ] && [ "$(printf '%s\n' "$newest" "$glibc" | sort -V | tail -n 1)" != "$glibc" ]; then
        say "error: it needs glibc $newest, and $glibc was asked for"
        exit 1
    fi
fi

# What stands beside it.
mkdir -p "$out/$name/completions" "$out/$name/man"
for shell in bash zsh fish powershell elvish; do "$program" completions "$shell" >"$out/$name/completions/proofload.$shell"; done
"$program" man --out "$out/$name/man"
"$program" schemas --out "$out/$name"
cp LICENSE-APACHE LICENSE-MIT README.md CHANGELOG.md "$out/$name/"
if have cargo-about THIRD-PARTY.txt; then
    cargo about generate --locked --output-file "$out/$name/THIRD-PARTY.txt" scripts/about.hbs
    cp "$out/$name/THIRD-PARTY.txt" "$out/"
fi
if have cargo-cyclonedx "the SBOM"; then
    cargo cyclonedx --format json --override-filename proofload.cdx
    mv proofload.cdx.json "$out/"
    find . -name proofload.cdx.json -not -path './dist/*' -not -path './target/*' -delete
fi
tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner -C "$out" -czf "$out/$name.tar.gz" "$name"

# Packages take the files from where Cargo.toml says: target/package.
staged=$PWD/target/package
rm -rf "$staged"
mkdir -p "$staged"
cp -r "$out/$name/." "$staged/"
if have cargo-deb "the .deb"; then cargo deb --no-build --no-strip --package proofload --output "$out/" ${glibc:+--variant old-glibc}; fi
if have cargo-generate-rpm "the .rpm"; then cargo generate-rpm --output "$out/"; fi

# Each is put into a root of its own and run.
"$program" --version
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
tar -xzf "$out/$name.tar.gz" -C "$root" && "$root/$name/proofload" validate --only listTags >/dev/null
for package in "$out"/*.deb; do
    [ -e "$package" ] || continue
    dpkg-deb --extract "$package" "$root/deb" && "$root/deb/usr/bin/proofload" validate --only listTags >/dev/null
done
for package in "$out"/*.rpm; do
    [ -e "$package" ] || continue
    if command -v rpm2cpio >/dev/null && command -v cpio >/dev/null; then
        # Debian's rpm2cpio ends with 1 whatever it did; that all is there, the program says.
        mkdir -p "$root/rpm" && (cd "$root/rpm" && { rpm2cpio "$package" || true; } | cpio --quiet -id)
        "$root/rpm/usr/bin/proofload" validate --only listTags >/dev/null
    else
        say "not tried: $package (rpm2cpio and cpio are missing)"
    fi
done

rm -rf "${out:?}/$name"
sums=$(cd "$out" && find . -maxdepth 1 -type f -printf '%P\n' | LC_ALL=C sort | xargs sha256sum)
printf '%s\n' "$sums" >"$out/SHA256SUMS"
cat "$out/SHA256SUMS"
