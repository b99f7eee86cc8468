#!/bin/bash
# Runs every row of the table in docs/fleet-kubernetes.md on a real cluster, through `proofload fleet`: what is said, and the exit code.
#
#   KUBECONFIG=… IMAGE=registry.example/proofload:0.1.0 TARGET=http://10.0.0.1:6009 scripts/test-kubernetes.sh [ROW...]
#
# TARGET is a `proofload mock` that pods reach; IMAGE is what nodes have or can pull. PROGRAM is the program that is tried, by default
# target/debug/proofload. Rows that need more than the API are left out, with a sentence, where it is not at hand: SILENCE and SPEAK are
# commands that stop and continue the kubelet of the node $NODE; KILL is one that kills with -9 what runs in the pod $POD.
set -u
cd "$(dirname "$0")/.."
program=${PROGRAM:-target/debug/proofload}

if [ -z "${KUBECONFIG:-}" ]; then
  echo "test-kubernetes: skipped: KUBECONFIG names no cluster"
  exit 0
fi
if [ -z "${IMAGE:-}" ] || [ -z "${TARGET:-}" ]; then
  echo "test-kubernetes: skipped: IMAGE says what the pods run, and TARGET what they load"
  exit 0
fi
command -v kubectl > /dev/null || { echo "test-kubernetes: skipped: kubectl is not here"; exit 0; }

namespace=pl-test-$$
folder=$(mktemp -d)
printf admin-pass > "$folder/password"
chmod 600 "$folder/password"
failed=0
kubectl create namespace "$namespace" > /dev/null || exit 1
trap 'kubectl delete namespace "$namespace" --wait=false > /dev/null 2>&1; rm -rf "$folder"' EXIT

# fleet NAME ARGS...: starts one in the background; its words go to $folder/NAME.err, its code to NAME.code.
fleet() {
  local name=$1
  shift
  local usual=(--namespace "$namespace" --image "$IMAGE" --shards 2 --cpu 100m --memory 256Mi --password-file "$folder/password"
    --scenario camera-feed --rate 40/s --duration 20s --ready-within 90s)
  local given=("$@") all=() option
  for ((at = 0; at < ${#usual[@]}; at += 2)); do
    for option in "${given[@]}"; do [ "$option" = "${usual[at]}" ] && continue 2; done
    all+=("${usual[at]}" "${usual[at + 1]}")
  done
  {
    "$program" fleet --name "$name" --url "$TARGET" --username admin --allow load --proxy none --seed 7 --out "$folder/$name" \
      "${all[@]}" "${given[@]}" > "$folder/$name.out" 2> "$folder/$name.err" &
    local pid=$!
    echo "$pid" > "$folder/$name.pid"
    wait "$pid"
    echo $? > "$folder/$name.code"
  } &
}
# said NAME WORDS: waits until it said them; two minutes at most.
said() {
  for _ in $(seq 240); do
    grep -q -- "$2" "$folder/$1.err" "$folder/$1.out" 2> /dev/null && return 0
    [ -s "$folder/$1.code" ] && { grep -q -- "$2" "$folder/$1.err" "$folder/$1.out"; return; }
    sleep 0.5
  done
  return 1
}
code() {
  for _ in $(seq 600); do
    [ -s "$folder/$1.code" ] && { cat "$folder/$1.code"; return; }
    sleep 0.5
  done
  echo "does not end"
}
# expect NAME CODE WORDS
expect() {
  local got
  got=$(code "$1")
  echo "--- $1"
  grep -v '^$' "$folder/$1.err" | cut -c 1-400 | tail -n 8
  grep -E 'INVALID|PASS|FAIL|INCOMPLETE' "$folder/$1.out" | head -n 2 | cut -c 1-400
  # A machine that others keep busy measures nothing, and says so.
  if [ "$2" = 0 ] && [ "$got" = 4 ] && grep -q 'too busy to measure' "$folder/$1.out"; then
    echo "ok: exit code 4: this machine is too busy"
  elif [ "$got" != "$2" ]; then
    echo "test-kubernetes: FAILED: $1: exit code $got instead of $2" >&2
    failed=1
  elif ! grep -q -- "$3" "$folder/$1.err" "$folder/$1.out"; then
    echo "test-kubernetes: FAILED: $1: nothing like \"$3\" was said" >&2
    failed=1
  else
    echo "ok: exit code $got"
  fi
}
pod() {
  kubectl -n "$namespace" get pods -l "proofload.dev/fleet=$1,batch.kubernetes.io/job-completion-index=$2" -o name | head -n 1
}
# running NAME: until its load has run for some seconds.
running() {
  said "$1" '^starting' && sleep 10
}

whole() {
  fleet whole
  expect whole 0 'PASS'
  kubectl -n "$namespace" get jobs,secrets,configmaps -o name | grep -q whole && { echo "test-kubernetes: FAILED: whole: something of it is left" >&2; failed=1; }
  "$program" report "$folder/whole" > /dev/null || failed=1
}
permission() {
  kubectl -n "$namespace" create serviceaccount few > /dev/null
  kubectl -n "$namespace" create role few --verb=create,get,delete,patch --resource=jobs.batch > /dev/null
  kubectl -n "$namespace" create rolebinding few --role=few --serviceaccount="$namespace:few" > /dev/null
  kubectl config view --raw --minify --flatten > "$folder/few.kubeconfig"
  kubectl --kubeconfig "$folder/few.kubeconfig" config set-credentials few --token="$(kubectl -n "$namespace" create token few)" > /dev/null
  kubectl --kubeconfig "$folder/few.kubeconfig" config set-context --current --user=few > /dev/null
  fleet permission --kubeconfig "$folder/few.kubeconfig"
  expect permission 2 'not permitted to create configmaps'
}
role() {
  "$program" fleet --print --namespace "$namespace" --image "$IMAGE" --shards 2 --url "$TARGET" --allow load 2> /dev/null > "$folder/print.yaml"
  kubectl apply --dry-run=client -f "$folder/print.yaml" > "$folder/dry" || failed=1
  sed -n '/^apiVersion: v1$/,$p' "$folder/print.yaml" | python3 -c '
import sys
for text in sys.stdin.read().split("---\n"):
    if any("kind: " + kind + "\n" in text for kind in ("ServiceAccount", "Role", "RoleBinding")):
        print("---\n" + text)' | kubectl apply -f - > /dev/null
  kubectl config view --raw --minify --flatten > "$folder/role.kubeconfig"
  kubectl --kubeconfig "$folder/role.kubeconfig" config set-credentials role --token="$(kubectl -n "$namespace" create token proofload-fleet)" > /dev/null
  kubectl --kubeconfig "$folder/role.kubeconfig" config set-context --current --user=role > /dev/null
  fleet role --kubeconfig "$folder/role.kubeconfig" --duration 5s
  expect role 0 'PASS'
}
nowhere() {
  fleet nowhere --namespace "not-there-$$"
  expect nowhere 2 'there is no namespace'
}
unschedulable() {
  fleet unschedulable --cpu 900 --ready-within 15s
  expect unschedulable 3 'Insufficient cpu'
}
quota() {
  kubectl -n "$namespace" create quota small --hard=pods=1 > /dev/null
  fleet quota --ready-within 20s
  expect quota 3 'exceeded quota'
  kubectl -n "$namespace" delete quota small > /dev/null
}
image() {
  fleet image --image registry.invalid/proofload:none
  expect image 3 'ErrImagePull\|ImagePullBackOff'
}
login() {
  printf wrong > "$folder/wrong"
  fleet login --password-file "$folder/wrong"
  expect login 3 'ended before the load began'
}
killed() {
  [ -n "${KILL:-}" ] || { echo "killed: left out: KILL says how to kill -9 in a pod"; return; }
  fleet killed
  running killed && POD=$(pod killed 1) && POD=${POD#pod/} NAMESPACE=$namespace sh -c "$KILL"
  expect killed 4 'shard 2.*was lost after .*killed by signal 9'
}
deleted() {
  fleet deleted
  running deleted && kubectl -n "$namespace" delete "$(pod deleted 1)" --wait=false > /dev/null
  expect deleted 4 'shard 2 was'
}
continued() {
  fleet continued --on-lost-shard continue
  running continued && kubectl -n "$namespace" delete "$(pod continued 1)" --grace-period=0 --force --wait=false > /dev/null 2>&1
  expect continued 4 'shard 2 was'
}
evicted() {
  fleet evicted
  if running evicted; then
    name=$(pod evicted 0)
    name=${name#pod/}
    printf '{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"%s","namespace":"%s"}}' "$name" "$namespace" \
      | kubectl create --raw "/api/v1/namespaces/$namespace/pods/$name/eviction" -f - > /dev/null
  fi
  expect evicted 4 'shard 1 was .*evicted from'
}
oom() {
  fleet oom --memory "${OOM_MEMORY:-10Mi}" --rate 200/s
  got=$(code oom)
  expect oom "$got" 'OOMKilled'
  case $got in 3 | 4) ;; *) failed=1 ;; esac
}
silent() {
  [ -n "${SILENCE:-}" ] || { echo "silent: left out: SILENCE and SPEAK say how to stop a kubelet"; return; }
  fleet silent --duration 60s
  running silent
  NODE=$(kubectl -n "$namespace" get "$(pod silent 1)" -o jsonpath='{.spec.nodeName}') sh -c "$SILENCE"
  said silent 'was lost'
  NODE=$(kubectl -n "$namespace" get "$(pod silent 1)" -o jsonpath='{.spec.nodeName}') sh -c "$SPEAK"
  expect silent 4 'silent for 15 s'
}
once() {
  fleet once --duration 60s
  running once && kill -INT "$(cat "$folder/once.pid")"
  expect once 130 'INCOMPLETE'
}
twice() {
  fleet twice --duration 60s
  running twice && kill -INT "$(cat "$folder/twice.pid")" && sleep 1.2 && kill -INT "$(cat "$folder/twice.pid")"
  expect twice 130 'deleting the Job'
}
early() {
  fleet early --cpu 900
  said early 'fleet early' && sleep 3 && kill -INT "$(cat "$folder/early.pid")"
  expect early 130 'before the load began'
}
command_killed() {
  fleet command-killed
  running command-killed && kill -9 "$(cat "$folder/command-killed.pid")"
  code command-killed > /dev/null
  "$program" fleet collect command-killed --namespace "$namespace" --out "$folder/collected" > "$folder/collect.out" 2> "$folder/collect.err"
  echo $? > "$folder/collect.code"
  tail -n 3 "$folder/command-killed.err"
  expect collect 0 'PASS'
}
stopped() {
  fleet stopped --duration 60s
  running stopped && "$program" fleet stop stopped --namespace "$namespace"
  expect stopped 4 'INCOMPLETE'
}

rows=${*:-whole role permission nowhere unschedulable quota image login killed deleted continued evicted oom silent once twice early command_killed stopped}
for row in $rows; do
  "$row"
done
exit "$failed"
