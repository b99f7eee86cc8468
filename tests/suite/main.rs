//! The program and its engines against whole deployments: one binary, one module for each thing that is held.

mod bad_input;
mod call_log;
mod capacity;
mod capacity_ends;
mod certify;
mod ci_pieces;
mod cli_baseline;
mod cli_contract;
mod cli_merge;
mod cli_mock;
mod cli_report;
mod cli_report_formats;
mod cli_validate_outputs;
mod conformance;
mod conformance_suite;
#[cfg(feature = "dashboard")]
mod dashboard;
mod defects;
mod deployment;
mod deployments;
mod exit_codes;
mod first_path;
mod gate;
mod guides;
mod help;
mod hostile;
mod house;
mod interrupted;
mod interrupted_validate;
mod load;
mod load_targets;
mod odd_answers;
mod odd_files;
mod odd_server;
mod program;
mod readme;
mod ritual;
mod safety;
mod schemas;
mod secrets;
mod seeds;

mod watching;
