#!/bin/sh
# How often the capacity search is right, on simulated queues whose truth is known: prints the Markdown table of
# docs/capacity-method.md. capacity-simulation.sh [SEARCHES [SEED [NAME]]], 200 searches a setting by default, of the settings whose
# name contains NAME; some minutes on two cores.
set -eu
cd "$(dirname "$0")/.."
cargo build --profile dist --quiet --package proofload-capacity-simulation
exec target/dist/proofload-capacity-simulation "$@"
