//! The mock, asked as a client would.

#[cfg(feature = "wiremock")]
mod behind_wiremock;
mod defects;
mod standalone;
mod without_transport;
