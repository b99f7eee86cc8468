#!/usr/bin/env bash
# Puts the named programs with the libraries that they load, and nothing else, into a new directory: a machine without a
# compiler, without Rust, and without whatever else this one has. Needs no network.
#
#   scripts/bare-root.sh DIR bash tar gzip ...
#   chroot DIR /bin/bash
set -euo pipefail

root=${1:?a directory}
shift
PATH=$PATH:/usr/sbin:/sbin
mkdir -p "$root"/{bin,dev,etc,lib,lib64,proc,root,run,tmp,usr/bin,usr/lib,usr/sbin,var/log}
copy() {
    mkdir -p "$root$(dirname "$1")"
    # Where a directory is a link here, as /lib is, it is one file there.
    [ -e "$root$1" ] || cp --dereference "$1" "$root$1"
}
for program in "$@"; do
    found=$(command -v "$program") || { printf 'missing: %s\n' "$program" >&2 && exit 3; }
    cp --dereference "$found" "$root/bin/"
    # A program that is linked statically loads nothing.
    ldd "$found" 2>/dev/null | grep -o '/[^ ]*' | sort -u | while read -r library; do copy "$library"; done
done
# What every system with glibc has, whoever loads it.
for library in /lib/*-linux-gnu/{libc,libm,libdl,libpthread,librt}.so.? /lib/*-linux-gnu/{libgcc_s.so.1,libnss_files.so.2} /etc/ssl/openssl.cnf; do
    if [ -e "$library" ]; then copy "$library"; fi
done
if [ -e "$root/etc/ssl/openssl.cnf" ]; then mkdir -p "$root/usr/lib/ssl" && cp "$root/etc/ssl/openssl.cnf" "$root/usr/lib/ssl/"; fi
printf 'root:x:0:0:root:/root:/bin/bash\n' >"$root/etc/passwd"
printf 'root:x:0:\n' >"$root/etc/group"
printf 'passwd: files\ngroup: files\n' >"$root/etc/nsswitch.conf"
# A file in place of the device: whoever may not make devices has a root all the same.
mknod -m 666 "$root/dev/null" c 1 3 2>/dev/null || : >"$root/dev/null"
