//! Checks of one operation each: authentication and authorisation.
//!
//! One file per family, listed in [`all`] in the order of the report.

mod algorithm;
mod bend;
mod bypass;
mod control;
mod elsewhere;
mod expiry;
mod forged;
pub(crate) mod header_probe;
mod hygiene;
mod issued;
mod login;
mod malformed;
mod media_type;
mod no_token;
mod odd_input;
mod other_methods;
mod own_kind;
mod page;
mod path_case;
mod permission;
mod renewal;
mod second_look;
mod time;
mod traces;
pub(crate) mod weak_keys;

use header_probe::boxed;
use proofload_probing::probe::Probe;

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
    probes.push(Box::new(other_methods::OtherMethods));
    probes.push(Box::new(path_case::PathCase));
    probes.extend(malformed::all());
    probes.push(Box::new(media_type::WrongMediaType));
    probes.extend(odd_input::all());
    probes.push(Box::new(permission::Permission));
    probes.extend(traces::all());
    probes.push(Box::new(control::After));
    probes
}
