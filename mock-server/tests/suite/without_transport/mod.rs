//! The core without a transport, asked as a client would.

mod auth;
mod faces;
mod fixture;
mod people;
mod pipeline;
