//! Every kind of report, opened from disk in headless Chromium with the network off: nothing is complained about, nothing
//! asked for, the charts draw and answer, hostile texts end as text.

mod capacity;
mod certify;
mod charts;
mod chromium;
mod devtools;
mod gate;
mod guards;
mod hour;
#[cfg(unix)]
mod live;
mod load;
mod looks;
mod overlay;
mod pictures;
mod validate;
