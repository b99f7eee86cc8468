#!/bin/sh
# How often the gate is right, on synthetic runs whose truth is known: prints the Markdown tables of docs/gate.md.
# gate-simulation.sh [PAIRS [SEED]], 1000 pairs a setting by default; some minutes on two cores.
set -eu
cd "$(dirname "$0")/.."
cargo build --profile dist --quiet --package proofload-gate-simulation
exec target/dist/proofload-gate-simulation "$@"
