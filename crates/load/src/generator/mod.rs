//! The generator: threads of virtual users that take arrivals from a desk, make calls, and hand over what they measured.

pub(crate) mod answers;
pub(crate) mod attack;
pub(crate) mod call_log;
pub(crate) mod clock;
pub(crate) mod commons;
pub(crate) mod desk;
pub(crate) mod detect_time;
pub(crate) mod fine_timer;
pub(crate) mod guard;
pub(crate) mod held_token;
pub(crate) mod login_gate;
pub(crate) mod plan;
pub(crate) mod ports;
pub(crate) mod processors;
pub(crate) mod pulse;
pub(crate) mod recorder;
pub(crate) mod request;
pub(crate) mod roster;
pub(crate) mod script;
pub(crate) mod start;
pub(crate) mod tally;
pub(crate) mod threads;
pub(crate) mod token_pool;
pub(crate) mod virtual_user;
