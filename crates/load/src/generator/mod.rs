//! The generator: threads of virtual users that take arrivals from a desk, make calls, and hand over what they measured.

pub(crate) mod attack;
pub(crate) mod breach;
pub(crate) mod budget;
pub(crate) mod call_log;
pub(crate) mod clock;
pub(crate) mod dealing;
pub(crate) mod desk;
pub(crate) mod detect_time;
pub(crate) mod fine_timer;
pub(crate) mod held_token;
pub(crate) mod login_gate;
pub(crate) mod plan;
pub(crate) mod processors;
pub(crate) mod pulse;
pub(crate) mod recorder;
pub(crate) mod request;
pub(crate) mod roster;
pub(crate) mod script;
pub(crate) mod shared_session;
pub(crate) mod start;
pub(crate) mod tally;
pub(crate) mod threads;
pub(crate) mod token_pool;
pub(crate) mod virtual_user;
