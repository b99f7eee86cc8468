#!/bin/sh
# Holds the program to what a container asks of it: PID 1, uid 10001, a root that cannot be written, no shell, SIGTERM, SIGKILL, a limit
# of memory. Takes Debian's containerd and runc, in a folder of their own, and ends what it started by pid.
#
#   scripts/test-image.sh [PROGRAM]      the program, from `cargo build --profile dist` or any other; default: target/debug/proofload
set -eu
cd "$(dirname "$0")/.."
program=${1:-target/debug/proofload}

skip() {
  echo "test-image: skipped: $1"
  exit 0
}

[ "$(uname -s)" = Linux ] || skip "containers of this kind are Linux's"
[ "$(id -u)" = 0 ] || skip "containerd and runc need root"
[ -x "$program" ] || { echo "test-image: $program is not there: build it first" >&2; exit 2; }
for tool in containerd runc ctr python3; do
  command -v "$tool" > /dev/null && continue
  apt-get install -y --no-install-recommends containerd runc python3 > /dev/null 2>&1 || true
  command -v "$tool" > /dev/null || skip "$tool is not here and could not be installed"
done

folder=$(mktemp -d)
daemon=
end() {
  status=$?
  if [ -n "$daemon" ]; then
    kill "$daemon" 2> /dev/null || true
    wait "$daemon" 2> /dev/null || true
  fi
  rm -rf "$folder" 2> /dev/null || true
  exit "$status"
}
trap end EXIT

cat > "$folder/config.toml" << END
version = 2
root = "$folder/root"
state = "$folder/state"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
address = "$folder/socket"
END
containerd --config "$folder/config.toml" > "$folder/containerd.log" 2>&1 &
daemon=$!
tries=0
until ctr --address "$folder/socket" version > /dev/null 2>&1; do
  tries=$((tries + 1))
  [ "$tries" -lt 50 ] || skip "containerd did not start here: $(tail -n 1 "$folder/containerd.log")"
  sleep 0.2
done

# One layer: the program, the libraries it was linked with, and nothing else. The Containerfile's image has a distribution's files beside it.
python3 - "$program" "$folder/image.tar" << 'END'
import hashlib, io, json, os, re, subprocess, sys, tarfile

program, out = sys.argv[1:]
files = {"proofload": program}
linked = subprocess.run(["ldd", program], capture_output=True, text=True).stdout
for path in re.findall(r"(/\S+) \(0x", linked):
    files[path.lstrip("/")] = os.path.realpath(path)
layer = io.BytesIO()
with tarfile.open(fileobj=layer, mode="w") as tar:
    made = set()
    for name, source in sorted(files.items()):
        parts = name.split("/")[:-1]
        for depth in range(1, len(parts) + 1):
            folder = "/".join(parts[:depth])
            if folder not in made:
                made.add(folder)
                entry = tarfile.TarInfo(folder)
                entry.type, entry.mode = tarfile.DIRTYPE, 0o755
                tar.addfile(entry)
        entry = tar.gettarinfo(source, name)
        entry.mode, entry.uid, entry.gid = 0o755, 0, 0
        with open(source, "rb") as content:
            tar.addfile(entry, content)
layer = layer.getvalue()
digest = hashlib.sha256(layer).hexdigest()
config = json.dumps({
    "architecture": {"x86_64": "amd64", "aarch64": "arm64"}.get(os.uname().machine, os.uname().machine), "os": "linux",
    "config": {"Entrypoint": ["/proofload"], "User": "10001:10001", "WorkingDir": "/"},
    "rootfs": {"type": "layers", "diff_ids": ["sha256:" + digest]},
}).encode()
name = hashlib.sha256(config).hexdigest() + ".json"
manifest = json.dumps([{"Config": name, "RepoTags": ["proofload.test/proofload:test"], "Layers": [digest + "/layer.tar"]}]).encode()
with tarfile.open(out, "w") as tar:
    for path, content in ((name, config), (digest + "/layer.tar", layer), ("manifest.json", manifest)):
        entry = tarfile.TarInfo(path)
        entry.size = len(content)
        tar.addfile(entry, io.BytesIO(content))
END
ctr --address "$folder/socket" images import "$folder/image.tar" > /dev/null

# box NAME OPTIONS... -- ARGS...: runs the program in the background; its streams go to $folder/NAME.{out,err}, its code to NAME.code.
box() {
  name=$1
  shift
  options=
  while [ "$1" != -- ]; do options="$options $1"; shift; done
  shift
  # shellcheck disable=SC2086
  (
    code=0
    ctr --address "$folder/socket" run --rm --read-only --net-host $options proofload.test/proofload:test "$name" /proofload "$@" \
      > "$folder/$name.out" 2> "$folder/$name.err" || code=$?
    echo "$code" > "$folder/$name.code"
  ) &
}
# until_line NAME PATTERN: waits, at most half a minute, until the program said it.
until_line() {
  tries=0
  until grep -q "$2" "$folder/$1.out" 2> /dev/null; do
    tries=$((tries + 1))
    [ "$tries" -lt 300 ] || { echo "test-image: $1: nothing like $2 came:" >&2; cat "$folder/$1.err" >&2; exit 1; }
    sleep 0.1
  done
}
code_of() {
  tries=0
  until [ -s "$folder/$1.code" ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 600 ] || { echo "test-image: $1 does not end" >&2; exit 1; }
    sleep 0.1
  done
  cat "$folder/$1.code"
}
hold() {
  if [ "$2" = "$3" ]; then
    echo "test-image: ok: $1"
  else
    echo "test-image: FAILED: $1: $2 instead of $3" >&2
    tail -n 3 "$folder"/*.err >&2
    exit 1
  fi
}

box whole -- load --scenario smoke --duration 2s --out -
hold "a load ends by itself, from a root that cannot be written" "$(code_of whole)" 0
hold "its record is whole" "$(tail -n 1 "$folder/whole.out" | grep -c '"kind":"end"')" 1

box term -- load --scenario camera-feed --rate 20/s --duration 60s --out -
until_line term '"kind":"second"'
ctr --address "$folder/socket" task kill --signal SIGTERM term
hold "SIGTERM reaches PID 1" "$(code_of term)" 143
hold "the record is ended then" "$(tail -n 1 "$folder/term.out" | grep -c '"kind":"end".*"status":"incomplete"')" 1

box kill -- load --scenario camera-feed --rate 20/s --duration 60s --out -
until_line kill '"kind":"second"'
ctr --address "$folder/socket" task kill --signal SIGKILL kill
hold "SIGKILL ends it" "$(code_of kill)" 137
hold "what was said until then is there" "$(grep -c '"kind":"run"' "$folder/kill.out")" 1
hold "and is not taken for a whole record" "$(grep -c '"kind":"end"' "$folder/kill.out" || true)" 0

box small --memory-limit 12582912 -- load --scenario camera-feed --rate 200/s --duration 30s --out -
hold "a limit of memory that is too small kills it" "$(code_of small)" 137

if ctr --address "$folder/socket" run --rm --read-only proofload.test/proofload:test shell /bin/sh -c true > /dev/null 2>&1; then
  hold "there is no shell" yes no
else
  hold "there is no shell" no no
fi
