//! Checks of one operation each: authentication and authorisation.
//!
//! One file per family, listed in [`all`] in the order of the report.

mod algorithm;
mod bend;
mod bypass;
mod control;
mod elsewhere;
mod forged;
mod hygiene;
mod issued;
mod login;
mod malformed;
mod no_token;
mod permission;
mod renewal;
mod time;

pub(super) use control::LOST;

use super::header_probe::HeaderProbe;
use super::probe::Probe;

/// Every probe, in the order of the report.
pub fn all() -> Vec<Box<dyn Probe>> {
    let mut probes: Vec<Box<dyn Probe>> = vec![Box::new(control::Before)];
    probes.extend(login::all());
    probes.extend(issued::all());
    probes.extend(renewal::all());
    probes.extend(boxed(no_token::all()));
    probes.extend(boxed(elsewhere::all()));
    probes.extend(boxed(forged::all()));
    probes.extend(boxed(algorithm::all()));
    probes.extend(time::all());
    probes.extend(bypass::all());
    probes.extend(hygiene::all());
    probes.extend(malformed::all());
    probes.push(Box::new(permission::Permission));
    probes.extend(super::traces::all());
    probes.push(Box::new(control::After));
    probes
}

fn boxed(probes: Vec<HeaderProbe>) -> impl Iterator<Item = Box<dyn Probe>> {
    probes.into_iter().map(|probe| -> Box<dyn Probe> { Box::new(probe) })
}
