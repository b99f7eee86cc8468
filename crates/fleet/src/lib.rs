//! Runs the shards of one load on a Kubernetes cluster and brings their records together.
mod files;
mod manifest;
mod muster;
mod names;
mod plan;
mod scenario;
mod seen;
mod settings;
mod share;
